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
internal sealed partial class TrackerCore(TrackerOptions options, Func<TrackerId, bool>? isAllowed, Random random)
{
    private readonly Dictionary<TrackerId, Swarm> _swarms = [];

    // The latest moment that a caller has told.
    private TimeSpan _now;

    public int Swarms => _swarms.Count;
    public int Peers => _byAge.Count + _byAgeLong.Count;

    /// <summary>Connections with at least one membership.</summary>
    public int Viewers { get; private set; }

    /// <summary>Messages dropped because they could not be read, since start.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages answered with a failure reason, since start.</summary>
    public long Failed { get; private set; }

    /// <param name="now">Time since any fixed moment; never goes back.</param>
    public void Receive(TrackerConnection from, in TrackerMessage message, TimeSpan now)
    {
        _now = now;
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

    private string? Announce(TrackerConnection from, in TrackerMessage message, TimeSpan now)
    {
        var problem = Join(from, in message, now, out var member);
        if (problem is not null)
            return problem;
        member!.Swarm.NoteProgress(member, message.IsSeeder, message.HasCompleted);
        member.NoteAlive();
        Tell(member, IntervalOf(member, now), isReply: true, now);
        RelayOffers(member, in message, now);
        return null;
    }

    /// <summary>Finds the sender's membership or makes one.</summary>
    private string? Join(TrackerConnection from, in TrackerMessage message, TimeSpan now, out Membership? member)
    {
        var hash = message.InfoHash!.Value;
        var peerId = message.PeerId!.Value;
        member = Find(from, hash);
        if (member is not null && member.PeerId == peerId && !message.HasStarted)
            return null;

        _swarms.TryGetValue(hash, out var swarm);
        if (swarm is not null && swarm.TryFind(peerId, out var namesake))
        {
            // Peer ids are told to strangers, so one is no proof. But a client that lost its connection comes back before the
            // tracker has noticed, and must not be locked out.
            if (namesake.Connection.IsOpen && namesake.Connection.Place.Address != from.Place.Address)
                return "peer_id is in use by another connection";
            if (message.HasStarted)
            {
                // A player that begins anew in the same page has lost its peers, and must not be kept from those it knew.
                Leave(namesake);
                return Add(from, hash, peerId, member == namesake ? null : member, now, out member);
            }
            if (member is not null)
                Leave(member);
            else if (from.Memberships.Count >= options.MaxHashesPerConnection)
                return $"a connection may announce {options.MaxHashesPerConnection} info hashes";
            Detach(namesake.Connection, namesake);
            namesake.Swarm.Move(namesake, from);
            Attach(from, namesake);
            member = namesake;
            return null;
        }

        return Add(from, hash, peerId, member, now, out member);
    }

    /// <summary>A new membership, in the place of the connection's earlier one, if there is one.</summary>
    private string? Add(
        TrackerConnection from,
        TrackerId hash,
        TrackerId peerId,
        Membership? replaced,
        TimeSpan now,
        out Membership? member
    )
    {
        member = null;
        _swarms.TryGetValue(hash, out var swarm);
        var refusal = Refusal(from, hash, swarm, replaced);
        if (refusal is not null)
            return refusal;
        if (replaced is not null)
            Leave(replaced);
        // Leaving may have emptied and removed the swarm.
        if (!_swarms.TryGetValue(hash, out swarm))
            _swarms.Add(hash, swarm = new Swarm(hash));
        // A player that changes the rendition joins the next swarm and says nothing to the last one.
        foreach (var other in from.Memberships)
            AskAgain(other, now);
        member = new Membership(swarm, peerId, from, now) { Turn = random.Next(Shares.Length) };
        swarm.Add(member);
        _byAge.AddLast(member.Age);
        Attach(from, member);
        return null;
    }

    private void Attach(TrackerConnection connection, Membership membership)
    {
        connection.Memberships.Add(membership);
        Viewers += connection.Memberships.Count == 1 ? 1 : 0;
    }

    private void Detach(TrackerConnection connection, Membership membership)
    {
        connection.Memberships.Remove(membership);
        Viewers -= connection.Memberships.Count == 0 ? 1 : 0;
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
