using System.Text.Json;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>
/// The status for everybody who follows it: one picture a second for all of them together, and one at once when something has
/// changed that matters. While nobody listens nothing is made.
/// </summary>
internal sealed partial class StatusFeed(StatusMaker maker, LiveStreams streams, TimeProvider time, ILogger<StatusFeed> logger)
    : IDisposable
{
    /// <summary>Who listen at one time: an operator, some screens, and a few forgotten tabs.</summary>
    public const int MostListeners = 32;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at what matters.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _making = new(1, 1);
    private readonly List<StatusListener> _listeners = [];
    private CancellationTokenSource? _running;
    private (long At, byte[] Json)? _last;

    public int Listeners
    {
        get
        {
            lock (_gate)
                return _listeners.Count;
        }
    }

    /// <summary>Pictures made since the start.</summary>
    public long Made { get; private set; }

    /// <summary>The status as it is now; for many who ask at the same time the same one.</summary>
    public Task<byte[]> TakeAsync(CancellationToken cancellationToken) => TakeAsync(Look, cancellationToken);

    /// <param name="age">The oldest that will do.</param>
    private async Task<byte[]> TakeAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < age)
                return last.Json;
            var json = JsonSerializer.SerializeToUtf8Bytes(maker.Take(Listeners), StatusJson.Default.StatusDocument);
            _last = (time.GetTimestamp(), json);
            Made++;
            return json;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Null: too many listen already. To be given back by <see cref="StatusListener.Dispose"/>.</summary>
    public StatusListener? Listen()
    {
        lock (_gate)
        {
            if (_listeners.Count >= MostListeners)
                return null;
            var listener = new StatusListener(Leave);
            _listeners.Add(listener);
            if (_running is null)
            {
                var running = _running = new CancellationTokenSource();
                _ = Task.Run(() => RunAsync(running.Token));
            }
            return listener;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _running?.Cancel();
            _running = null;
        }
        _making.Dispose();
    }

    private void Leave(StatusListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
            if (_listeners.Count > 0)
                return;
            _running?.Cancel();
            _running = null;
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Look, time);
        var (before, sentAt) = (Matter(), long.MinValue);
        try
        {
            do
            {
                var now = Matter();
                if (sentAt != long.MinValue && time.GetElapsedTime(sentAt) < Every && now.SequenceEqual(before))
                    continue;
                (before, sentAt) = (now, time.GetTimestamp());
                Tell(await TakeAsync(TimeSpan.Zero, stopping));
            } while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        catch (ObjectDisposedException) when (stopping.IsCancellationRequested) { }
        catch (Exception exception)
        {
            // A defect. Those who listen see that nothing comes, and come again.
            Log.Failed(logger, exception);
            lock (_gate)
            {
                if (!stopping.IsCancellationRequested)
                    _running = null;
                _listeners.ForEach(static listener => listener.End());
            }
        }
    }

    private void Tell(byte[] json)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners)
                listener.Tell(json);
        }
    }

    /// <summary>What an operator must see at once, without the figures that change all the time.</summary>
    private StreamMatter[] Matter() =>
        [
            .. streams.All.Select(static stream =>
            {
                var status = stream.Status;
                return new StreamMatter(
                    status.State,
                    status.Broadcast,
                    status.Starting,
                    status.SourceAway is not null,
                    stream.IsSourceLate,
                    status.StoreFault is not null,
                    status.SourceAdvice,
                    status.SlateProblem,
                    status.Superseded,
                    status.Gaps,
                    status.PauseGaps,
                    status.Switches,
                    stream.Writer?.Writer,
                    stream.StandsBy,
                    stream.Uploads.IsBehind,
                    stream.Audience?.Advice is not null
                );
            }),
        ];

    private sealed record StreamMatter(
        string State,
        string? Broadcast,
        int? Starting,
        bool SourceAway,
        bool SourceLate,
        bool StoreFault,
        string? SourceAdvice,
        string? SlateProblem,
        string? Superseded,
        long Gaps,
        long PauseGaps,
        SwitchStatus Switches,
        string? Writer,
        bool StandsBy,
        bool Behind,
        bool PeersAdvice
    );

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The status for the dashboard could not be made; this is a defect of Spillway")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>One who follows the status. Who is slow gets the newest, and nothing is kept for him but that.</summary>
internal sealed class StatusListener(Action<StatusListener> leave) : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _came = New();
    private byte[]? _newest;
    private bool _isOver;

    /// <summary>Done when there is something to be taken.</summary>
    public Task Came
    {
        get
        {
            lock (_gate)
                return _came.Task;
        }
    }

    /// <summary>No more will come.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _isOver;
        }
    }

    /// <summary>The newest that has not been taken; null: none.</summary>
    public byte[]? Take()
    {
        lock (_gate)
        {
            var newest = _newest;
            _newest = null;
            if (_came.Task.IsCompleted && !_isOver)
                _came = New();
            return newest;
        }
    }

    public void Tell(byte[] json)
    {
        lock (_gate)
        {
            _newest = json;
            _came.TrySetResult();
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _came.TrySetResult();
        }
    }

    public void Dispose() => leave(this);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
