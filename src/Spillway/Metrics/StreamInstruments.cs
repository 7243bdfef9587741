using System.Diagnostics.Metrics;
using Spillway.Streams;

namespace Spillway.Metrics;

/// <summary>What each live stream is and does, read from its status when somebody asks.</summary>
internal sealed class StreamInstruments
{
    private static readonly string[] States = ["offline", "live", "slate", "ended", LiveStreamStatus.Standby];

    private readonly LiveStreams _streams;

    public StreamInstruments(Meter meter, LiveStreams streams)
    {
        _streams = streams;
        meter.CreateObservableGauge(
            "spillway.stream.state",
            () => All(static s => States.Select(state => Of(s, MeasureOf.Flag(s.Status.State == state), MeasureOf.Kind, state))),
            description: "1 for the state the stream is in: offline, live, slate, ended, standby"
        );
        meter.CreateObservableGauge(
            "spillway.stream.writer",
            () => Each(static s => MeasureOf.Flag(!s.StandsBy && s.Status.Superseded is null)),
            description: "1 while this instance writes the stream, 0 while it stands by"
        );
        meter.CreateObservableGauge(
            "spillway.stream.fault",
            () => All(static s => Faults(s).Select(fault => Of(s, MeasureOf.Flag(fault.Is), MeasureOf.Kind, fault.Kind))),
            description: "1 while something is wrong; /health has it in words, with the remedy"
        );
        meter.CreateObservableCounter(
            "spillway.stream.takeovers",
            () => Each(static s => (long)(s.Writer?.TakeOvers ?? 0)),
            "{takeover}",
            "Times this instance has taken the stream over from another"
        );
        meter.CreateObservableCounter(
            "spillway.stream.gaps",
            () => Each(static s => s.Status.Gaps),
            "{segment}",
            "Segments that were lost and listed as missing: viewers saw a gap"
        );
        meter.CreateObservableCounter(
            "spillway.stream.pause_gaps",
            () => Each(static s => s.Status.PauseGaps),
            "{segment}",
            "Gaps listed because nothing came for so long: the source paused, or a rendition of it"
        );
        meter.CreateObservableCounter(
            "spillway.stream.swarm_splits",
            () => Each(static s => s.Status.SwarmSplits),
            "{split}",
            "Changes of format that parted the viewers' swarms"
        );
        meter.CreateObservableGauge(
            "spillway.stream.window",
            () => Known(static s => s.Status.Window?.Seconds),
            "s",
            "What the playlists list at least; nothing before the first broadcast"
        );
        meter.CreateObservableGauge(
            "spillway.stream.live_delay",
            () => Known(static s => s.Status.Window?.Delay),
            "s",
            "How far behind the live edge viewers are told to play"
        );
        CreateRenditions(meter);
    }

    private void CreateRenditions(Meter meter)
    {
        meter.CreateObservableGauge(
            "spillway.rendition.listed",
            () => Renditions(static rendition => rendition.Listed),
            "{segment}",
            "Segments in the acknowledged live playlist, gaps left out"
        );
        meter.CreateObservableGauge(
            "spillway.rendition.stored",
            () => Renditions(static rendition => rendition.Stored),
            "{segment}",
            "Segments stored of the broadcast"
        );
        meter.CreateObservableGauge(
            "spillway.rendition.last_number",
            () => Renditions(static rendition => rendition.LastNumber ?? 0),
            description: "Number of the newest listed segment; it stands still when nothing new is listed"
        );
    }

    private static IEnumerable<(string Kind, bool Is)> Faults(LiveStream stream)
    {
        var status = stream.Status;
        yield return ("source_away", status.SourceAway is not null);
        yield return ("source_advice", status.SourceAdvice is not null);
        yield return ("slate", status.SlateProblem is not null);
        yield return ("store", status.StoreFault is not null);
        yield return ("store_advice", status.StoreAdvice is not null);
        yield return ("bandwidth", status.BandwidthAdvice is not null);
        yield return ("peers", stream.Audience?.Advice is not null);
        yield return ("superseded", status.Superseded is not null);
    }

    private static Measurement<T> Of<T>(LiveStream stream, T value, string label, string name)
        where T : struct => MeasureOf.ForStream(value, stream.Name, label, name);

    private IEnumerable<Measurement<T>> Each<T>(Func<LiveStream, T> read)
        where T : struct => _streams.All.Select(stream => MeasureOf.ForStream(read(stream), stream.Name));

    private IEnumerable<Measurement<T>> Known<T>(Func<LiveStream, T?> read)
        where T : struct =>
        _streams.All.SelectMany(stream =>
            read(stream) is { } value ? [MeasureOf.ForStream(value, stream.Name)] : Enumerable.Empty<Measurement<T>>()
        );

    private IEnumerable<Measurement<T>> All<T>(Func<LiveStream, IEnumerable<Measurement<T>>> read)
        where T : struct => _streams.All.SelectMany(read);

    private IEnumerable<Measurement<long>> Renditions(Func<RenditionStatus, long> read) =>
        All(stream =>
            stream.Status.Renditions.Select(rendition => Of(stream, read(rendition), MeasureOf.Rendition, rendition.Name))
        );
}
