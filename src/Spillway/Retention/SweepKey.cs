using System.Globalization;
using System.Text.RegularExpressions;
using Spillway.Configuration;

namespace Spillway.Retention;

internal enum SweepKind
{
    /// <summary>One of the few objects of the whole stream, such as its multivariant playlist: never deleted.</summary>
    OfStream,
    Report,
    LivePlaylist,
    ReplayPlaylist,
    Segment,
    InitializationSection,
    Slate,

    /// <summary>Not one of ours: never deleted.</summary>
    Unknown,
}

/// <summary>What a key below <c>{stream}/</c> stands for, by its name alone.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Broadcast">Also of an unknown key in a broadcast's folder.</param>
/// <param name="Rendition">Null for what belongs to no rendition.</param>
/// <param name="Number">Of a segment.</param>
/// <param name="Slate">The hash that names the slate's folder.</param>
internal readonly partial record struct SweepKey(
    SweepKind Kind,
    string? Broadcast = null,
    string? Rendition = null,
    long? Number = null,
    string? Slate = null
)
{
    private static readonly string[] OfStreamNames = ["playlist.m3u8", "player.json", "lease.json", "replays.json", "sweep.json"];

    public static SweepKey Parse(string stream, string key)
    {
        if (!key.StartsWith(stream + "/", StringComparison.Ordinal))
            return new(SweepKind.Unknown);
        var parts = key[(stream.Length + 1)..].Split('/');
        return parts switch
        {
            [var name] when OfStreamNames.Contains(name, StringComparer.Ordinal) => new(SweepKind.OfStream),
            ["slate", var hash, var rendition, var name]
                when Hash().IsMatch(hash)
                    && StreamName.IsWellFormed(rendition)
                    && (Segment().IsMatch(name) || Section().IsMatch(name)) => new(
                SweepKind.Slate,
                Rendition: rendition,
                Slate: hash
            ),
            [var broadcast, .. var rest] when IsBroadcast(broadcast) => OfBroadcast(broadcast, rest),
            _ => new(SweepKind.Unknown),
        };
    }

    /// <summary>As <c>StreamKeys.NewBroadcast</c> makes them.</summary>
    public static bool IsBroadcast(string id) => BroadcastId().IsMatch(id);

    private static SweepKey OfBroadcast(string broadcast, string[] rest) =>
        rest switch
        {
            ["report.json"] => new(SweepKind.Report, broadcast),
            [var name] when Replay().IsMatch(name) => new(SweepKind.ReplayPlaylist, broadcast),
            [var rendition, var name] when StreamName.IsWellFormed(rendition) => OfRendition(broadcast, rendition, name),
            _ => new(SweepKind.Unknown, broadcast),
        };

    private static SweepKey OfRendition(string broadcast, string rendition, string name)
    {
        if (name == "playlist.m3u8")
            return new(SweepKind.LivePlaylist, broadcast, rendition);
        if (Replay().IsMatch(name))
            return new(SweepKind.ReplayPlaylist, broadcast, rendition);
        if (Section().IsMatch(name))
            return new(SweepKind.InitializationSection, broadcast, rendition);
        return Segment().Match(name) is { Success: true } match
            ? new(
                SweepKind.Segment,
                broadcast,
                rendition,
                long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)
            )
            : new(SweepKind.Unknown, broadcast, rendition);
    }

    [GeneratedRegex(@"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BroadcastId();

    [GeneratedRegex(@"^[0-9a-f]{32}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Hash();

    /// <summary>A number of 18 digits fits in 64 bits.</summary>
    [GeneratedRegex(
        @"^(?<number>[0-9]{1,18})-[0-9a-f]{32}\.(ts|m4s)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Segment();

    [GeneratedRegex(@"^init-[0-9a-f]{32}\.mp4\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Section();

    /// <summary>Whole, or one of its parts.</summary>
    [GeneratedRegex(@"^replay[a-z0-9-]{0,32}\.m3u8\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Replay();
}
