using System.IO.Pipelines;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// One client from its connection to its end: moves bytes between its pipe and its <see cref="RtmpSession"/>, brings what it
/// publishes to the stream's inlet, and loses patience.
/// </summary>
/// <param name="streamOfKey">As of <see cref="RtmpSession"/>.</param>
/// <param name="stopping">The server ends.</param>
internal sealed class RtmpConnection : IDisposable
{
    /// <summary>From the connection to the end of the handshake.</summary>
    public static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    /// <summary>From the connection, or from the end of what was published, to the first media.</summary>
    public static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(30);

    /// <summary>Without a byte from a publisher. A connection that broke without a word must not look like one for long.</summary>
    public static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(10);

    /// <summary>For a client to read the server's last words; also for it to take any answer.</summary>
    public static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    private readonly IDuplexPipe _pipe;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly RtmpSession _session;
    private readonly ITimer _timer;
    private long _waitsSince;

    /// <summary>What the timer's running out means.</summary>
    private volatile string _late = "";

    /// <summary>Why the reading was interrupted; null while it was not.</summary>
    private volatile string? _interrupted;
    private RtmpPublication? _publication;
    private RtmpPublishBegan? _began;

    public RtmpConnection(IDuplexPipe pipe, TimeProvider time, Func<string, string?> streamOfKey, CancellationToken stopping)
    {
        (_pipe, _time, _stopping) = (pipe, time, stopping);
        _session = new RtmpSession(streamOfKey, pipe.Output);
        _waitsSince = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Interrupt(_late), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A publisher begins: gives where its media go.</summary>
    public required Func<RtmpPublishBegan, RtmpPublication> Open { get; init; }

    /// <summary>It has ended, and why.</summary>
    public required Action<RtmpPublishBegan, string> Ended { get; init; }

    public bool HasPublished { get; private set; }

    /// <summary>Serves the client to its end.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<RtmpEnd> RunAsync()
    {
        using var stop = _stopping.UnsafeRegister(state => ((RtmpConnection)state!).Interrupt("Spillway stops."), this);
        var end = new RtmpEnd("The connection was closed.", IsTold: false);
        try
        {
            await ReceiveAsync();
            if (_session.End is { } said)
            {
                end = said;
                // A publisher need not wait for its connection's end to know that it is off air.
                EndPublication(end.Reason);
                await FlushAsync();
                if (end.IsTold)
                    await HearOutAsync();
            }
            else if (_interrupted is { } why)
                end = new RtmpEnd(why, IsTold: false);
        }
        // The client has gone, or the server ends while the source has no room.
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            end = new RtmpEnd(_interrupted ?? "The connection broke.", IsTold: false);
        }
        finally
        {
            EndPublication(end.Reason);
        }
        return end;
    }

    public void Dispose() => _timer.Dispose();

    private async Task ReceiveAsync()
    {
        while (Arm())
        {
            var read = await _pipe.Input.ReadAsync(CancellationToken.None);
            Disarm();
            var wasInterrupted = _interrupted is not null;
            foreach (var part in read.Buffer)
            {
                if (wasInterrupted || !await TakeAsync(part))
                    break;
            }
            _pipe.Input.AdvanceTo(read.Buffer.End);
            if (_publication?.Replaced.IsCompleted == true)
                RefuseReplaced();
            if (wasInterrupted || _session.End is not null || read.IsCompleted)
                return;
        }
    }

    /// <summary>False: nothing more is to be read.</summary>
    private async ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        while (_session.Read(bytes.Span, out var used) is { } happened)
        {
            bytes = bytes[used..];
            if (happened is RtmpPublishBegan began)
                Begin(began);
            else if (happened is RtmpPublishEnded)
                EndPublication("it has ended the stream.");
            // A full channel stops the reading, and with it the encoder.
            else if (
                happened is RtmpMediaArrived { Media: var media }
                && _publication is { } publication
                && !await publication.WriteAsync(media, _stopping)
            )
            {
                if (publication.Replaced.IsCompleted)
                    RefuseReplaced();
                else
                    Refuse(publication.Refusal ?? "Spillway takes this stream no more; its log says why.");
            }
        }
        // The source may know by it why nothing comes.
        if (_session.End is { } end && _publication is { Refusal: null, Replaced.IsCompleted: false } refused)
            refused.Refuse(end.Reason);
        return await FlushAsync() && _session.End is null;
    }

    private void Begin(RtmpPublishBegan began)
    {
        HasPublished = true;
        _began = began;
        _publication = Open(began);
        _ = _publication.Replaced.ContinueWith(
            static (_, state) => ((RtmpConnection)state!)._pipe.Input.CancelPendingRead(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private void RefuseReplaced() => Refuse("Another encoder publishes with this stream's key: the newest one is on air.");

    private void Refuse(string words) => _session.Refuse("NetStream.Publish.Denied", words);

    private void EndPublication(string why)
    {
        if (_publication is null)
            return;
        _publication.End();
        _publication = null;
        _waitsSince = _time.GetTimestamp();
        Ended(_began!, why);
    }

    /// <summary>False: nothing more is to be read.</summary>
    private bool Arm()
    {
        var (patience, text) =
            _publication is not null ? (SilencePatience, $"nothing came for {SilencePatience.TotalSeconds} s.")
            : _session.IsShaken ? (PublishPatience - Waited, $"it did not publish within {PublishPatience.TotalSeconds} s.")
            : (HandshakePatience - Waited, $"it did not finish the handshake within {HandshakePatience.TotalSeconds} s.");
        return Arm(patience, text);
    }

    private TimeSpan Waited => _time.GetElapsedTime(_waitsSince);

    private bool Arm(TimeSpan patience, string text)
    {
        _late = text;
        if (patience <= TimeSpan.Zero)
            Interrupt(text);
        else if (_interrupted is null)
            _timer.Change(patience, Timeout.InfiniteTimeSpan);
        return _interrupted is null;
    }

    private void Disarm() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Interrupt(string why)
    {
        _interrupted ??= why;
        _pipe.Input.CancelPendingRead();
        _pipe.Output.CancelPendingFlush();
    }

    /// <summary>Sends the session's answers. False: the client takes none.</summary>
    private async ValueTask<bool> FlushAsync()
    {
        if (_pipe.Output.UnflushedBytes == 0)
            return true;
        Arm(FarewellPatience, "it does not read its answers.");
        var flush = await _pipe.Output.FlushAsync(CancellationToken.None);
        Disarm();
        return !flush.IsCanceled && !flush.IsCompleted;
    }

    /// <summary>
    /// Reads on without heed until the client closes: closing over bytes that were not read would take the last words from it
    /// (RFC 1122 section 4.2.2.13).
    /// </summary>
    private async Task HearOutAsync()
    {
        using var late = new CancellationTokenSource(FarewellPatience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping);
        try
        {
            while (await _pipe.Input.ReadAsync(both.Token) is { IsCompleted: false } read)
                _pipe.Input.AdvanceTo(read.Buffer.End);
        }
        // It has got the time that it gets.
        catch (OperationCanceledException) { }
    }
}
