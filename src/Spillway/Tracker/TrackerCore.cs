namespace Spillway.Tracker;

/// <summary>
/// The tracker itself: who is in which swarm, and which message goes to whom. It knows no sockets, no clock and no threads.
/// </summary>
/// <remarks>
/// It has a single owner: one thread at a time. There is one core a stream, and its host holds one lock around each call. A lock a
/// swarm would buy nothing: nearly all viewers of a stream are in one swarm, a call takes microseconds, and what a connection holds
/// (its memberships) crosses swarms. More cores than one are used by having more streams.
/// </remarks>
/// <param name="isAllowed">Whether a hash may have a swarm, asked at each join; null: any may.</param>
/// <param name="random">Chooses targets and spreads the intervals.</param>
internal sealed class TrackerCore(TrackerOptions options, Func<TrackerId, bool>? isAllowed, Random random)
{
    /// <summary>Seconds. No reply ever asks for announces more often.</summary>
    public const int ShortestInterval = 5;

    private const int QuickInterval = 10;
    private const int EnoughPartners = 3;

    /// <summary>Clients wait 50 s for an answer.</summary>
    public static readonly TimeSpan OfferLifetime = TimeSpan.FromSeconds(60);

    /// <summary>For so long after joining, a peer with few partners is asked back soon. Where nobody answers, that must end.</summary>
    private static readonly TimeSpan QuickStart = TimeSpan.FromSeconds(60);

    private readonly Dictionary<TrackerId, Swarm> _swarms = [];
    private readonly LinkedList<Membership> _byAge = [];
    private readonly List<Membership> _oldPartners = [];
    private readonly TimeSpan _lifetime = TimeSpan.FromSeconds(options.Interval * 2.5);

    public int Swarms => _swarms.Count;
    public int Peers => _byAge.Count;

    /// <summary>Since start.</summary>
    public long OffersRelayed { get; private set; }

    /// <summary>Since start.</summary>
    public long AnswersRelayed { get; private set; }

    /// <summary>Messages dropped because they could not be read, since start.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages answered with a failure reason, since start.</summary>
    public long Failed { get; private set; }

    /// <param name="now">Time since any fixed moment; never goes back.</param>
    public void Receive(TrackerConnection from, in TrackerMessage message, TimeSpan now)
    {
        var problem = message.Kind switch
        {
            TrackerMessageKind.Announce => Announce(from, in message, now),
            TrackerMessageKind.Answer => Answer(from, in message, now),
            TrackerMessageKind.Stop => Stop(from, in message),
            TrackerMessageKind.Scrape => Scrape(from, in message),
            _ => message.Problem,
        };
        if (message.Kind == TrackerMessageKind.Malformed)
            Malformed++;
        else if (problem is not null)
            Fail(from, in message, problem);
    }

    /// <summary>The connection is gone; so are its memberships.</summary>
    public void Close(TrackerConnection connection)
    {
        while (connection.Memberships is [.., var last])
            Leave(last);
    }

    /// <summary>Removes the peers that have been silent for 2.5 intervals. Costs nothing for the others.</summary>
    public void RemoveSilent(TimeSpan now)
    {
        while (_byAge.First is { } oldest && now - oldest.Value.LastSeen >= _lifetime)
            Leave(oldest.Value);
    }

    private string? Announce(TrackerConnection from, in TrackerMessage message, TimeSpan now)
    {
        var problem = Join(from, in message, now, out var member);
        if (problem is not null)
            return problem;
        member!.Swarm.SetSeeder(member, message.IsSeeder || message.HasCompleted, message.HasCompleted);
        member.LastSeen = now;
        _byAge.Remove(member.Age);
        _byAge.AddLast(member.Age);
        from.TrySend(
            new TrackerReply
            {
                Kind = TrackerReplyKind.Announced,
                InfoHash = member.Swarm.InfoHash,
                Interval = IntervalOf(member, now),
                Count = member.Swarm.Count,
            }
        );
        RelayOffers(member, in message, now);
        return null;
    }

    /// <summary>Finds the sender's membership or makes one.</summary>
    private string? Join(TrackerConnection from, in TrackerMessage message, TimeSpan now, out Membership? member)
    {
        var hash = message.InfoHash!.Value;
        var peerId = message.PeerId!.Value;
        member = Find(from, hash);
        if (member is not null && member.PeerId == peerId)
            return null;

        _swarms.TryGetValue(hash, out var swarm);
        if (swarm is not null && swarm.TryFind(peerId, out var namesake))
        {
            // Peer ids are told to strangers, so one is no proof. But a client that lost its connection comes back before the
            // tracker has noticed, and must not be locked out.
            if (namesake.Connection.IsOpen && namesake.Connection.Network != from.Network)
                return "peer_id is in use by another connection";
            if (member is not null)
                Leave(member);
            else if (from.Memberships.Count >= options.MaxHashesPerConnection)
                return $"a connection may announce {options.MaxHashesPerConnection} info hashes";
            namesake.Connection.Memberships.Remove(namesake);
            namesake.MoveTo(from);
            from.Memberships.Add(namesake);
            member = namesake;
            return null;
        }

        var refusal = Refusal(from, hash, swarm, member);
        if (refusal is not null)
            return refusal;
        if (member is not null)
            Leave(member);
        // Leaving may have emptied and removed the swarm.
        if (!_swarms.TryGetValue(hash, out swarm))
            _swarms.Add(hash, swarm = new Swarm(hash));
        member = new Membership(swarm, peerId, from, now);
        swarm.Add(member);
        _byAge.AddLast(member.Age);
        from.Memberships.Add(member);
        return null;
    }

