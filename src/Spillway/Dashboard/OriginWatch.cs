using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>How fast the origin is asked, as of the last minutes.</summary>
internal sealed class OriginWatch(OriginCounters counters, TimeProvider time) : BackgroundService
{
    /// <summary>What is behind says nothing of what is to come.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new();

    /// <summary>Requests for playlists that list segments, in the last minute.</summary>
    public long MediaPlaylistsOfMinute
    {
        get
        {
            var now = Look();
            return now.MediaPlaylists - Since(Minute, now).MediaPlaylists;
        }
    }

    /// <summary>A second, over so much of <see cref="Span"/> as there is; null: too little is known.</summary>
    /// <param name="atMost">Look back no further.</param>
    public (double Requests, double Bytes, TimeSpan Over)? Rate(TimeSpan atMost)
    {
        var now = Look();
        var before = Since(atMost < Span ? atMost : Span, now);
        var over = time.GetElapsedTime(before.At, now.At);
        return over < Every
            ? null
            : ((now.Requests - before.Requests) / over.TotalSeconds, (now.Bytes - before.Bytes) / over.TotalSeconds, over);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                lock (_gate)
                {
                    _samples.Enqueue(Look());
                    while (_samples.Count > Span / Every + 1)
                        _samples.Dequeue();
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private Sample Look() => new(time.GetTimestamp(), counters.Requests, counters.Bytes, counters.MediaPlaylists);

    /// <summary>The oldest that is not older than so much.</summary>
    private Sample Since(TimeSpan span, Sample now)
    {
        lock (_gate)
        {
            foreach (var sample in _samples)
            {
                if (time.GetElapsedTime(sample.At, now.At) <= span)
                    return sample;
            }
            return now;
        }
    }

    private readonly record struct Sample(long At, long Requests, long Bytes, long MediaPlaylists);
}
