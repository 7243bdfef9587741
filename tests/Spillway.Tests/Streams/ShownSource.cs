using System.Threading.Channels;
using Spillway.Sources;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>
/// An encoder with two renditions that goes its way whoever follows it: it starts again once, pauses once, and ends. Whoever comes
/// gets what its playlists list at that moment, all at once, and then the rest as it is made.
/// </summary>
internal sealed class ShownSource(FastClock clock, IReadOnlyList<ShownSegment> segments, double pausesAt, double endsAt)
{
    /// <summary>What its playlists list.</summary>
    private const double Window = 12;

    /// <summary>How long nothing comes until the follower says so.</summary>
    private const double Patience = 2.5;

    public IReadOnlyList<ShownSegment> Segments => segments;

    public double EndsAt => endsAt;

    /// <summary>Encodes what has not been encoded yet.</summary>
    public static async Task<IReadOnlyList<Show>> PrepareAsync(bool isFragmented)
    {
        string[] pictures = ["", ",negate", ",hflip", ",vflip"];
        var shows = new List<Show>();
        foreach (var picture in pictures)
            shows.Add(await Show.GetAsync($"size=160x90{picture} -hls_time 1{(isFragmented ? " -hls_segment_type fmp4" : "")}"));
        return shows;
    }

    public static async Task<ShownSource> MakeAsync(FastClock clock, bool isFragmented = false)
    {
        var shows = await PrepareAsync(isFragmented);
        var segments = new List<ShownSegment>();
        Make(run: 0, at: 1, from: 0, count: 5);
        Make(run: 1, at: 7, from: 0, count: 4);
        Make(run: 1, at: 15, from: 4, count: 4);
        return new ShownSource(clock, segments, pausesAt: 10, endsAt: 18);

        void Make(int run, double at, int from, int count)
        {
            for (var i = 0; i < count; i++)
            {
                segments.Add(new ShownSegment("0", at + i, run, shows[2 * run].Segment(from + i, "0", run)));
                segments.Add(new ShownSegment("1", at + i + 0.1, run, shows[2 * run + 1].Segment(from + i, "1", run)));
            }
        }
    }

    /// <summary>What whoever starts to follow it at that moment (seconds of the clock) gets sooner or later.</summary>
    public IEnumerable<ShownSegment> ShownFrom(double at)
    {
        var run = RunAt(at);
        return segments.Where(segment => segment.At > at || (segment.Run == run && segment.At > at - Window));
    }

    public async Task FollowAsync(ChannelWriter<SourceEvent> events, CancellationToken stop)
    {
        var at = clock.Elapsed.TotalSeconds;
        var first = RunAt(at);
        await events.WriteAsync(new RenditionsFound([Made.Rendition("0", target: 1), Made.Rendition("1", target: 1)]), stop);
        var isAway = false;
        var last = at;
        foreach (var segment in ShownFrom(at).OrderBy(static segment => segment.At))
        {
            if (segment.At - last > Patience && segment.At > pausesAt)
            {
                await UntilAsync(last + Patience);
                await events.WriteAsync(new SourceAway("nothing new"), stop);
                isAway = true;
            }
            await UntilAsync(segment.At);
            if (isAway)
                await events.WriteAsync(new SourceBack(), stop);
            isAway = false;
            await events.WriteAsync(segment.Event with { Run = segment.Run - first }, stop);
            last = Math.Max(at, segment.At);
        }
        await UntilAsync(Math.Max(last, endsAt) + Patience);
        await events.WriteAsync(new SourceAway("it has ended"), stop);

        Task UntilAsync(double when) =>
            Task.Delay(TimeSpan.FromSeconds(Math.Max(0, when - clock.Elapsed.TotalSeconds)), clock.Time, stop);
    }

    /// <summary>
    /// The first after a pause in the rendition that comes second: where filler is due at that very moment, what comes a moment later
    /// than the other rendition's finds its time listed as a gap.
    /// </summary>
    public bool MayBeLate(ShownSegment segment) => segment is { Rendition: "1", Run: 1, Event.Sequence: 4 };

    private int RunAt(double at) => segments.LastOrDefault(segment => segment.At <= at)?.Run ?? 0;
}

/// <param name="At">When it is made, seconds of the clock.</param>
internal sealed record ShownSegment(string Rendition, double At, int Run, SegmentArrived Event);
