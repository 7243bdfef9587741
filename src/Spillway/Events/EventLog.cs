using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Spillway.Events;

/// <summary>The last events, kept in memory, for whoever asks and whoever follows. From any thread.</summary>
/// <param name="now">The time of what is added.</param>
internal sealed class EventLog(Func<DateTimeOffset> now)
{
    public const int Kept = 500;

    /// <summary>Events that one follower may be behind; beyond it its oldest are lost.</summary>
    public const int Buffer = 100;

    private readonly Lock _gate = new();
    private readonly Queue<OperatorEvent> _recent = new();
    private readonly List<ChannelWriter<OperatorEvent>> _followers = [];
    private long _last;

    /// <summary>The last <see cref="Kept"/>, the oldest first.</summary>
    public IReadOnlyList<OperatorEvent> Recent
    {
        get
        {
            lock (_gate)
                return [.. _recent];
        }
    }

    /// <summary>The number of the last one; 0: none yet.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public OperatorEvent Add(
        EventLevel level,
        string? stream,
        string kind,
        string text,
        string? remedy = null,
        string? broadcast = null
    )
    {
        lock (_gate)
        {
            var added = new OperatorEvent(++_last, now(), level, stream, kind, text, remedy) { Broadcast = broadcast };
            _recent.Enqueue(added);
            if (_recent.Count > Kept)
                _recent.Dequeue();
            foreach (var follower in _followers)
                follower.TryWrite(added);
            return added;
        }
    }

    /// <summary>What happens from this call on, until cancelled. Who is slow loses the oldest, and sees it by the numbers.</summary>
    public IAsyncEnumerable<OperatorEvent> FollowAsync(CancellationToken cancellationToken) =>
        FollowAsync(Last, cancellationToken);

    /// <summary>The kept ones with a higher number, then what happens, without a hole between.</summary>
    /// <param name="after">The last one known. One that this process has not reached is another's: then all kept ones come.</param>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    public async IAsyncEnumerable<OperatorEvent> FollowAsync(
        long after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var channel = Channel.CreateBounded<OperatorEvent>(
            new BoundedChannelOptions(Buffer) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        OperatorEvent[] before;
        lock (_gate)
        {
            before = [.. _recent.Where(kept => after > _last || kept.Number > after)];
            _followers.Add(channel.Writer);
        }
        try
        {
            foreach (var kept in before)
                yield return kept;
            while (await WaitAsync(channel.Reader, cancellationToken))
            {
                while (channel.Reader.TryRead(out var next))
                    yield return next;
            }
        }
        finally
        {
            lock (_gate)
                _followers.Remove(channel.Writer);
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<OperatorEvent> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
