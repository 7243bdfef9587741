namespace Spillway.Tracker;

internal enum TrackerReplyKind
{
    Announced,
    Offer,
    Answer,
    Scraped,
    Failed,
}

/// <summary>One message to a client. It lives no longer than the call it is handed over in.</summary>
internal readonly ref struct TrackerReply
{
    public required TrackerReplyKind Kind { get; init; }

    /// <summary>Null only in scrapes of several hashes.</summary>
    public TrackerId? InfoHash { get; init; }

    /// <summary>Who sends the offer or answer.</summary>
    public TrackerId PeerId { get; init; }
    public TrackerId OfferId { get; init; }

    /// <summary>The offer or answer as JSON object, checked when it was read.</summary>
    public ReadOnlySpan<byte> Description { get; init; }

    /// <summary>Seconds until the next announce. Any message that carries it sets the client's timer anew.</summary>
    public int Interval { get; init; }
    public SwarmCount Count { get; init; }

    /// <summary>A scrape's counts, in the order asked.</summary>
    public ReadOnlySpan<ScrapedSwarm> Swarms { get; init; }

    /// <summary>Why the request failed, and whether it was a scrape.</summary>
    public string? Problem { get; init; }
    public bool IsScrape { get; init; }

    /// <summary>Passes on what another peer sent, as opposed to a reply to the receiver's own message.</summary>
    public bool IsRelay => Kind is TrackerReplyKind.Offer or TrackerReplyKind.Answer;
}

/// <param name="Complete">Peers with nothing left to download.</param>
/// <param name="Incomplete">All others.</param>
/// <param name="Downloaded">Peers that said <c>completed</c> since the swarm began.</param>
internal readonly record struct SwarmCount(int Complete, int Incomplete, int Downloaded);

internal readonly record struct ScrapedSwarm(TrackerId InfoHash, SwarmCount Count);
