using Spillway.Storage;

namespace Spillway.Cost;

/// <summary>A bucket as Cloudflare's analytics know it.</summary>
/// <param name="Account">Its id.</param>
/// <param name="Bucket">With the jurisdiction before it, where it has one: <c>eu_tv</c>.</param>
/// <param name="Zone">Id of the zone of its public address; null: not given.</param>
/// <param name="Host">Its public address's.</param>
internal sealed record CloudflareBucket(string Account, string Bucket, string? Zone, string Host)
{
    private const string Domain = ".r2.cloudflarestorage.com";

    /// <returns>Null: there is no token, or the account is not known.</returns>
    public static CloudflareBucket? Of(CostOptions options, StorageOptions storage)
    {
        if (options.CloudflareToken.Length == 0 || storage.Bucket.Length == 0)
            return null;
        var (account, jurisdiction) = Place(storage.Endpoint);
        if (options.CloudflareAccount.Length > 0)
            account = options.CloudflareAccount;
        if (account.Length == 0)
            return null;
        var host = Uri.TryCreate(storage.PublicUrl, UriKind.Absolute, out var address) ? address.Host : "";
        var zone = options.CloudflareZone.Length > 0 && host.Length > 0 ? options.CloudflareZone : null;
        return new CloudflareBucket(
            account.ToLowerInvariant(),
            jurisdiction.Length > 0 ? $"{jurisdiction}_{storage.Bucket}" : storage.Bucket,
            zone?.ToLowerInvariant(),
            host
        );
    }

    /// <summary><c>ACCOUNT.r2.cloudflarestorage.com</c>, or with a jurisdiction, <c>ACCOUNT.eu.r2.cloudflarestorage.com</c>.</summary>
    private static (string Account, string Jurisdiction) Place(string endpoint)
    {
        if (
            !Uri.TryCreate(endpoint, UriKind.Absolute, out var address)
            || !address.Host.EndsWith(Domain, StringComparison.OrdinalIgnoreCase)
        )
            return ("", "");
        return address.Host[..^Domain.Length].Split('.') switch
        {
            [var account] => (account, ""),
            [var account, var jurisdiction] => (account, jurisdiction),
            _ => ("", ""),
        };
    }
}
