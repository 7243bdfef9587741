namespace Spillway.Tracker;

/// <content>How soon a peer is asked to announce again, and how long one may be silent.</content>
/// <remarks>
/// Clients put five offers, 10 KB, into every announce, wanted or not. So who is well connected is asked to come seldom. What
/// changes that need is told at once, not at the next announce: clients take the interval from any message.
/// </remarks>
internal sealed partial class TrackerCore
{
    /// <summary>Seconds. No reply ever asks for announces more often.</summary>
    public const int ShortestInterval = 5;

    /// <summary>Answered offers that make a peer well connected.</summary>
    public const int EnoughPartners = 6;

    /// <summary>Below so many it is not any more. In between it stays what it was.</summary>
    public const int FewPartners = 3;

    private const int QuickInterval = 10;

    /// <summary>For so long a peer with few partners is asked back soon. Where nobody answers, that must end.</summary>
    private static readonly TimeSpan QuickStart = TimeSpan.FromSeconds(60);

    // The longest silent ones first. Two lists, since who was told the long interval may be silent for longer.
    private readonly LinkedList<Membership> _byAge = [];
    private readonly LinkedList<Membership> _byAgeLong = [];
    private readonly TimeSpan _lifetime = TimeSpan.FromSeconds(options.Interval * 2.5);
    private readonly TimeSpan _lifetimeLong = TimeSpan.FromSeconds(LongInterval(options) * 2.5);

    /// <summary>Removes the peers that have been silent for 2.5 times the interval they were told. Costs nothing for the others.</summary>
    public void RemoveSilent(TimeSpan now)
    {
        _now = now;
        while (_byAge.First is { } oldest && now - oldest.Value.LastTold >= _lifetime)
            Leave(oldest.Value);
        while (_byAgeLong.First is { } oldest && now - oldest.Value.LastTold >= _lifetimeLong)
            Leave(oldest.Value);
    }

    private static int LongInterval(TrackerOptions options) => Math.Max(options.Interval, options.LongInterval);

    private int IntervalOf(Membership member, TimeSpan now)
    {
        if (member.IsSettled)
            return LongInterval(options);
        var partners = member.CountPartners();
        var isLooking = partners < EnoughPartners && member.Swarm.Size - 1 > partners && now - member.LookingSince < QuickStart;
        return isLooking ? Math.Min(QuickInterval, options.Interval) : options.Interval;
    }

    /// <summary>±10 %, so that those who came together do not come back together for ever.</summary>
    /// <param name="member">Whom.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="isReply">It has just announced. Else it counts as told only if the message was taken: a dead one must age.</param>
    /// <param name="now">As in <see cref="Receive"/>.</param>
    private void Tell(Membership member, int seconds, bool isReply, TimeSpan now)
    {
        var sent = member.Connection.TrySend(
            new TrackerReply
            {
                Kind = TrackerReplyKind.Announced,
                InfoHash = member.Swarm.InfoHash,
                Interval = Math.Max(ShortestInterval, (int)Math.Round(seconds * (0.9 + 0.2 * random.NextDouble()))),
                Count = member.Swarm.Count,
            }
        );
        if (!sent && !isReply)
            return;
        Age(member).Remove(member.Age);
        (member.LastTold, member.ToldLong) = (now, seconds > options.Interval);
        Age(member).AddLast(member.Age);
    }

    private LinkedList<Membership> Age(Membership member) => member.ToldLong ? _byAgeLong : _byAge;

    private void AddPartner(Membership member, Membership other, TimeSpan now)
    {
        member.AddPartner(other, now);
        if (member.IsSettled || member.CountPartners() < EnoughPartners)
            return;
        member.IsSettled = true;
        Tell(member, IntervalOf(member, now), isReply: false, now);
    }

    /// <summary>A partner has left.</summary>
    private void LosePartner(Membership member, Membership partner, TimeSpan now)
    {
        member.RemovePartner(partner);
        if (!member.IsSettled || member.CountPartners() >= FewPartners)
            return;
        (member.IsSettled, member.LookingSince) = (false, now);
        Tell(member, IntervalOf(member, now), isReply: false, now);
    }

    /// <summary>Whoever was told the long interval could have left long since: it is asked to show itself.</summary>
    private void AskAgain(Membership member, TimeSpan now)
    {
        if (member.ToldLong)
            Tell(member, options.Interval, isReply: false, now);
    }

    private void Leave(Membership member)
    {
        Detach(member.Connection, member);
        member.Swarm.Remove(member);
        if (member.Swarm.Size == 0)
            _swarms.Remove(member.Swarm.InfoHash);
        Age(member).Remove(member.Age);
        for (var i = member.CountPartners() - 1; i >= 0; i--)
            LosePartner(member.PartnerAt(i), member, _now);
        member.Clear();
    }
}
