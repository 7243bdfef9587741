using System.Text.RegularExpressions;
using Spillway.Sources;
using Spillway.Sources.Ladder;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Sources.Ladder;

/// <summary>A ladder over a scripted source, with a folder of its own.</summary>
public abstract partial class LadderTest : IDisposable
{
    private readonly TestFolder _folder = new();

    internal ScriptedSource Inner { get; } = new();

    internal TestFolder Folder => _folder;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal FollowedSource Start(string ladder, int seconds = 1, string program = "ffmpeg") =>
        FollowedSource.Start(Make(ladder, seconds, program), capacity: 64);

    internal Func<FollowedSource, TimeProvider, ISource> Make(string ladder, int seconds, string program) =>
        (log, time) =>
            new LadderSource(
                Inner,
                new LadderSettings
                {
                    Steps = LadderRules.Steps(ladder.Split(' ')),
                    SegmentSeconds = seconds,
                    Folder = _folder["ladder"],
                    Program = program,
                    Preset = "ultrafast",
                },
                time,
                log
            );

    /// <summary>What comes in: one rendition, <c>in</c>, of segments of a second.</summary>
    internal void Bring(Show show, int from, int to, int run = 0, bool discontinuity = false)
    {
        for (var i = from; i < to; i++)
            Inner.Tell(show.Segment(i, "in", run, discontinuity && i == from));
    }

    internal static RenditionsFound Found(params SourceRendition[] renditions) =>
        new(renditions.Length > 0 ? renditions : [Made.Rendition("in", 1)]);

    /// <summary>Of the newest ffmpeg that was started.</summary>
    internal static int ProcessId(FollowedSource source) =>
        int.Parse(
            Started().Match(source.Logged.Last(static l => l.Contains("makes", StringComparison.Ordinal))).Groups["id"].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );

    internal static double Seconds(FollowedSource source, string rendition) =>
        source.Segments.Where(s => s.Rendition == rendition).Sum(static s => s.Media.Duration!.Value.TotalSeconds);

    [GeneratedRegex(@"\(process (?<id>\d+)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Started();
}
