namespace Spillway.Streams;

/// <content>What players are told follows the audience: who is to report, whether there are enough viewers for P2P, what that saves, the live delay.</content>
internal sealed partial class StreamRun
{
    /// <summary>All players read it again and again: what is new may wait.</summary>
    private static readonly TimeSpan BetweenWords = TimeSpan.FromSeconds(10);

    /// <summary>What players were last told; null: nothing yet.</summary>
    private PlayerDocument? _toldPlayers;

    /// <inheritdoc cref="_toldPlayers"/>
    public PlayerDocument? Told => Volatile.Read(ref _toldPlayers);
    private TimeSpan _toldPlayersAt;

    private PlayerDocument DescribePlayer(string state)
    {
        var document = _parts.Player.WithAudience(
            _parts.Player.Document(Name, _parts.Options, _sourceTitle, state, _broadcast ?? OnAir),
            _parts.Options.ShowSavings
        );
        return _peersOff ? document with { Peers = new PeerSettings(false) } : document;
    }

    private void TellOfAudience()
    {
        if (_toldPlayers is not { } told || Now - _toldPlayersAt < BetweenWords || Status.State is not ("live" or "slate"))
            return;
        var current = DescribePlayer(Status.State);
        if (
            current.Reports != told.Reports
            || current.Peers != told.Peers
            || current.LiveDelay != told.LiveDelay
            || current.FromViewers != told.FromViewers
        )
            PublishPlayer(Status.State);
    }

    /// <summary>The share of an earlier writer is still the one that players go by.</summary>
    private void ResumeAudience()
    {
        if (_history.Player is { } present && PlayerDocument.Read(present.Body.Span) is { } document)
            _parts.Player.Audience?.Resume(Name, document);
    }
}
