using System.Globalization;
using System.Text.Json.Nodes;

namespace Spillway.Tests.Audience;

/// <summary>Reports as the player writes them.</summary>
internal static class Messages
{
    public static string Report(
        double share = 1,
        double session = 200,
        double seconds = 30,
        long fromPeers = 1_000_000,
        long fromEdge = 3_000_000,
        bool p2p = true,
        double? latency = 9.5,
        string rendition = "720p",
        int stalls = 0,
        double? startUp = null,
        int peers = 4,
        double stalled = 0
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"share":{{share}},"session":{{session}},"seconds":{{seconds}},"played":{{seconds}},"fromPeers":{{fromPeers}},"fromEdge":{{fromEdge}},"toPeers":0,"stalls":{{stalls}},"stalled":{{stalled}},"startUp":{{Number(startUp)}},"latency":{{Number(latency)}},"rendition":"{{rendition}}","peers":{{peers}},"rejected":0,"banned":0,"p2p":{{(p2p ? "true" : "false")}}}"""
        );

    /// <summary>With one member changed; a null text takes it away.</summary>
    public static string With(string member, string? json)
    {
        var report = JsonNode.Parse(Report())!.AsObject();
        report.Remove(member);
        var text = report.ToJsonString();
        return json is null ? text : $"{text[..^1]},\"{member}\":{json}}}";
    }

    private static string Number(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";
}
