using Amazon.S3.Model;
using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>
/// <c>--fix</c>: adds the rule of <c>deploy/r2-cors.json</c> to those that the bucket has. Rules of others stay as they are.
/// </summary>
internal sealed class CorsRepair(CheckContext context, S3ObjectStore bucket, EdgeCors cors, FindingList store, FindingList edge)
{
    /// <summary>Until the store acts on it; R2 may take longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>What players need, for any page: with a list of pages a cached answer would be refused to all others.</summary>
    public static CORSRule Rule { get; } =
        new()
        {
            AllowedOrigins = ["*"],
            AllowedMethods = ["GET", "HEAD"],
            AllowedHeaders = ["Range", "If-None-Match", "If-Modified-Since", "Cache-Control"],
            ExposeHeaders = ["Content-Length", "Content-Range", "Content-Encoding", "ETag", "Date", "Age"],
            MaxAgeSeconds = 86400,
        };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var rules = await bucket.GetCorsAsync(cancellationToken);
            if (rules.Any(IsEnough))
            {
                store.Add(
                    StoreFindings.CorsNotMended,
                    "The bucket has a CORS rule for all pages already, and nothing was changed: the edge does not pass its headers on.",
                    "Add the header Access-Control-Allow-Origin: * at the edge, or purge its cache, which may hold copies from before the rule."
                );
                return;
            }
            var name = context.Options.Storage.Bucket;
            context.Say(
                $"--fix: adding a CORS rule to the bucket {name}: GET and HEAD for pages of any origin, as in deploy/r2-cors.json. "
                    + $"Rules it has already, which stay: {rules.Count}."
            );
            await bucket.PutCorsAsync([.. rules, Rule], cancellationToken);
            var seen = await IsAnsweredAsync(cancellationToken)
                ? "a preflight through the edge is answered now"
                : "a preflight through the edge is not answered yet";
            foreach (
                var mended in (ReadOnlySpan<FindingKind>)[EdgeFindings.NoCors, EdgeFindings.CorsVaries, EdgeFindings.NoPreflight]
            )
                edge.Remove(mended);
            store.Add(
                StoreFindings.CorsMended,
                $"Pages of other hosts could not read; the bucket {name} has {rules.Count + 1} CORS rules now, and {seen}."
            );
        }
        catch (ObjectStoreException exception)
        {
            store.Add(
                StoreFindings.CorsNotMended,
                $"The bucket's CORS rules could not be read or written: {exception.Fault.Message}",
                $"{StoreFindings.CorsNotMended.Remedy} Or give Storage.AccessKeyId for once a key that may do it (R2: Admin Read & Write)."
            );
        }
    }

    private async Task<bool> IsAnsweredAsync(CancellationToken cancellationToken)
    {
        // A name of its own: what is kept of the probe's is of before.
        var key = $"{ProbeObject.Family}{Guid.NewGuid():n}.m3u8";
        for (var start = context.Time.GetTimestamp(); context.Time.GetElapsedTime(start) < Patience; )
        {
            if (await cors.PreflightProblemAsync(key, cancellationToken) is null)
                return true;
            await Task.Delay(Pause, context.Time, cancellationToken);
        }
        return false;
    }

    private static bool IsEnough(CORSRule rule) =>
        rule.AllowedOrigins?.Contains("*") == true
        && rule.AllowedMethods is { } methods
        && methods.Contains("GET")
        && methods.Contains("HEAD")
        && rule.AllowedHeaders is { } headers
        && (headers.Contains("*") || headers.Contains("Range", StringComparer.OrdinalIgnoreCase));
}
