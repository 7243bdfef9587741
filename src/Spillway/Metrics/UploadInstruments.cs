using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Metrics;

/// <summary>The way to the store: uploads, the spool, publications, operations.</summary>
internal sealed class UploadInstruments
{
    private readonly LiveStreams _streams;

    public UploadInstruments(Meter meter, LiveStreams streams, CountingObjectStore store, Spool spool)
    {
        _streams = streams;
        CreateUploads(meter);
        CreateDurations(meter, store);
        meter.CreateObservableGauge(
            "spillway.spool.size",
            () => MemoryAndDisk(spool.InMemory, spool.OnDisk),
            "By",
            "What waits for the store, over all streams, in memory and on disk"
        );
        meter.CreateObservableGauge(
            "spillway.spool.limit",
            () => MemoryAndDisk(spool.MemoryLimit, spool.DiskLimit),
            "By",
            "What may wait; beyond it the oldest is given up"
        );
        meter.CreateObservableCounter(
            "spillway.store.operations",
            () => store.Roots.SelectMany(static root => Operations(root.Name, root.Counters.Operations)),
            "{operation}",
            "Asked of the store; the stream is the first part of the keys, which may be watch or trackers"
        );
    }

    private void CreateUploads(Meter meter)
    {
        meter.CreateObservableCounter(
            "spillway.upload.objects",
            () => Each(static uploads => uploads.Stored),
            "{object}",
            "Segments and initialization sections stored, the slate's too"
        );
        meter.CreateObservableCounter("spillway.upload.io", () => Each(static uploads => uploads.Bytes), "By", "Their bytes");
        meter.CreateObservableCounter(
            "spillway.upload.failures",
            () => Each(static uploads => uploads.FailedTries),
            "{try}",
            "Tries that failed and were made again"
        );
        meter.CreateObservableCounter(
            "spillway.upload.given_up",
            () => Each(static uploads => uploads.GivenUp),
            "{object}",
            "Given up: viewers saw a gap"
        );
        meter.CreateObservableGauge(
            "spillway.upload.backlog",
            () => Each(static uploads => (long)uploads.Waiting),
            "{object}",
            "What waits or is under way"
        );
        meter.CreateObservableGauge(
            "spillway.upload.backlog.size",
            () => Each(static uploads => uploads.BytesWaiting),
            "By",
            "Its bytes"
        );
        meter.CreateObservableGauge(
            "spillway.upload.load",
            () =>
                _streams.All.SelectMany(static stream =>
                    stream.Uploads.Load is { } load
                        ? [MeasureOf.ForStream(load, stream.Name)]
                        : Enumerable.Empty<Measurement<double>>()
                ),
            "1",
            "Time an upload takes for each second of media, mean of the last segments; above 1 the line is slower than the stream"
        );
    }

    private void CreateDurations(Meter meter, CountingObjectStore store)
    {
        var uploads = Duration(
            meter,
            "spillway.upload.duration",
            "From the first try to the store's yes",
            [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 60]
        );
        var publications = Duration(
            meter,
            "spillway.publish.duration",
            "From the answer of the last upload that a playlist waited for to the sending of that playlist",
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
        );
        var requests = Duration(
            meter,
            "spillway.store.request.duration",
            "One request to the store, whatever came of it",
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
        );
        foreach (var stream in _streams.All)
        {
            var name = new KeyValuePair<string, object?>(MeasureOf.Stream, stream.Name);
            stream.Uploads.Measured = (kind, elapsed) =>
                uploads.Record(elapsed.TotalSeconds, name, new(MeasureOf.Kind, NameOf(kind)));
            stream.Publishing.Measured = elapsed => publications.Record(elapsed.TotalSeconds, name);
        }
        store.Measured = (kind, elapsed) =>
            requests.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(MeasureOf.Kind, kind));
        meter.CreateObservableCounter(
            "spillway.publish.spaced",
            () => _streams.All.Select(static stream => MeasureOf.ForStream(stream.Publishing.Spaced, stream.Name)),
            "{publication}",
            "Publications that had to wait for the one write a second a key; that wait is not in their duration"
        );
    }

    private static Histogram<double> Duration(Meter meter, string name, string description, double[] bounds) =>
        meter.CreateHistogram(
            name,
            "s",
            description,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds }
        );

    private static string NameOf(UploadKind kind) =>
        kind switch
        {
            UploadKind.Section => "section",
            UploadKind.Segment => "segment",
            UploadKind.Background => "background",
            _ => throw new UnreachableException(),
        };

    private static IEnumerable<Measurement<long>> Operations(string root, OperationCount count)
    {
        yield return Of("put", count.Puts);
        yield return Of("list", count.Lists);
        yield return Of("get", count.Gets);
        yield return Of("delete", count.Deletes);
        yield return Of("refused", count.Refused);

        Measurement<long> Of(string kind, long value) => MeasureOf.ForStream(value, root, MeasureOf.Kind, kind);
    }

    private static Measurement<long>[] MemoryAndDisk(long memory, long disk) =>
        [MeasureOf.ForKind(memory, "memory"), MeasureOf.ForKind(disk, "disk")];

    private IEnumerable<Measurement<long>> Each(Func<SegmentUploader, long> read) =>
        _streams.All.Select(stream => MeasureOf.ForStream(read(stream.Uploads), stream.Name));
}
