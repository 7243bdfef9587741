using Spillway.Storage;

namespace Spillway.Configuration;

/// <summary>What must hold for the bucket's settings: all of them or none.</summary>
internal static class StorageRules
{
    private const int LongestPrefix = 512;

    public static void Check(StorageOptions options, Problems problems)
    {
        options.Endpoint = options.Endpoint.TrimEnd('/');
        options.PublicUrl = options.PublicUrl.TrimEnd('/');
        options.Prefix = options.Prefix.Trim('/');
        CheckWhole(options, problems);
        CheckBucket(options, problems);
        CheckPublicUrl(options, problems);
        CheckPrefix(options, problems);
        CheckCredentials(options, problems);
        if (options.Region.Length == 0 || !options.Region.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            problems.Wrong("Storage.Region", options.Region, "a region's name, or auto");
    }

    /// <summary>Each of the four needs the bucket and the bucket needs the four; which half was meant is the operator's to say.</summary>
    private static void CheckWhole(StorageOptions options, Problems problems)
    {
        (string Path, string Value, string Example)[] needed =
        [
            ("Storage.Endpoint", options.Endpoint, "the store's S3 address, such as https://ACCOUNT.r2.cloudflarestorage.com"),
            ("Storage.AccessKeyId", options.AccessKeyId, "the id of a key that may read and write the bucket"),
            ("Storage.SecretAccessKey", options.SecretAccessKey, "the secret that belongs to Storage.AccessKeyId"),
            ("Storage.PublicUrl", options.PublicUrl, "the bucket's address as viewers see it, such as https://cdn.example.org"),
        ];
        if (problems.AnyWrong("Storage.Bucket"))
            return;
        foreach (var (path, value, example) in needed)
        {
            if (options.Bucket.Length > 0 && value.Length == 0 && !problems.AnyWrong(path))
                problems.Add(path, $"{path} is not set, but {problems.Label("Storage.Bucket")} is: it must be {example}.");
            // An embedded store may have a public address too.
            if (options.Bucket.Length == 0 && value.Length > 0 && path != "Storage.PublicUrl")
                problems.Add(
                    path,
                    $"{problems.Label(path)} is set, but Storage.Bucket is not: set it too, or neither, for the embedded store."
                );
        }
    }

    private static void CheckBucket(StorageOptions options, Problems problems)
    {
        var bucket = options.Bucket;
        if (
            bucket.Length > 0
            && (bucket.Length is < 3 or > 63 || !bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        )
            problems.Wrong("Storage.Bucket", bucket, "the bucket's name alone: 3 to 63 letters, digits, hyphens or dots");
        if (options.Endpoint.Length == 0 || problems.AnyWrong("Storage.Endpoint"))
            return;
        if (!WebAddress.TryParse(options.Endpoint, out var endpoint))
            problems.Wrong(
                "Storage.Endpoint",
                options.Endpoint,
                "an http or https address without a query, such as https://ACCOUNT.r2.cloudflarestorage.com"
            );
        // Cloudflare's dashboard shows the endpoint with the bucket behind it, to be copied.
        else if (bucket.Length > 0 && endpoint.AbsolutePath.EndsWith($"/{bucket}", StringComparison.Ordinal))
            problems.Wrong(
                "Storage.Endpoint",
                options.Endpoint,
                $"the address without the bucket: {options.Endpoint[..^(bucket.Length + 1)]}"
            );
    }

    private static void CheckPublicUrl(StorageOptions options, Problems problems)
    {
        const string Path = "Storage.PublicUrl";
        if (options.PublicUrl.Length == 0)
            return;
        if (!WebAddress.TryParse(options.PublicUrl, out var address))
            problems.Wrong(Path, options.PublicUrl, "an http or https address without a query, such as https://cdn.example.org");
        else if (address.Host.EndsWith(".r2.cloudflarestorage.com", StringComparison.OrdinalIgnoreCase))
            problems.Wrong(Path, options.PublicUrl, "the bucket's custom domain: viewers cannot read from its S3 endpoint");
        else if (address.Host.EndsWith(".r2.dev", StringComparison.OrdinalIgnoreCase))
            problems.Warn(
                $"{problems.Label(Path)} is an r2.dev address: Cloudflare throttles it and does not cache it. Give the bucket a custom domain for an event."
            );
    }

    private static void CheckPrefix(StorageOptions options, Problems problems)
    {
        var prefix = options.Prefix;
        if (prefix.Length == 0)
            return;
        var isGood =
            prefix.Length <= LongestPrefix
            && prefix
                .Split('/')
                .All(part =>
                    part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
                );
        if (!isGood)
            problems.Wrong(
                "Storage.Prefix",
                prefix,
                $"names of letters, digits, hyphens, dots or underscores with / between, at most {LongestPrefix} characters"
            );
    }

    private static void CheckCredentials(StorageOptions options, Problems problems)
    {
        foreach (
            var (path, value) in (ReadOnlySpan<(string, string)>)
                [("Storage.AccessKeyId", options.AccessKeyId), ("Storage.SecretAccessKey", options.SecretAccessKey)]
        )
            if (value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || !char.IsAscii(c)))
                problems.Wrong(path, null, "the key alone, without spaces");
    }
}
