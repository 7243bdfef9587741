using System.Reflection;
using Spillway.Configuration;
using Spillway.Reports;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway.Dashboard;

/// <summary>Takes the whole picture. For one caller at a time.</summary>
internal sealed class StatusMaker(
    SpillwayOptions options,
    LiveStreams streams,
    StreamPictures pictures,
    OriginBudgets budgets,
    Health health,
    TrackerServer tracker,
    Spool spool,
    InstanceId instance,
    EdgeAddress edge,
    Ports ports,
    TimeProvider time,
    NodeWatch? nodes = null
)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();
    private (long At, TimeSpan Used)? _before;

    public static string Version { get; } =
        typeof(StatusMaker)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";

    /// <param name="listeners">To the events.</param>
    public StatusDocument Take(int listeners)
    {
        var all = streams
            .All.OrderByDescending(stream => stream.Name == options.DefaultStream)
            .ThenBy(static stream => stream.Name, StringComparer.Ordinal)
            .Select(stream => (Stream: stream, Report: ReportOf(stream)))
            .ToArray();
        return new StatusDocument
        {
            AsOf = time.GetUtcNow(),
            Server = Server(listeners),
            Origin = budgets.Take(
                all.Where(static pair => pair.Stream.Status.State is "live" or "slate")
                    .Select(static pair => pair.Report)
                    .OfType<BroadcastReport>(),
                (stream, broadcast) => streams.Find(stream)?.Reports?.Find(broadcast)
            ),
            Store = Store(),
            Tracker = Tracker(),
            Streams = [.. all.Select(pair => pictures.Take(pair.Stream, pair.Report))],
        };
    }

    private static BroadcastReport? ReportOf(LiveStream stream) =>
        stream.Status.Broadcast is { } broadcast ? stream.Reports?.Find(broadcast) : null;

    private ServerStatus Server(int listeners) =>
        new(
            Version,
            instance.Value,
            _startedAt,
            Math.Round(time.GetElapsedTime(_start).TotalSeconds, 1),
            health.Report().Status,
            options.DefaultStream,
            Environment.ProcessorCount,
            Cpu(),
            Environment.WorkingSet,
            listeners
        );

    private double? Cpu()
    {
        var (now, used) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var before = _before;
        _before = (now, used);
        return before is { } then && time.GetElapsedTime(then.At, now) is { Ticks: > 0 } over
            ? Math.Round((used - then.Used) / over, 4)
            : null;
    }

    private StoreStatus Store()
    {
        var storage = options.Storage;
        var isBucket = storage.Bucket.Length > 0;
        return new StoreStatus(
            isBucket ? "bucket" : "embedded",
            isBucket ? storage.Bucket : null,
            isBucket && Uri.TryCreate(storage.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Authority : null,
            edge.Fixed ?? $"http://{{host}}:{ports.Edge}/",
            storage.SingleWriter,
            new SpoolStatus(
                spool.InMemory,
                storage.SpoolMemory.Bytes,
                spool.OnDisk,
                storage.Spool.Bytes,
                spool.Fault is { } fault ? StreamPictures.Picture("spool", null, fault) : null
            )
        );
    }

    private TrackerStatus Tracker()
    {
        var counted = tracker.Count();
        return new TrackerStatus(
            options.Tracker.Nodes.Length == 0 && options.Tracker.PublicUrl.Length == 0,
            counted.Swarms,
            counted.Peers,
            counted.OffersRelayed,
            counted.AnswersRelayed,
            nodes is null ? [] : [.. nodes.Sights.Select(Health.Describe)]
        );
    }
}
