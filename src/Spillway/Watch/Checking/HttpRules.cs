using System.Globalization;

namespace Spillway.Watch.Checking;

/// <summary>Rules of HTTP (F) that the answers' headers show.</summary>
internal static class HttpRules
{
    private static readonly string[] PlaylistTypes = ["application/vnd.apple.mpegurl", "audio/mpegurl"];
    private static readonly string[] SegmentTypes = ["video/mp2t", "video/mp4", "audio/mp4", "video/iso.segment", "audio/aac"];

    /// <returns>Whether there is a playlist to read.</returns>
    public static bool Answer(Fetch fetch, bool mayBeMissing, Action<Finding> report)
    {
        if (fetch.Status == 200)
        {
            if (fetch.Redirected)
                report(new("F6", Severity.Error, fetch.Url, "was redirected"));
            return true;
        }

        if (!mayBeMissing || fetch.Status != 404)
            report(new("F2", Severity.Error, fetch.Url, $"status {fetch.Status} at {fetch.RequestedAt}{Why(fetch.Problem)}"));
        return false;
    }

    public static void Playlist(Fetch fetch, PlaylistText text, Action<Finding> report)
    {
        if (fetch.Headers is null)
            return;
        void Error(string rule, string message) => report(new(rule, Severity.Error, fetch.Url, message));
        void Warning(string rule, string message) => report(new(rule, Severity.Warning, fetch.Url, message));

        var type = Type(fetch.Headers);
        var isNamed = new Uri(fetch.Url, UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } uri
            ? uri.AbsolutePath.EndsWith(".m3u8", StringComparison.Ordinal)
            : fetch.Url.EndsWith(".m3u8", StringComparison.Ordinal);
        if (!PlaylistTypes.Contains(type))
        {
            if (isNamed)
                Warning("F1", $"the type is '{type}'");
            else
                Error("F1", $"the type is '{type}' and the path does not end in .m3u8");
        }

        var encoding = Header(fetch.Headers, "Content-Encoding");
        if (
            encoding is null
            && Header(fetch.Headers, "Content-Length") is { } length
            && length != fetch.Body.Length.ToString(CultureInfo.InvariantCulture)
        )
            Error("A13", $"{fetch.Body.Length} bytes came of {length}");
        if (fetch.AcceptedGzip && encoding is null && fetch.Body.Length > 1400)
            Warning("F3", $"{fetch.Body.Length} bytes were not compressed");
        Origin(fetch.Url, fetch.Headers, fetch.Origin, Error);
        if (text.TargetDuration > 0 && fetch.ReceivedAt - fetch.RequestedAt > TimeSpan.FromSeconds(text.TargetDuration))
            Error("F2", $"the answer took {(fetch.ReceivedAt - fetch.RequestedAt).TotalSeconds:F1} s");
        if (text.Ended)
            return;
        var cache = Cache(fetch.Headers);
        if (cache.ContainsKey("immutable"))
            Error("F5", "a live playlist is immutable");
        foreach (var name in new[] { "max-age", "s-maxage" })
        {
            if (Age(cache, name) is not { } age || text.TargetDuration == 0)
                continue;
            if (age >= 1.5 * text.TargetDuration)
                Error("F5", $"{name}={age} is 1.5 target durations or more");
            else if (age > Math.Max(1, text.TargetDuration / 2.0))
                Warning("F5", $"{name}={age} is above half a target duration");
        }

        if (cache.Count == 0)
            Warning("F5", "there is no Cache-Control");
    }

    public static void Segment(SegmentFetch fetch, Action<Finding> report)
    {
        if (fetch.Headers is null)
            return;
        void Error(string rule, string message) => report(new(rule, Severity.Error, fetch.Url, message));
        void Warning(string rule, string message) => report(new(rule, Severity.Warning, fetch.Url, message));

        if (fetch.Redirected)
            Error("F6", "was redirected");
        if (!SegmentTypes.Contains(Type(fetch.Headers)))
            Error("F6", $"the type is '{Type(fetch.Headers)}'");
        if (Header(fetch.Headers, "Content-Encoding") is { } encoding)
            Error("F6", $"is encoded: {encoding}");
        Origin(fetch.Url, fetch.Headers, fetch.Origin, Error);
        var cache = Cache(fetch.Headers);
        if (cache.ContainsKey("no-store") || cache.ContainsKey("no-cache") || !(Age(cache, "max-age") >= 3600))
            Warning("F5", $"a segment is kept for less than an hour: {Header(fetch.Headers, "Cache-Control")}");
    }

    private static void Origin(
        string url,
        IReadOnlyDictionary<string, string> headers,
        string? origin,
        Action<string, string> error
    )
    {
        if (origin is null)
            return;
        var allowed = Header(headers, "Access-Control-Allow-Origin");
        if (allowed == "*")
            return;
        if (allowed != origin)
            error("F4", $"{url} may not be read from {origin}: '{allowed}'");
        else if (Header(headers, "Vary")?.Contains("Origin", StringComparison.OrdinalIgnoreCase) != true)
            error("F4", "the origin is echoed without Vary: Origin");
    }

    public static string Why(string? problem) => problem is null ? "" : $" ({problem})";

    private static string Type(IReadOnlyDictionary<string, string> headers) =>
        (Header(headers, "Content-Type") ?? "").Split(';')[0].Trim().ToLowerInvariant();

    public static string? Header(IReadOnlyDictionary<string, string> headers, string name) =>
        headers.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static Dictionary<string, string> Cache(IReadOnlyDictionary<string, string> headers) =>
        (Header(headers, "Cache-Control") ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.ToLowerInvariant().Split('=', 2))
            .GroupBy(part => part[0])
            .ToDictionary(group => group.Key, group => group.First() is [_, var value] ? value : "");

    private static double? Age(Dictionary<string, string> cache, string name) =>
        cache.TryGetValue(name, out var value) && double.TryParse(value, CultureInfo.InvariantCulture, out var age) ? age : null;
}
