using System.Diagnostics.Metrics;
using Spillway.Audience;
using Spillway.Streams;

namespace Spillway.Metrics;

/// <summary>What viewers report. Estimates of the whole audience from a part of it: what is not known is not there, and never 0.</summary>
internal sealed class AudienceInstruments
{
    private readonly OncePerScrape<AudienceView[]> _views;

    public AudienceInstruments(Meter meter, LiveStreams streams, TimeProvider time)
    {
        _views = new OncePerScrape<AudienceView[]>(() => [.. Views(streams)], time);
        meter.CreateObservableGauge(
            "spillway.audience.reporters",
            () => Each(static view => view.Reporters),
            "{viewer}",
            "Viewers who report now"
        );
        meter.CreateObservableGauge(
            "spillway.audience.report_share",
            () => Each(static view => view.Share),
            "1",
            "Part of the viewers who are to report"
        );
        meter.CreateObservableGauge(
            "spillway.audience.peers_enabled",
            () => Each(static view => MeasureOf.Flag(view.PeersOn)),
            description: "1 while players are told to share"
        );
        CreateEstimate(meter, "spillway.audience.viewers", "{viewer}", "Viewers now, estimated", static view => view.Viewers);
        CreateEstimate(
            meter,
            "spillway.audience.peer_share",
            "1",
            "Part of the bytes that came from peers in the last five minutes, estimated",
            static view => view.Now.ShareFromPeers
        );
        meter.CreateObservableGauge(
            "spillway.audience.io",
            () => All(static view => Bytes(view)),
            "By",
            "Bytes of the broadcast so far by the way they came (peers, edge), and given to peers (to_peers), estimated"
        );
        meter.CreateObservableGauge(
            "spillway.audience.latency",
            () => All(static view => Latency(view)),
            "s",
            "Behind the live edge: of half the viewers, and of 95 in 100, at most so much; estimated"
        );
        meter.CreateObservableGauge(
            "spillway.audience.stalls_per_hour",
            () => Known(static view => view.Now.StallsPerHour?.Value),
            "{stall}",
            "Stalls in an hour of one viewer, in the last five minutes, estimated"
        );
        meter.CreateObservableCounter(
            "spillway.audience.messages",
            () => All(static view => Messages(view)),
            "{message}",
            "Reports taken; malformed, implausible and too frequent ones were not; refused counts connections"
        );
    }

    private static IEnumerable<AudienceView> Views(LiveStreams streams)
    {
        foreach (var stream in streams.All)
            if (stream.Audience is { } audience)
                yield return audience.View(stream.Name);
    }

    /// <summary>With the bounds between which the true figure is in 95 of 100 cases.</summary>
    private void CreateEstimate(Meter meter, string name, string unit, string words, Func<AudienceView, Estimate?> read)
    {
        meter.CreateObservableGauge(name, () => Known(view => read(view)?.Value), unit, words);
        meter.CreateObservableGauge($"{name}.low", () => Known(view => read(view)?.Low), unit, $"{words}: lower bound (95 %)");
        meter.CreateObservableGauge($"{name}.high", () => Known(view => read(view)?.High), unit, $"{words}: upper bound (95 %)");
    }

    private static IEnumerable<Measurement<double>> Bytes(AudienceView view)
    {
        if (view.WholeBroadcast is not { } whole)
            yield break;
        yield return Of("peers", whole.FromPeers);
        yield return Of("edge", whole.FromEdge);
        yield return Of("to_peers", whole.ToPeers);

        Measurement<double> Of(string way, Estimate bytes) => MeasureOf.ForStream(bytes.Value, view.Stream, MeasureOf.Way, way);
    }

    private static IEnumerable<Measurement<double>> Latency(AudienceView view)
    {
        if (view.Now.Latency is { } median)
            yield return MeasureOf.ForStream(median.Value, view.Stream, MeasureOf.Kind, "median");
        if (view.Now.Latency95 is { } most)
            yield return MeasureOf.ForStream(most.Value, view.Stream, MeasureOf.Kind, "p95");
    }

    private static IEnumerable<Measurement<long>> Messages(AudienceView view)
    {
        yield return Of("taken", view.Messages.Taken);
        yield return Of("malformed", view.Messages.Malformed);
        yield return Of("implausible", view.Messages.Implausible);
        yield return Of("too_often", view.Messages.TooOften);
        yield return Of("refused", view.Messages.Refused);

        Measurement<long> Of(string kind, long value) => MeasureOf.ForStream(value, view.Stream, MeasureOf.Kind, kind);
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<AudienceView, T> read)
        where T : struct => _views.Value.Select(view => MeasureOf.ForStream(read(view), view.Stream));

    private IEnumerable<Measurement<double>> Known(Func<AudienceView, double?> read) =>
        All(view =>
            read(view) is { } value ? [MeasureOf.ForStream(value, view.Stream)] : Enumerable.Empty<Measurement<double>>()
        );

    private IEnumerable<Measurement<T>> All<T>(Func<AudienceView, IEnumerable<Measurement<T>>> read)
        where T : struct => _views.Value.SelectMany(read);
}
