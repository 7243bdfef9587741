namespace Spillway.Tracker;

/// <content>Whom an offer is passed to, and its answer back.</content>
internal sealed partial class TrackerCore
{
    /// <summary>Members of one level that are looked at in search of an announce's targets: partners, and more than enough others.</summary>
    private const int MaxLooks = Membership.MaxPartners + 2 * TrackerMessage.MaxOffers;

    /// <summary>Clients wait 50 s for an answer.</summary>
    public static readonly TimeSpan OfferLifetime = TimeSpan.FromSeconds(60);

    private readonly List<Membership> _oldPartners = [];
    private readonly AddressBudgets _addresses = new(options.OffersPerMinutePerAddress);
    private long _round;

    /// <summary>Since start.</summary>
    public long OffersRelayed { get; private set; }

    /// <summary>Since start.</summary>
    public long AnswersRelayed { get; private set; }

    /// <summary>Offers not passed on since their connection or its address had none left, since start.</summary>
    public long OffersLimited { get; private set; }

    /// <summary>Members looked at in search of targets, since start: what an announce costs beside its relays.</summary>
    public long Looks { get; private set; }

    /// <summary>
    /// Where the search for an offer's target begins; what is not found there is sought on the wider levels. Of five offers three go
    /// to the same address, one to the same network, and one to anyone: without that one, venues would be islands.
    /// </summary>
    private static ReadOnlySpan<byte> Shares =>
        [PeerGroup.Address, PeerGroup.All, PeerGroup.Address, PeerGroup.Listed, PeerGroup.Address];

    /// <summary>
    /// Passes each offer to another peer. Known partners come last and only if the pair is old enough to have broken: the browser
    /// of a connected one throws the offer away, one that lost the connection builds it again.
    /// </summary>
    private void RelayOffers(Membership sender, in TrackerMessage message, TimeSpan now)
    {
        if (message.OfferCount == 0)
            return;
        var wanted = Math.Min(Wanted(sender), Math.Min(message.OfferCount, message.NumWant ?? int.MaxValue));
        var offers = sender.Connection.OffersOut.Take(wanted, options.OffersPerMinute, now);
        offers = _addresses.Take(sender.Connection.Place.Address, offers, now);
        OffersLimited += wanted - offers;

        Span<int> drawn = stackalloc int[PeerGroup.Levels];
        drawn.Clear();
        sender.Round = ++_round;
        _oldPartners.Clear();
        var sent = 0;
        while (sent < offers && Choose(sender, drawn, now) is { } target)
            sent += RelayOffer(sender, target, in message, sent, now) ? 1 : 0;
        foreach (var target in _oldPartners)
        {
            if (sent >= offers)
                break;
            sent += RelayOffer(sender, target, in message, sent, now) ? 1 : 0;
        }
        _oldPartners.Clear();
    }

    /// <summary>
    /// No client limits its connections; with five new ones at each announce a browser would soon carry hundreds. Who has enough
    /// still gets one, so that the graph keeps mixing.
    /// </summary>
    private static int Wanted(Membership sender)
    {
        var partners = sender.CountPartners();
        return partners >= EnoughPartners ? 1 : Membership.MaxPartners - partners;
    }

    /// <summary>The next to try; null: there is none, or none was found in reasonable time.</summary>
    /// <param name="sender">Whose offer it is.</param>
    /// <param name="drawn">How many have been drawn for this announce, by level.</param>
    /// <param name="now">As in <see cref="Receive"/>.</param>
    private Membership? Choose(Membership sender, Span<int> drawn, TimeSpan now)
    {
        for (int level = Shares[sender.Turn % Shares.Length]; level < PeerGroup.Levels; level++)
        {
            if (sender.Groups[level] is not { } group)
                continue;
            while (drawn[level] < Math.Min(group.Size, MaxLooks))
            {
                Looks++;
                var candidate = group.Draw(drawn[level]++, random);
                if (candidate.Round == _round)
                    continue;
                candidate.Round = _round;
                if (!MayBeOffered(candidate, sender, now))
                    continue;
                if (sender.PartnerSince(candidate) is not { } since)
                    return candidate;
                if (now - since >= OfferLifetime)
                    _oldPartners.Add(candidate);
            }
        }
        return null;
    }

    private bool MayBeOffered(Membership candidate, Membership sender, TimeSpan now)
    {
        var (to, from) = (candidate.Connection, sender.Connection.Place.Address);
        return candidate.MayBeOffered(from, now)
            && to.OffersIn.Left(options.OffersPerMinuteToPeer, now) > 0
            && to.OffersInFrom.Left(from, options.OffersPerMinuteToPeer, now) > 0;
    }

    private bool RelayOffer(Membership sender, Membership target, in TrackerMessage message, int index, TimeSpan now)
    {
        var reply = new TrackerReply
        {
            Kind = TrackerReplyKind.Offer,
            InfoHash = sender.Swarm.InfoHash,
            PeerId = sender.PeerId,
            OfferId = message.OfferIdAt(index),
            Description = message.OfferAt(index),
        };
        if (!target.Connection.TrySend(in reply))
            return false;
        sender.AddOutstanding(reply.OfferId, target, now);
        sender.Turn++;
        var from = sender.Connection.Place.Address;
        target.NoteOffered(from, now);
        target.Connection.OffersIn.Take(1, options.OffersPerMinuteToPeer, now);
        target.Connection.OffersInFrom.Take(from, options.OffersPerMinuteToPeer, now);
        OffersRelayed++;
        return true;
    }

    private string? Answer(TrackerConnection from, in TrackerMessage message, TimeSpan now)
    {
        var answerer = Find(from, message.InfoHash!.Value);
        if (answerer is null || answerer.PeerId != message.PeerId!.Value)
            return "announce this info_hash with this peer_id first";
        // The asker has left meanwhile: no one's fault, so not a word.
        if (!answerer.Swarm.TryFind(message.ToPeerId!.Value, out var asker))
            return null;
        var offerId = message.OfferId!.Value;
        if (!asker.TakeOutstanding(offerId, answerer, now))
            return "no such offer was sent to you, or it is too old";
        answerer.NoteAlive();
        var reply = new TrackerReply
        {
            Kind = TrackerReplyKind.Answer,
            InfoHash = answerer.Swarm.InfoHash,
            PeerId = answerer.PeerId,
            OfferId = offerId,
            Description = message.Answer,
        };
        if (asker.Connection.TrySend(in reply))
        {
            AnswersRelayed++;
            AddPartner(asker, answerer, now);
            AddPartner(answerer, asker, now);
        }
        return null;
    }
}
