namespace Spillway.Tracker;

/// <summary>A connection's place in a swarm. A page uses another peer id for each swarm, over one connection.</summary>
internal sealed class Membership
{
    private readonly List<Partner> _partners = [];
    private readonly List<OutstandingOffer> _outstanding = [];

    public Membership(Swarm swarm, TrackerId peerId, TrackerConnection connection, TimeSpan now)
    {
        (Swarm, PeerId, Connection, JoinedAt, LastSeen) = (swarm, peerId, connection, now, now);
        Age = new LinkedListNode<Membership>(this);
    }

    /// <summary>Answered offers remembered, both ways.</summary>
    public const int MaxPartners = 16;

    /// <summary>Offers under way at one time: three announces' worth. The oldest make room.</summary>
    public const int MaxOutstanding = 3 * TrackerMessage.MaxOffers;

    public Swarm Swarm { get; }
    public TrackerId PeerId { get; }
    public TrackerConnection Connection { get; private set; }
    public TimeSpan JoinedAt { get; }
    public TimeSpan LastSeen { get; set; }
    public bool IsSeeder { get; set; }

    /// <summary>Its place among the swarm's members; -1 once it has left.</summary>
    public int Index { get; set; } = -1;

    public bool IsMember => Index >= 0;

    /// <summary>Its place in the core's list of all memberships, the longest silent one first.</summary>
    public LinkedListNode<Membership> Age { get; }

    /// <summary>Peers it has exchanged an offer and an answer with and that are still here.</summary>
    public int CountPartners()
    {
        _partners.RemoveAll(static partner => !partner.Peer.IsMember);
        return _partners.Count;
    }

    /// <summary>When it was paired with the other; null: not, or not remembered.</summary>
    public TimeSpan? PartnerSince(Membership other)
    {
        foreach (var partner in _partners)
        {
            if (ReferenceEquals(partner.Peer, other))
                return partner.Since;
        }
        return null;
    }

    public void AddPartner(Membership other, TimeSpan now)
    {
        _partners.RemoveAll(partner => ReferenceEquals(partner.Peer, other) || !partner.Peer.IsMember);
        if (_partners.Count == MaxPartners)
            _partners.RemoveAt(0);
        _partners.Add(new Partner(other, now));
    }

    public void AddOutstanding(TrackerId offerId, Membership target, TimeSpan now)
    {
        DropExpired(now);
        if (_outstanding.Count == MaxOutstanding)
            _outstanding.RemoveAt(0);
        _outstanding.Add(new OutstandingOffer(offerId, target, now));
    }

    /// <summary>Takes the offer out: it can be answered once, by the peer it was passed to.</summary>
    public bool TakeOutstanding(TrackerId offerId, Membership target, TimeSpan now)
    {
        DropExpired(now);
        for (var i = 0; i < _outstanding.Count; i++)
        {
            if (_outstanding[i].OfferId == offerId && ReferenceEquals(_outstanding[i].Target, target))
            {
                _outstanding.RemoveAt(i);
                return true;
            }
        }
        return false;
    }

    /// <summary>The client came back on a new connection. It threw its offers away with the old one; its peers live on.</summary>
    public void MoveTo(TrackerConnection connection)
    {
        Connection = connection;
        _outstanding.Clear();
    }

    /// <summary>Lets go of all others, who may remember this one for some time.</summary>
    public void Clear()
    {
        _partners.Clear();
        _outstanding.Clear();
    }

    private void DropExpired(TimeSpan now)
    {
        var expired = 0;
        while (expired < _outstanding.Count && now - _outstanding[expired].At >= TrackerCore.OfferLifetime)
            expired++;
        _outstanding.RemoveRange(0, expired);
    }

    private readonly record struct Partner(Membership Peer, TimeSpan Since);

    private readonly record struct OutstandingOffer(TrackerId OfferId, Membership Target, TimeSpan At);
}
