using System.Text.Json;

namespace Spillway.EndToEnd.FirstFrame;

/// <summary>One page opened by a browser that has never seen it. Milliseconds since the navigation began, at which a step was over.</summary>
/// <param name="Html">All of the page itself.</param>
/// <param name="Script">The last script that came before the first segment was there.</param>
/// <param name="PlayerJson">Null: the page does not ask for it.</param>
/// <param name="Playlists">The last one before the first segment.</param>
/// <param name="Segment">The first media segment; an initialization section comes before it.</param>
/// <param name="Frame">The first picture is on screen.</param>
internal sealed record ColdLoad(double Html, double Script, double? PlayerJson, double Playlists, double Segment, double Frame)
{
    /// <summary>An expression for the page: what it has asked for, by the browser's own clock.</summary>
    public const string Expression = """
        ({
          frame: firstFrame.frame,
          html: performance.getEntriesByType("navigation")[0].responseEnd,
          requests: performance.getEntriesByType("resource").map(({ name, responseEnd }) => ({ path: new URL(name).pathname, end: responseEnd })),
        })
        """;

    /// <returns>Null while there is no picture.</returns>
    public static ColdLoad? Of(JsonElement seen)
    {
        if (seen.GetProperty("frame").ValueKind == JsonValueKind.Null)
            return null;
        var requests = seen.GetProperty("requests")
            .EnumerateArray()
            .Select(static one => (Path: one.GetProperty("path").GetString()!, End: one.GetProperty("end").GetDouble()))
            .ToList();
        var segment = requests.Where(static one => one.Path.EndsWith(".ts", StringComparison.Ordinal)).Min(static one => one.End);
        return new ColdLoad(
            seen.GetProperty("html").GetDouble(),
            Last(".js") ?? 0,
            Last("/player.json"),
            Last(".m3u8") ?? 0,
            segment,
            seen.GetProperty("frame").GetDouble()
        );

        double? Last(string ending) =>
            requests
                .Where(one => one.End <= segment && one.Path.EndsWith(ending, StringComparison.Ordinal))
                .Select(static one => (double?)one.End)
                .Max();
    }
}