    private string? Refusal(TrackerConnection from, TrackerId hash, Swarm? swarm, Membership? replaced)
    {
        if (isAllowed?.Invoke(hash) == false)
            return "this tracker does not serve that info_hash";
        if (replaced is not null)
            return null;
        if (from.Memberships.Count >= options.MaxHashesPerConnection)
            return $"a connection may announce {options.MaxHashesPerConnection} info hashes";
        if (swarm is null && _swarms.Count >= options.MaxSwarms)
            return "this tracker has no room for another swarm";
        return swarm?.Size >= options.MaxPeersPerSwarm ? "this swarm is full" : null;
    }

    /// <summary>
    /// Passes each offer to another peer, drawn at random. Known partners come last and only if the pair is old enough to have
    /// broken: the browser of a connected one throws the offer away, one that lost the connection builds it again.
    /// </summary>
    private void RelayOffers(Membership sender, in TrackerMessage message, TimeSpan now)
    {
        // No client limits its connections; with five new ones a minute a browser would soon carry hundreds. Who has enough still
        // gets one, so that the graph keeps mixing.
        var room = Math.Max(1, Membership.MaxPartners - sender.CountPartners());
        var offers = Math.Min(room, Math.Min(message.OfferCount, message.NumWant ?? int.MaxValue));
        var swarm = sender.Swarm;
        // The sender, its partners and some whose queues are full may be drawn in vain.
        var draws = Math.Min(swarm.Size, offers + 1 + Membership.MaxPartners + TrackerMessage.MaxOffers);
        var sent = 0;
        _oldPartners.Clear();
        for (var drawn = 0; drawn < draws && sent < offers; drawn++)
        {
            var target = swarm.Draw(drawn, random);
            if (ReferenceEquals(target, sender))
                continue;
            if (sender.PartnerSince(target) is not { } since)
                sent += RelayOffer(sender, target, in message, sent, now) ? 1 : 0;
            else if (now - since >= OfferLifetime)
                _oldPartners.Add(target);
        }
        foreach (var target in _oldPartners)
        {
            if (sent >= offers)
                break;
            sent += RelayOffer(sender, target, in message, sent, now) ? 1 : 0;
        }
        _oldPartners.Clear();
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
            asker.AddPartner(answerer, now);
            answerer.AddPartner(asker, now);
        }
        return null;
    }

    /// <summary>No reply: one with an interval would start the client's timer again.</summary>
    private string? Stop(TrackerConnection from, in TrackerMessage message)
    {
        var hash = message.InfoHash!.Value;
        var peerId = message.PeerId!.Value;
        if (Find(from, hash) is { } member && member.PeerId == peerId)
            Leave(member);
        else if (_swarms.TryGetValue(hash, out var swarm) && swarm.TryFind(peerId, out _))
            return "peer_id is in use by another connection";
        return null;
    }

    private string? Scrape(TrackerConnection from, in TrackerMessage message)
    {
        Span<ScrapedSwarm> scraped = stackalloc ScrapedSwarm[TrackerMessage.MaxHashes];
        for (var i = 0; i < message.HashCount; i++)
        {
            var hash = message.HashAt(i);
            scraped[i] = new ScrapedSwarm(hash, _swarms.TryGetValue(hash, out var swarm) ? swarm.Count : default);
        }
        from.TrySend(
            new TrackerReply
            {
                Kind = TrackerReplyKind.Scraped,
                IsScrape = true,
                Swarms = scraped[..message.HashCount],
            }
        );
        return null;
    }

    private void Fail(TrackerConnection from, in TrackerMessage message, string problem)
    {
        Failed++;
        from.TrySend(
            new TrackerReply
            {
                Kind = TrackerReplyKind.Failed,
                InfoHash = message.InfoHash,
                IsScrape = message.IsScrape,
                Problem = problem,
            }
        );
    }

    /// <summary>Seconds until the next announce, ±10 %, so that those who came together do not come back together for ever.</summary>
    private int IntervalOf(Membership member, TimeSpan now)
    {
        var partners = member.CountPartners();
        var isLooking = partners < EnoughPartners && member.Swarm.Size - 1 > partners && now - member.JoinedAt < QuickStart;
        var seconds = isLooking ? Math.Min(QuickInterval, options.Interval) : options.Interval;
        var jittered = (int)Math.Round(seconds * (0.9 + 0.2 * random.NextDouble()));
        return Math.Max(ShortestInterval, jittered);
    }

    private void Leave(Membership member)
    {
        member.Connection.Memberships.Remove(member);
        member.Swarm.Remove(member);
        if (member.Swarm.Size == 0)
            _swarms.Remove(member.Swarm.InfoHash);
        _byAge.Remove(member.Age);
        member.Clear();
    }

    private static Membership? Find(TrackerConnection connection, TrackerId hash)
    {
        foreach (var membership in connection.Memberships)
        {
            if (membership.Swarm.InfoHash == hash)
                return membership;
        }
        return null;
    }
}
