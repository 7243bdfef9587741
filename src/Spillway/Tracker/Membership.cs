using System.Runtime.CompilerServices;

namespace Spillway.Tracker;

/// <summary>A connection's place in a swarm. A page uses another peer id for each swarm, over one connection.</summary>
internal sealed class Membership
{
    private readonly List<Partner> _partners = [];
    private readonly List<OutstandingOffer> _outstanding = [];
    private TimeSpan _lastOffered;
    private int _unanswered;

    /// <summary>Of as many as are unanswered, the addresses they came from.</summary>
    private Addresses _offerers;

    public Membership(Swarm swarm, TrackerId peerId, TrackerConnection connection, TimeSpan now)
    {
        (Swarm, PeerId, Connection, LookingSince, LastTold) = (swarm, peerId, connection, now, now);
        Age = new LinkedListNode<Membership>(this);
    }

    /// <summary>Answered offers remembered, both ways.</summary>
    public const int MaxPartners = 16;

    /// <summary>Offers under way at one time: three announces' worth. The oldest make room.</summary>
    public const int MaxOutstanding = 3 * TrackerMessage.MaxOffers;

    /// <summary>
    /// Offers to a peer that may wait for an answer. A browser answers in a moment; a page that has left a swarm, as players do
    /// when they change the rendition, says nothing and never answers.
    /// </summary>
    public const int MaxUnanswered = 6;

    /// <summary>The same from one address, so that none keeps a peer from being offered to by others.</summary>
    public const int MaxUnansweredOfOne = 3;

    public Swarm Swarm { get; }
    public TrackerId PeerId { get; }
    public TrackerConnection Connection { get; private set; }
    public bool IsSeeder { get; set; }

    /// <summary>Since when it has had few partners; without meaning while it is settled.</summary>
    public TimeSpan LookingSince { get; set; }

    /// <summary>It has partners enough, and is asked to announce seldom.</summary>
    public bool IsSettled { get; set; }

    /// <summary>When it was last told an interval.</summary>
    public TimeSpan LastTold { get; set; }

    /// <summary>The interval it was told is the long one.</summary>
    public bool ToldLong { get; set; }

    /// <summary>Its neighbours by level; null: none on that level. The last are all members, and null once it has left.</summary>
    public PeerGroup?[] Groups { get; } = new PeerGroup?[PeerGroup.Levels];

    /// <summary>Its place in each of <see cref="Groups"/>.</summary>
    public int[] Indices { get; } = new int[PeerGroup.Levels];

    /// <summary>The last announce for which it was looked at: a peer can be drawn as a neighbour and again as anyone.</summary>
    public long Round { get; set; }

    /// <summary>Which share its next offer goes by.</summary>
    public int Turn { get; set; }

    public bool IsMember => Groups[PeerGroup.All] is not null;

    /// <summary>Its place in one of the core's lists of memberships, the longest silent one first.</summary>
    public LinkedListNode<Membership> Age { get; }

    /// <summary>Peers it has exchanged an offer and an answer with and that are still here.</summary>
    public int CountPartners()
    {
        _partners.RemoveAll(static partner => !partner.Peer.IsMember);
        return _partners.Count;
    }

    /// <summary>One of those that <see cref="CountPartners"/> has counted.</summary>
    public Membership PartnerAt(int index) => _partners[index].Peer;

    /// <summary>When it was paired with the other; null: not, or not remembered.</summary>
    public TimeSpan? PartnerSince(Membership other)
    {
        var index = IndexOf(other);
        return index < 0 ? null : _partners[index].Since;
    }

    public void AddPartner(Membership other, TimeSpan now)
    {
        RemovePartner(other);
        if (_partners.Count == MaxPartners)
            _partners.RemoveAt(0);
        _partners.Add(new Partner(other, now));
    }

    public void RemovePartner(Membership other)
    {
        var index = IndexOf(other);
        if (index >= 0)
            _partners.RemoveAt(index);
    }

    /// <summary>False: it leaves too many offers unanswered. One a minute may still try.</summary>
    public bool MayBeOffered(string from, TimeSpan now)
    {
        if (now - _lastOffered >= TrackerCore.OfferLifetime)
            return true;
        if (_unanswered >= MaxUnanswered)
            return false;
        var ofOne = 0;
        foreach (var offerer in ((ReadOnlySpan<string?>)_offerers)[.._unanswered])
            ofOne += offerer == from ? 1 : 0;
        return ofOne < MaxUnansweredOfOne;
    }

    public void NoteOffered(string from, TimeSpan now)
    {
        if (_unanswered < MaxUnanswered)
            _offerers[_unanswered++] = from;
        _lastOffered = now;
    }

    /// <summary>It has announced, or answered: somebody is there.</summary>
    public void NoteAlive() => _unanswered = 0;

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

    /// <summary>
    /// The client came back on a new connection. It threw its offers away with the old one; its peers live on. For
    /// <see cref="Swarm.Move"/>.
    /// </summary>
    public void MoveTo(TrackerConnection connection)
    {
        Connection = connection;
        _outstanding.Clear();
    }

    /// <summary>Lets go of all others. Those that have an offer to this one under way remember it for up to a minute.</summary>
    public void Clear()
    {
        _partners.Clear();
        _outstanding.Clear();
    }

    private int IndexOf(Membership other)
    {
        for (var i = 0; i < _partners.Count; i++)
        {
            if (ReferenceEquals(_partners[i].Peer, other))
                return i;
        }
        return -1;
    }

    private void DropExpired(TimeSpan now)
    {
        var expired = 0;
        while (expired < _outstanding.Count && now - _outstanding[expired].At >= TrackerCore.OfferLifetime)
            expired++;
        if (expired > 0)
            _outstanding.RemoveRange(0, expired);
    }

    [InlineArray(MaxUnanswered)]
    private struct Addresses
    {
        private string? _first;
    }

    private readonly record struct Partner(Membership Peer, TimeSpan Since);

    private readonly record struct OutstandingOffer(TrackerId OfferId, Membership Target, TimeSpan At);
}
