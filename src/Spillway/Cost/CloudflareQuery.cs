using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Cost;

/// <summary>
/// The question for Cloudflare's GraphQL analytics: developers.cloudflare.com/r2/platform/metrics-analytics and
/// developers.cloudflare.com/analytics/graphql-api.
/// </summary>
internal static class CloudflareQuery
{
    /// <summary>The longest time that a zone on the free plan answers for.</summary>
    public static readonly TimeSpan LongestOfZone = TimeSpan.FromDays(1);

    public const string Month = "month";
    public const string Recent = "recent";
    public const string Edge = "edge";

    public static byte[] Body(CloudflareBucket bucket, DateTimeOffset month, DateTimeOffset recent, DateTimeOffset until)
    {
        var zone = bucket.Zone is { } id
            ? $$"""
                zones(filter: { zoneTag: {{Text(id)}} }) {
                  {{Edge}}: httpRequestsAdaptiveGroups(limit: 1000, filter: { {{Between(
                    recent,
                    until
                )}}, requestSource: "eyeball",
                    clientRequestHTTPHost: {{Text(bucket.Host)}} }) {
                    count sum { edgeResponseBytes } dimensions { cacheStatus }
                  }
                }
                """
            : "";
        var query = $$"""
            query {
              viewer {
                accounts(filter: { accountTag: {{Text(bucket.Account)}} }) {
                  {{Month}}: {{Operations(bucket, month, until)}}
                  {{Recent}}: {{Operations(bucket, recent, until)}}
                }
                {{zone}}
              }
            }
            """;
        return JsonSerializer.SerializeToUtf8Bytes(new CloudflareQuestion(query), CloudflareJson.Default.CloudflareQuestion);
    }

    private static string Operations(CloudflareBucket bucket, DateTimeOffset from, DateTimeOffset until) =>
        $$"""
            r2OperationsAdaptiveGroups(limit: 10000, filter: { bucketName: {{Text(bucket.Bucket)}}, {{Between(from, until)}} }) {
                    sum { requests responseObjectSize } dimensions { actionType responseStatusCode }
                  }
            """;

    private static string Between(DateTimeOffset from, DateTimeOffset until) =>
        $"datetime_geq: {Text(Time(from))}, datetime_lt: {Text(Time(until))}";

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>GraphQL's strings are escaped as JSON's are.</summary>
    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}

internal sealed record CloudflareQuestion(string Query);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CloudflareQuestion))]
internal sealed partial class CloudflareJson : JsonSerializerContext;
