using Spillway.Cost;
using Spillway.Storage;

namespace Spillway.Configuration;

/// <summary>What must hold for prices, and for reading Cloudflare's analytics.</summary>
internal static class CostRules
{
    private const string Prices = "Cost.Prices";
    private const string Token = "Cost.CloudflareToken";
    private const string Account = "Cost.CloudflareAccount";
    private const string Zone = "Cost.CloudflareZone";

    /// <param name="options">Gets its price list.</param>
    /// <param name="storage">As it is set.</param>
    /// <param name="workingDirectory">Where a relative path begins.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static void Check(CostOptions options, StorageOptions storage, string workingDirectory, Problems problems)
    {
        if (options.Prices.Length > 0 && !problems.AnyWrong(Prices))
        {
            if (PriceFile.Read(Path.Combine(workingDirectory, options.Prices), out var problem) is { } list)
                options.List = list;
            else
                problems.Add(Prices, $"{problems.Label(Prices)} is {Shown.Value(options.Prices)}, but {problem}.");
        }
        CheckCloudflare(options, storage, problems);
    }

    private static void CheckCloudflare(CostOptions options, StorageOptions storage, Problems problems)
    {
        if (options.CloudflareToken.Any(static c => c is <= ' ' or > '~'))
            problems.Wrong(Token, null, "the API token alone, without spaces");
        foreach (var (path, id) in ((string, string)[])[(Account, options.CloudflareAccount), (Zone, options.CloudflareZone)])
        {
            if (id.Length == 0)
                continue;
            if (id.Length != 32 || !id.All(char.IsAsciiHexDigit))
                problems.Wrong(path, id, "the id as Cloudflare shows it, 32 digits and letters from a to f");
            else if (options.CloudflareToken.Length == 0 && !problems.AnyWrong(Token))
                problems.Add(path, $"{problems.Label(path)} is set, but {Token} is not: set it too, or neither.");
        }
        if (options.CloudflareToken.Length == 0 || problems.AnyWrong(Token, Account, "Storage.Endpoint", "Storage.Bucket"))
            return;
        if (storage.Bucket.Length == 0)
            problems.Add(Token, $"{problems.Label(Token)} is set, but Storage.Bucket is not: there is no bucket to read about.");
        else if (CloudflareBucket.Of(options, storage) is null)
            problems.Add(
                Token,
                $"{problems.Label(Token)} is set, but Storage.Endpoint is not Cloudflare's: take the token away, or set {Account}."
            );
        if (options.CloudflareZone.Length > 0 && storage.PublicUrl.Length == 0)
            problems.Add(Zone, $"{problems.Label(Zone)} is set, but Storage.PublicUrl is not: its host is what is read about.");
    }
}
