using System.Collections.Concurrent;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tracker;

/// <summary>
/// Reads from the bucket which broadcast each stream shows, for streams that this process does not put on air itself: at its own
/// start, while another writes the stream, and for a tracker alone.
/// </summary>
/// <remarks>
/// It reads from time to time, and soon when somebody announces what it does not know: the first viewers of a broadcast are there
/// as soon as it is listed, are refused, and ask again within 2 to 4 s.
/// </remarks>
/// <param name="read">How an object is had.</param>
/// <param name="streams">Names.</param>
/// <param name="isOnAir">Whether this process shows the stream itself and need not ask.</param>
internal sealed partial class BucketSwarms(
    ReadObject read,
    IReadOnlyCollection<string> streams,
    Func<string, bool> isOnAir,
    SwarmCatalog catalog,
    TimeProvider time,
    ILogger<BucketSwarms> logger
) : BackgroundService
{
    /// <summary>One read a stream each time: 8,640 a day.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Between two reads because of what is announced, whoever makes it up.</summary>
    public static readonly TimeSpan Soonest = TimeSpan.FromSeconds(2);

    // Streams of which something unknown has been announced, each once.
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly WakeSignal _wake = new();
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);
    private string? _fault;

    /// <summary>Why the last reading failed; null: it did not.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>As <see cref="SwarmCatalog.IsAllowed"/>; asked under the tracker's lock.</summary>
    public bool IsAllowed(string stream, TrackerId hash)
    {
        if (catalog.IsAllowed(stream, hash))
            return true;
        _asked[stream] = true;
        _wake.Set();
        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            long? allRead = null;
            while (true)
            {
                var isAll = allRead is null || time.GetElapsedTime(allRead.Value) >= Interval;
                allRead = isAll ? time.GetTimestamp() : allRead;
                foreach (var stream in isAll ? streams : [.. _asked.Keys])
                {
                    _asked.TryRemove(stream, out _);
                    if (!isOnAir(stream))
                        await ReadAsync(stream, stoppingToken);
                }
                await Task.Delay(Soonest, time, stoppingToken);
                var left = Interval - time.GetElapsedTime(allRead!.Value);
                await _wake.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task ReadAsync(string stream, CancellationToken stopping)
    {
        try
        {
            var stored = await read(StreamKeys.Multivariant(stream), stopping);
            var published = stored is null ? null : PublishedSwarm.Read(stream, stored.Body.Span);
            // While it was read the stream may have gone on air here, with something newer.
            if (!isOnAir(stream))
                catalog.Show(stream, published);
            if (_unread.Remove(stream))
                Log.ReadAgain(logger, stream);
            if (_unread.Count == 0)
                Volatile.Write(ref _fault, null);
        }
        catch (ObjectStoreException exception)
        {
            Volatile.Write(ref _fault, exception.Message);
            if (_unread.Add(stream))
                Log.NotRead(logger, stream, exception.Fault.Message, exception.Fault.Remedy);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The tracker cannot read which swarms {Stream} has: {Cause} It goes on with those it knows. {Remedy}"
        )]
        public static partial void NotRead(ILogger logger, string stream, string cause, string remedy);

        [LoggerMessage(LogLevel.Information, "The tracker reads the swarms of {Stream} again")]
        public static partial void ReadAgain(ILogger logger, string stream);
    }
}
