using System.Runtime.CompilerServices;

namespace Spillway.Tracker;

internal enum TrackerMessageKind
{
    /// <summary>Not a message that can be answered: no JSON object, or no info hash to answer with. Dropped without a word.</summary>
    Malformed,

    /// <summary>Something is wrong with it, and the sender can be told: see <see cref="TrackerMessage.Problem"/>.</summary>
    Invalid,
    Announce,
    Stop,
    Answer,
    Scrape,
}

/// <summary>
/// One message from a client. It refers into the bytes it was read from, so it lives no longer than they do: the core takes it
/// within one call, and nothing is allocated.
/// </summary>
internal ref struct TrackerMessage(ReadOnlySpan<byte> json)
{
    public const int MaxOffers = 12;
    public const int MaxHashes = 12;

    private readonly ReadOnlySpan<byte> _json = json;
    private OfferSlots _offers;
    private HashSlots _hashes;

    public TrackerMessageKind Kind { get; set; }

    /// <summary>Why the message is <see cref="TrackerMessageKind.Invalid"/>: the failure reason to send.</summary>
    public string? Problem { get; set; }

    /// <summary>A scrape, valid or not: a failure must name the action it answers.</summary>
    public bool IsScrape { get; set; }

    /// <summary>Not null except in malformed messages and scrapes.</summary>
    public TrackerId? InfoHash { get; set; }

    /// <summary>Not null in announces, stops and answers.</summary>
    public TrackerId? PeerId { get; set; }

    /// <summary>Not null in answers: whose offer it answers.</summary>
    public TrackerId? ToPeerId { get; set; }

    /// <summary>Not null in answers: which offer it answers.</summary>
    public TrackerId? OfferId { get; set; }

    /// <summary>The answer as JSON object, as it came.</summary>
    public ReadOnlySpan<byte> Answer { get; set; }

    /// <summary>Nothing is left to download: <c>left</c> is 0. Players of live streams say nothing, or null.</summary>
    public bool IsSeeder { get; set; }

    /// <summary>The event was <c>completed</c>.</summary>
    public bool HasCompleted { get; set; }

    /// <summary>The client has just begun. One that comes back after a broken connection does not say so.</summary>
    public bool HasStarted { get; set; }

    /// <summary>The most offers that should be passed on; null: not said.</summary>
    public int? NumWant { get; set; }

    public int OfferCount { get; private set; }

    /// <summary>Hashes to scrape.</summary>
    public int HashCount { get; private set; }

    public readonly TrackerId OfferIdAt(int index) => _offers[index].Id;

    /// <summary>An offer as JSON object, as it came.</summary>
    public readonly ReadOnlySpan<byte> OfferAt(int index) => _json.Slice(_offers[index].Start, _offers[index].Length);

    public readonly TrackerId HashAt(int index) => _hashes[index];

    /// <summary>False if there are <see cref="MaxOffers"/> already.</summary>
    public bool TryAddOffer(TrackerId id, int start, int length)
    {
        if (OfferCount == MaxOffers)
            return false;
        _offers[OfferCount++] = new Offer(id, start, length);
        return true;
    }

    /// <summary>False if there are <see cref="MaxHashes"/> already.</summary>
    public bool TryAddHash(TrackerId hash)
    {
        if (HashCount == MaxHashes)
            return false;
        _hashes[HashCount++] = hash;
        return true;
    }

    /// <summary>A member may stand in the message twice; the last one counts.</summary>
    public void ClearOffers() => OfferCount = 0;

    public void ClearHashes() => HashCount = 0;

    private readonly record struct Offer(TrackerId Id, int Start, int Length);

    [InlineArray(MaxOffers)]
    private struct OfferSlots
    {
        private Offer _first;
    }

    [InlineArray(MaxHashes)]
    private struct HashSlots
    {
        private TrackerId _first;
    }
}
