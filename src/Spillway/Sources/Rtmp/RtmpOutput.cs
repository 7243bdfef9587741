using System.Threading.Channels;
using Spillway.Media;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Rtmp;

/// <summary>Tells the pipeline what comes of the publishers, in an order that makes sense. A full channel makes them wait.</summary>
/// <param name="events">To the pipeline.</param>
/// <param name="wished">How long segments should be.</param>
internal sealed class RtmpOutput(ChannelWriter<SourceEvent> events, TimeSpan wished)
{
    private TimeSpan _longest;
    private int _declared;
    private int _run = -1;
    private long _sequence;
    private bool _away;
    private string? _advice;

    /// <summary>Another publisher: how long its segments will be is not known yet.</summary>
    public void Begin() => _longest = wished;

    public async ValueTask AwayAsync(string reason, CancellationToken ct)
    {
        if (_away)
            return;
        _away = true;
        await events.WriteAsync(new SourceAway(reason), ct);
    }

    /// <summary>What is ready.</summary>
    public async ValueTask SendAsync(SegmentCutter cutter, CancellationToken ct)
    {
        while (cutter.Ready.TryDequeue(out var segment))
            await SendAsync(segment, ct);
        if (_advice != cutter.Keyframes.Advice && (cutter.Keyframes.Advice is not null || cutter.Keyframes.IsKnown))
        {
            _advice = cutter.Keyframes.Advice;
            await events.WriteAsync(new SourceAdvice(_advice), ct);
        }
    }

    private async Task SendAsync(CutSegment segment, CancellationToken ct)
    {
        if (segment.StartsLine)
            _run++;
        if (segment.Duration > _longest)
            _longest = segment.Duration;
        // Some milliseconds above a whole second are the rounding of frames.
        var target = (int)Math.Ceiling(_longest.TotalSeconds - 0.05);
        if (target != _declared)
        {
            _declared = target;
            await events.WriteAsync(
                new RenditionsFound([new SourceRendition(RenditionNames.Bare, target, Bandwidth: null, Codecs: null)]),
                ct
            );
        }
        if (_away)
        {
            _away = false;
            await events.WriteAsync(new SourceBack(), ct);
        }
        await events.WriteAsync(
            new SegmentArrived
            {
                Rendition = RenditionNames.Bare,
                Run = _run,
                Sequence = _sequence++,
                Discontinuity = false,
                DeclaredDuration = segment.Duration,
                Data = segment.Data,
                InitializationSection = segment.InitializationSection,
                Media = MediaInspector.Inspect(segment.Data, segment.InitializationSection),
            },
            ct
        );
    }
}
