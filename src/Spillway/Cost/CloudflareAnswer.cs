using System.Globalization;
using System.Text.Json;
using Spillway.Configuration;

namespace Spillway.Cost;

/// <summary>Reads what Cloudflare's GraphQL analytics answer. Nothing in an answer is believed to be of any form.</summary>
internal static class CloudflareAnswer
{
    private const string Rights =
        "Cost.CloudflareToken needs Account Analytics: Read for the bucket's account, and Analytics: Read for the zone if Cost.CloudflareZone is set.";

    /// <summary>As the bills count them: developers.cloudflare.com/r2/pricing.</summary>
    private static readonly HashSet<string> s_classB = new(
        "HeadBucket HeadObject GetObject UsageSummary GetBucketEncryption GetBucketLocation GetBucketCors GetBucketLifecycleConfiguration".Split(
            ' '
        ),
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly HashSet<string> s_free = new(
        "DeleteObject DeleteObjects DeleteBucket AbortMultipartUpload".Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly HashSet<string> s_fromCache = new(
        "hit stale updating revalidated".Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    /// <param name="status">HTTP's.</param>
    /// <param name="body">JSON, if it is Cloudflare's.</param>
    /// <param name="withZone">The zone was asked about, too.</param>
    /// <param name="month">From when on.</param>
    /// <param name="recent">From when on.</param>
    /// <param name="until">Until when, both.</param>
    public static StoreReading Read(
        int status,
        ReadOnlyMemory<byte> body,
        bool withZone,
        DateTimeOffset month,
        DateTimeOffset recent,
        DateTimeOffset until
    )
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Fault(status == 200 ? "Cloudflare's answer is not what was asked for." : OfStatus(status));
            var errors = Errors(root);
            var viewer = Child(Child(root, "data"), "viewer");
            if (First(viewer, "accounts") is not { } account)
                return Fault(
                    errors is not null ? Refused(status, errors)
                    : status != 200 ? OfStatus(status)
                    : $"Cloudflare has nothing about this account: look at Storage.Endpoint and Cost.CloudflareAccount. {Rights}"
                );
            var edge = withZone ? First(viewer, "zones") : null;
            return new StoreReading(
                until,
                Usage(account, CloudflareQuery.Month, month, until),
                Usage(account, CloudflareQuery.Recent, recent, until) with
                {
                    Edge = edge is { } zone ? OfEdge(zone) : null,
                },
                errors is not null ? Refused(status, errors)
                    : withZone && edge is null ? $"Cloudflare has nothing about this zone: look at Cost.CloudflareZone. {Rights}"
                    : null
            );
        }
        catch (JsonException)
        {
            return Fault(status == 200 ? "Cloudflare's answer is no JSON." : OfStatus(status));
        }
    }

    public static StoreReading Fault(string fault) => new(null, null, null, fault);

    private static string Refused(int status, string errors) =>
        status is 401 or 403 || Sounds(errors, "auth") || Sounds(errors, "permission") || Sounds(errors, "access")
            ? $"Cloudflare refused the token: {errors}. {Rights}"
            : $"Cloudflare's analytics say: {errors}.";

    private static bool Sounds(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string OfStatus(int status) =>
        status switch
        {
            400 or 401 or 403 => $"Cloudflare refused the token (status {status}). {Rights}",
            429 => "Cloudflare says that it is asked too often: is the same token used elsewhere? It is tried again.",
            _ => $"Cloudflare's analytics answered with status {status}. They are tried again.",
        };

    private static StoreUsage Usage(JsonElement account, string name, DateTimeOffset from, DateTimeOffset until)
    {
        var (a, b, free, bytes) = (0L, 0L, 0L, 0L);
        foreach (var group in Items(account, name))
        {
            var dimensions = Child(group, "dimensions");
            // 401 and 403 are billed to nobody.
            if (Number(Child(dimensions, "responseStatusCode")) is 401 or 403)
                continue;
            var sum = Child(group, "sum");
            var requests = Number(Child(sum, "requests"));
            bytes += Number(Child(sum, "responseObjectSize"));
            var action = Child(dimensions, "actionType") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
            if (s_free.Contains(action))
                free += requests;
            else if (s_classB.Contains(action))
                b += requests;
            else
                a += requests;
        }
        return new StoreUsage
        {
            From = from,
            Until = until,
            ClassA = a,
            ClassB = b,
            Free = free,
            StoreBytes = bytes,
        };
    }

    private static EdgeUsage OfEdge(JsonElement zone)
    {
        var (requests, bytes, cached, cachedBytes) = (0L, 0L, 0L, 0L);
        foreach (var group in Items(zone, CloudflareQuery.Edge))
        {
            var count = Number(Child(group, "count"));
            var sent = Number(Child(Child(group, "sum"), "edgeResponseBytes"));
            (requests, bytes) = (requests + count, bytes + sent);
            if (
                Child(Child(group, "dimensions"), "cacheStatus") is { ValueKind: JsonValueKind.String } status
                && s_fromCache.Contains(status.GetString()!)
            )
                (cached, cachedBytes) = (cached + count, cachedBytes + sent);
        }
        return new EdgeUsage(requests, bytes, cached, cachedBytes);
    }

    /// <returns>Cloudflare's own words, cut and on one line; null: there are none.</returns>
    private static string? Errors(JsonElement root)
    {
        var words = Items(root, "errors")
            .Select(static error => Child(error, "message") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "")
            .Where(static text => text.Length > 0)
            .Take(2)
            .Select(static text => Shown.Name(text).TrimEnd('.'))
            .ToList();
        return words.Count > 0 ? string.Join("; ", words) : null;
    }

    private static JsonElement? First(JsonElement? parent, string name) =>
        Items(parent, name).Select(static item => (JsonElement?)item).FirstOrDefault();

    private static List<JsonElement> Items(JsonElement? parent, string name) =>
        Child(parent, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static JsonElement? Child(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } and { } found && found.TryGetProperty(name, out var child) ? child : null;

    /// <summary>0 for what is none; large ones may come as text.</summary>
    private static long Number(JsonElement? value) =>
        value switch
        {
            { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out var count) && count is >= 0 and < 9e18
                ? (long)count
                : 0,
            { ValueKind: JsonValueKind.String } text => long.TryParse(
                text.GetString(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var count
            )
                ? count
                : 0,
            _ => 0,
        };
}
