using System.Threading.Channels;
using Spillway.Events;

namespace Spillway.Hooks;

/// <summary>
/// One hook: its messages go one after the other, each tried again until it is delivered or given up. Those that wait meanwhile
/// are bounded; where they are too many, the oldest is dropped.
/// </summary>
internal sealed partial class Hook
{
    public const int Room = 100;

    private readonly string _name;
    private readonly Uri _address;
    private readonly HookSecret _secret;
    private readonly string[] _kinds;
    private readonly string _instance;
    private readonly HookPost _post;
    private readonly Func<DateTimeOffset> _now;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<HookMessage> _queue;
    private readonly Lock _gate = new();
    private HookStatus _status;

    /// <summary>The message that is being tried, with its failures.</summary>
    private HookMessage? _current;
    private int _failures;
    private bool _isGone;

    /// <param name="options">Checked: <see cref="HookOptions.Url"/> and <see cref="HookOptions.Secret"/> are what they should be.</param>
    /// <param name="instance">This instance's id.</param>
    /// <param name="now">The store's time.</param>
    public Hook(
        string name,
        HookOptions options,
        string instance,
        HookPost post,
        Func<DateTimeOffset> now,
        TimeProvider time,
        ILogger logger
    )
    {
        (_name, _kinds, _instance, _post) = (name, options.Events, instance, post);
        (_now, _time, _logger) = (now, time, logger);
        _address = new Uri(options.Url);
        _secret = HookSecret.Read(options.Secret)!;
        _status = new HookStatus(name, _address.Host, HookStatus.Ok, 0, 0, 0, 0, null, null, null);
        _queue = Channel.CreateBounded<HookMessage>(
            new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => NoteDropped()
        );
    }

    public HookStatus Status
    {
        get
        {
            lock (_gate)
                return _status with { Waiting = _queue.Reader.Count + (_current is null ? 0 : 1) };
        }
    }

    /// <summary>From any thread; does not wait.</summary>
    public void Tell(OperatorEvent happened)
    {
        if (!_kinds.Contains(happened.Kind, StringComparer.Ordinal))
            return;
        if (Volatile.Read(ref _isGone))
            NoteDropped();
        else
            _queue.Writer.TryWrite(HookMessage.Of(happened, _instance));
    }

    /// <summary>Until stopped; then all that waits is tried once more, until <paramref name="end"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken end)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stopping))
            {
                while (!stopping.IsCancellationRequested && _queue.Reader.TryRead(out var next))
                    await DeliverAsync(next, stopping, end);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        catch (Exception exception)
        {
            // The show goes on without this hook.
            Volatile.Write(ref _isGone, true);
            lock (_gate)
                _status = _status with { State = HookStatus.Stopped };
            Log.Failed(_logger, _name, exception);
            return;
        }
        _queue.Writer.TryComplete();
        await FlushAsync(end);
    }

    private async Task DeliverAsync(HookMessage message, CancellationToken stopping, CancellationToken end)
    {
        (_current, _failures) = (message, 0);
        while (!await TryAsync(message, end))
        {
            if (HookRetries.PauseAfter(_failures, Random.Shared.NextDouble()) is not { } pause)
            {
                NoteGivenUp(message);
                break;
            }
            await Task.Delay(pause, _time, stopping);
        }
        _current = null;
    }

    private async Task FlushAsync(CancellationToken end)
    {
        var left = 0;
        try
        {
            if (_current is { } first && !await TryAsync(first, end))
                left++;
            _current = null;
            while (_queue.Reader.TryRead(out var next))
            {
                _current = next;
                if (!await TryAsync(next, end))
                    left++;
                _current = null;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            left += 1 + _queue.Reader.Count;
        }
        if (left > 0 && !_isGone)
            Log.NotDelivered(_logger, _name, left);
    }

    /// <returns>True: nothing more is to be done for this message.</returns>
    private async Task<bool> TryAsync(HookMessage message, CancellationToken end)
    {
        if (_isGone)
        {
            NoteDropped();
            return true;
        }
        var answer = await _post.SendAsync(_address, _secret, message, end);
        if (answer.IsDelivered)
        {
            NoteDelivered();
            return true;
        }
        _failures++;
        NoteFailed(message, answer);
        return answer.IsGone;
    }

    private void NoteDelivered()
    {
        string before;
        lock (_gate)
        {
            before = _status.State;
            _status = _status with { State = HookStatus.Ok, Delivered = _status.Delivered + 1, LastDelivery = _now() };
        }
        if (before == HookStatus.Failing)
            Log.Works(_logger, _name);
    }

    private void NoteFailed(HookMessage message, HookAnswer answer)
    {
        string before;
        lock (_gate)
        {
            before = _status.State;
            _status = _status with
            {
                State = answer.IsGone ? HookStatus.Stopped : HookStatus.Failing,
                Dropped = _status.Dropped + (answer.IsGone ? 1 : 0),
                LastProblem = answer.Problem,
                LastProblemTime = _now(),
            };
        }
        if (answer.IsGone)
        {
            Volatile.Write(ref _isGone, true);
            Log.Gone(_logger, _name);
        }
        else if (before == HookStatus.Ok)
        {
            Log.Fails(_logger, _name, message.Kind, answer.Problem!);
        }
    }

    private void NoteGivenUp(HookMessage message)
    {
        string? problem;
        lock (_gate)
        {
            _status = _status with { GivenUp = _status.GivenUp + 1 };
            problem = _status.LastProblem;
        }
        Log.GivenUp(_logger, _name, message.Kind, HookRetries.Tries, problem ?? "");
    }

    private void NoteDropped()
    {
        long dropped;
        lock (_gate)
        {
            dropped = _status.Dropped + 1;
            _status = _status with { Dropped = dropped };
        }
        // The first, the second, the fourth and so on; after a 410 it is intended.
        if (!Volatile.Read(ref _isGone) && long.IsPow2(dropped))
            Log.Dropped(_logger, _name, Room, dropped);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Hook {Hook}: {Kind} was not delivered and is tried again for half an hour: {Problem}"
        )]
        public static partial void Fails(ILogger logger, string hook, string kind, string problem);

        [LoggerMessage(2, LogLevel.Information, "Hook {Hook}: messages are delivered again")]
        public static partial void Works(ILogger logger, string hook);

        [LoggerMessage(3, LogLevel.Warning, "Hook {Hook}: {Kind} is given up after {Tries} tries: {Problem}")]
        public static partial void GivenUp(ILogger logger, string hook, string kind, int tries, string problem);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "Hook {Hook} has answered 410 and gets no more messages until the next start. Remove it from the settings, or mend what answers there"
        )]
        public static partial void Gone(ILogger logger, string hook);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "Hook {Hook}: more than {Room} messages wait, the oldest are dropped; {Dropped} since the start"
        )]
        public static partial void Dropped(ILogger logger, string hook, int room, long dropped);

        [LoggerMessage(7, LogLevel.Error, "Hook {Hook} failed and gets no more messages; this is a defect of Spillway")]
        public static partial void Failed(ILogger logger, string hook, Exception exception);

        [LoggerMessage(6, LogLevel.Warning, "Hook {Hook}: Spillway stops, and {Count} messages could not be delivered before")]
        public static partial void NotDelivered(ILogger logger, string hook, int count);
    }
}
