namespace Spillway.Streams;

/// <content>
/// What the operator switches: the end of a broadcast, and P2P. Both are kept in player.json, for the writer that comes after this one.
/// </content>
internal sealed partial class StreamRun
{
    /// <summary>
    /// Ended by hand: what the source still brings is left out, or the next broadcast would begin at once. Over once the source was away
    /// for as long as ends a broadcast, since what comes then is another show; or when the operator lets it in.
    /// </summary>
    private bool _isHeld;

    /// <summary>The operator wants no P2P, whatever the settings and the audience say.</summary>
    private bool _peersOff;

    /// <summary>From any thread; the answer comes from the loop that owns the stream.</summary>
    public Task<SwitchAnswer> EndAsync() => AskAsync(End);

    /// <inheritdoc cref="EndAsync"/>
    public Task<SwitchAnswer> LetInAsync() => AskAsync(LetIn);

    /// <inheritdoc cref="EndAsync"/>
    public Task<SwitchAnswer> SetPeersAsync(bool on) => AskAsync(() => SetPeers(on));

    private Task<SwitchAnswer> AskAsync(Func<string?> change)
    {
        var done = new TaskCompletionSource<SwitchAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers.Writer.TryWrite(() =>
        {
            var refusal = change();
            NoteStatus();
            done.TrySetResult(new SwitchAnswer(Status, refusal));
        });
        return done.Task;
    }

    private string? End()
    {
        if (_broadcast is not { } ended)
            return NothingToEnd;
        StreamLog.EndedByHand(Logger, Name, ended.Id);
        Hold();
        PublishPlayer("ended");
        return null;
    }

    private string NothingToEnd => _isHeld ? $"The broadcast of {Name} has been ended already." : $"Nothing is on air on {Name}.";

    private string? LetIn()
    {
        if (!_isHeld)
            return null;
        _isHeld = false;
        StreamLog.LetIn(Logger, Name, "the operator lets it");
        PublishPlayer(Status.State);
        return null;
    }

    private string? SetPeers(bool on)
    {
        if (on && !_parts.Options.P2P)
            return $"The settings switch P2P off: Streams.{Name}.P2P is false.";
        if (_peersOff != !on)
        {
            _peersOff = !on;
            StreamLog.PeersByHand(Logger, Name, on ? "on" : "off");
            PublishPlayer(Status.State);
        }
        return null;
    }

    private void Hold()
    {
        EndBroadcast();
        // What waits there for a first broadcast's third segment is of the show that was ended.
        _start.Expect([]);
        _start.Expect(_declared);
        _isHeld = true;
    }

    /// <summary>Called by the loop.</summary>
    private void TendHold()
    {
        if (!_isHeld || _sourceAway is null || Now - _sourceAwaySince <= _parts.Options.Grace)
            return;
        _isHeld = false;
        StreamLog.LetIn(Logger, Name, $"it was away for {_parts.Options.Grace.TotalSeconds:0} s");
        PublishPlayer(Status.State);
    }

    /// <summary>As an earlier writer has left them. Called before anything is published.</summary>
    private void RecallSwitches()
    {
        if (_history.Player is not { } present || PlayerDocument.Read(present.Body.Span) is not { } document)
            return;
        _isHeld = document.HeldByHand == true;
        _peersOff = document.PeersOffByHand == true;
    }

    /// <summary>An earlier writer had ended it by hand, and was gone before its playlists said so.</summary>
    private void EndHeld()
    {
        if (!_isHeld || _broadcast is null)
            return;
        Hold();
        PublishPlayer("ended");
    }
}

/// <param name="Status">The stream as it is now.</param>
/// <param name="Refusal">Why nothing was done, in words; null when it was.</param>
internal sealed record SwitchAnswer(LiveStreamStatus Status, string? Refusal);
