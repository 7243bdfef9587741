using Spillway.Streams;

namespace Spillway.Events;

/// <summary>
/// Looks at the streams and puts what has changed into the log of events. The pipelines know nothing of it: what they log, they
/// log themselves.
/// </summary>
internal sealed partial class EventWatch(LiveStreams streams, EventLog log, TimeProvider time, ILogger<EventWatch> logger)
    : BackgroundService
{
    /// <summary>An operator sees what happens within 2 s; this is the first part of them.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, (StreamMoment Moment, EventDamper Damper)> _seen = new(StringComparer.Ordinal);

    private bool _hasFailed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                TryLook(time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>What goes wrong here must not end the show.</summary>
    private void TryLook(TimeSpan now)
    {
        try
        {
            Look(now);
        }
        catch (Exception exception)
        {
            if (!_hasFailed)
                Log.Failed(logger, exception);
            _hasFailed = true;
        }
    }

    private void Look(TimeSpan now)
    {
        foreach (var stream in streams.All)
        {
            var (before, damper) = _seen.TryGetValue(stream.Name, out var seen)
                ? seen
                : (StreamMoment.Nothing(stream.Name), new EventDamper());
            var after = StreamMoment.Of(stream, before);
            _seen[stream.Name] = (after, damper);
            foreach (var change in damper.Pass(EventRules.Changes(before, after), now))
                log.Add(change.Level, stream.Name, change.Kind, change.Text, change.Remedy, change.Broadcast ?? after.OnAir);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The watch for events failed and goes on; this is a defect of Spillway")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
