using System.Globalization;
using System.Text;
using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>How the public host in front of the bucket behaves, seen as a viewer sees it.</summary>
internal sealed class EdgeCheck(
    CheckContext context,
    EdgeReader reader,
    ProbeObject probe,
    StoreCheck store,
    FindingList findings
)
{
    /// <summary>Of a playlist, in seconds: what hls.js and browsers bear.</summary>
    private const int LongestBrowserTtl = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public EdgeCors Cors { get; } = new(context, reader, findings);

    /// <summary>Reads the first version.</summary>
    /// <param name="early">What was answered before it was there.</param>
    /// <returns>It arrives; else all else need not be tried.</returns>
    public async Task<bool> FirstAsync(EdgeAnswer early, CancellationToken cancellationToken)
    {
        // Without Origin: what an edge keeps now must serve pages of any origin.
        var first = await reader.GetAsync(probe.Key, cancellationToken);
        if (first.Status is 404 or 403 && first.Status == early.Status)
        {
            // Another name, which nobody has asked for yet, tells a kept answer from a wrong host.
            var status = first.Status;
            probe.Rename();
            if (!await store.OverwriteAsync(1, ProbeObject.Mutable, cancellationToken))
                return false;
            first = await reader.GetAsync(probe.Key, cancellationToken);
            if (first.IsOk)
                findings.Add(
                    EdgeFindings.CachesMissing,
                    $"A name that was asked for before it was stored is still answered with {status} afterwards{Said(first)}."
                );
        }
        if (!IsReadable(first, early))
            return false;
        if (early.Status == 403)
            findings.Add(EdgeFindings.MissingIsForbidden, "A name that nothing was stored under was answered with 403.");
        Headers(first);
        await Cors.FirstAsync(probe.Key, cancellationToken);
        await Task.WhenAll(
            Cors.PreflightAsync(probe.Key, cancellationToken),
            RangesAsync(cancellationToken),
            CompressionAsync(first, cancellationToken)
        );
        if (!findings.Has(EdgeFindings.ContentType) && !findings.Has(EdgeFindings.BrowserTtl))
            findings.Add(
                EdgeFindings.Reads,
                $"{context.Edge} gives the bytes that were stored, as {first.Header("content-type")}."
            );
        return true;
    }

    /// <summary>Version 2 must be seen soon; version 3 says that it never changes, and version 4 must therefore not be seen.</summary>
    /// <param name="isChanged">Version 2 was stored.</param>
    public async Task ChangesAsync(bool isChanged, CancellationToken cancellationToken)
    {
        if (!isChanged)
        {
            await Cors.ConcludeAsync(probe.Key, isFresh: false, cancellationToken);
            return;
        }
        if (await SeenAsync(2, cancellationToken) is { } old)
        {
            findings.Add(
                EdgeFindings.Stale,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(ProbeObject.Freshness + context.Limits.Staleness).TotalSeconds:0.#} s after a playlist with s-maxage=1 had changed, the old one was still served{Said(old)}."
                )
            );
            await Cors.ConcludeAsync(probe.Key, isFresh: false, cancellationToken);
            return;
        }
        findings.Add(EdgeFindings.Fresh, "A playlist with s-maxage=1 that had changed was seen within some seconds.");
        var isFresh =
            await store.OverwriteAsync(3, ProbeObject.Immutable, cancellationToken)
            // With Origin, unlike before.
            && await SeenAsync(3, cancellationToken, ("Origin", context.PageOrigins[0])) is null;
        await Cors.ConcludeAsync(probe.Key, isFresh, cancellationToken);
        if (!isFresh)
            return;
        var again = await reader.GetAsync(probe.Key, cancellationToken);
        if (!await store.OverwriteAsync(4, ProbeObject.Immutable, cancellationToken))
            return;
        var after = await reader.GetAsync(probe.Key, cancellationToken);
        if (after.Body.AsSpan().SequenceEqual(probe.Body(3)))
            findings.Add(EdgeFindings.Caches, $"What says that it never changes is served from the edge's cache{Said(after)}.");
        else if (after.IsOk)
            findings.Add(EdgeFindings.NotCached, $"What says that it never changes was read from the store again{Said(again)}.");
    }

    /// <summary>What nobody may do through this host who has no key.</summary>
    public async Task StrangersAsync(IObjectStore bucket, CancellationToken cancellationToken)
    {
        var root = new Uri($"{context.Options.Storage.PublicUrl}/");
        foreach (var query in (string[])["", "?list-type=2&max-keys=1"])
        {
            var listing = await reader.SendAsync(HttpMethod.Get, new Uri(root, query), null, [], cancellationToken);
            if (!listing.IsOk || !Encoding.UTF8.GetString(listing.Body).Contains("<ListBucketResult", StringComparison.Ordinal))
                continue;
            findings.Add(EdgeFindings.Listing, $"{new Uri(root, query)} lists the bucket to whoever asks.");
            break;
        }
        var put = await reader.SendAsync(
            HttpMethod.Put,
            reader.At(probe.Key),
            Encoding.UTF8.GetBytes($"# Anybody wrote this over {probe.Key}.\n"),
            [],
            cancellationToken
        );
        // Some hosts say yes to everything: what counts is what the store has then.
        if (
            put.Status is >= 200 and < 300
            && await bucket.GetAsync(probe.Key, cancellationToken) is { Object: { } now }
            && now.Body.Span.StartsWith("# Anybody"u8)
        )
            findings.Add(
                EdgeFindings.Writable,
                $"A PUT to {reader.At(probe.Key)} without any key was answered with {put.Status}, and happened."
            );
    }

    private bool IsReadable(EdgeAnswer answer, EdgeAnswer early)
    {
        var address = reader.At(probe.Key);
        if (answer.Problem is { } problem)
            findings.Add(EdgeFindings.Unreachable, $"{context.Edge} cannot be read: {problem}.");
        else if (answer.Status is >= 300 and < 400)
            findings.Add(
                EdgeFindings.Redirects,
                $"{address} leads to {Configuration.Shown.Value(answer.Header("location") ?? "nowhere")}."
            );
        else if (answer.Status is 401 or 403)
            findings.Add(
                EdgeFindings.Forbidden,
                $"{address} was just stored, and is answered with {answer.Status}{Said(answer)}."
            );
        else if (answer.Status == 404 || (answer.IsOk && early.IsOk))
            findings.Add(
                EdgeFindings.Elsewhere,
                early.IsOk
                    ? $"{address} was answered with 200 before anything was stored there."
                    : $"{address} was just stored, and is answered with 404."
            );
        else if (!answer.IsOk)
            findings.Add(
                EdgeFindings.Unreachable,
                $"{address} was just stored, and is answered with {answer.Status}{Said(answer)}."
            );
        else if (!answer.Body.AsSpan().SequenceEqual(probe.Body(1)))
            findings.Add(
                EdgeFindings.OtherBytes,
                answer.Header("content-encoding") is { } coding
                    ? $"{address} arrives compressed ({coding}) for a client that did not ask for it."
                    : $"{address} arrives with other bytes than were stored: {answer.Body.Length} instead of {probe.Body(1).Length}."
            );
        else
            return true;
        return false;
    }

    private void Headers(EdgeAnswer answer)
    {
        var type = answer.Header("content-type");
        if (type?.Split(';')[0].Trim().Equals(ProbeObject.Mutable.ContentType, StringComparison.OrdinalIgnoreCase) != true)
            findings.Add(
                EdgeFindings.ContentType,
                $"A playlist stored as {ProbeObject.Mutable.ContentType} arrives {(type is null ? "without a type" : $"as {type}")}."
            );
        var cache = answer.Header("cache-control") ?? "";
        if (MaxAge(cache) is { } seconds ? seconds > LongestBrowserTtl : cache.Length == 0)
            findings.Add(
                EdgeFindings.BrowserTtl,
                cache.Length == 0
                    ? $"A playlist stored with \"{ProbeObject.Mutable.CacheControl}\" arrives without Cache-Control."
                    : $"A playlist stored with \"{ProbeObject.Mutable.CacheControl}\" arrives with \"{cache}\"."
            );
    }

    private async Task RangesAsync(CancellationToken cancellationToken)
    {
        var part = await reader.GetAsync(probe.Key, cancellationToken, ("Range", "bytes=10-19"));
        if (part.Status != 206 || part.Body.Length != 10)
            findings.Add(EdgeFindings.NoRanges, $"Ten bytes were asked for, and {part.Body.Length} came with {part.Words}.");
    }

    private async Task CompressionAsync(EdgeAnswer plain, CancellationToken cancellationToken)
    {
        var codings = new List<string>();
        foreach (var asked in (string[])["br", "gzip"])
        {
            var answer = await reader.GetAsync(probe.Key, cancellationToken, ("Accept-Encoding", asked));
            if (answer.IsOk && answer.Header("content-encoding") == asked && answer.Body.Length < plain.Body.Length)
                codings.Add($"{asked} to {100 * answer.Body.Length / plain.Body.Length} %");
        }
        if (codings.Count > 0)
            findings.Add(EdgeFindings.Compresses, $"Playlists are compressed: {string.Join(", ", codings)} of their length.");
        else
            findings.Add(EdgeFindings.NotCompressed, "A playlist came as it is to a client that takes br or gzip.");
    }

    /// <summary>Reads until a version is there, or until long after it should be.</summary>
    /// <returns>What was served last in its place; null: it is there.</returns>
    private async Task<EdgeAnswer?> SeenAsync(
        int version,
        CancellationToken cancellationToken,
        params (string Name, string Value)[] headers
    )
    {
        var start = context.Time.GetTimestamp();
        while (true)
        {
            var answer = await reader.GetAsync(probe.Key, cancellationToken, headers);
            if (answer.Body.AsSpan().SequenceEqual(probe.Body(version)))
            {
                Cors.Note(answer);
                return null;
            }
            if (context.Time.GetElapsedTime(start) > ProbeObject.Freshness + context.Limits.Staleness)
                return answer;
            await Task.Delay(Pause, context.Time, cancellationToken);
        }
    }

    /// <summary>The largest max-age, which is the browser's; null: there is none.</summary>
    private static long? MaxAge(string header) =>
        header
            .Split(',', StringSplitOptions.TrimEntries)
            .Where(static part => part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase))
            .Select(static part =>
                long.TryParse(part["max-age=".Length..], CultureInfo.InvariantCulture, out var age) ? age : (long?)null
            )
            .Max();

    private static string Said(EdgeAnswer answer) => answer.CacheStatus is { } status ? $" ({status})" : "";
}
