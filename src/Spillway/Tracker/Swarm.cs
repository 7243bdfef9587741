using System.Diagnostics.CodeAnalysis;

namespace Spillway.Tracker;

/// <summary>The peers that announce one info hash.</summary>
internal sealed class Swarm(TrackerId infoHash)
{
    private readonly Dictionary<TrackerId, Membership> byPeerId = [];
    private readonly List<Membership> members = [];
    private int complete;
    private int downloaded;

    public TrackerId InfoHash { get; } = infoHash;
    public int Size => members.Count;
    public SwarmCount Count => new(complete, members.Count - complete, downloaded);

    public bool TryFind(TrackerId peerId, [MaybeNullWhen(false)] out Membership member) =>
        byPeerId.TryGetValue(peerId, out member);

    public void Add(Membership member)
    {
        byPeerId.Add(member.PeerId, member);
        member.Index = members.Count;
        members.Add(member);
        if (member.IsSeeder)
            complete++;
    }

    public void Remove(Membership member)
    {
        byPeerId.Remove(member.PeerId);
        Swap(member.Index, members.Count - 1);
        members.RemoveAt(members.Count - 1);
        member.Index = -1;
        if (member.IsSeeder)
            complete--;
    }

    public void SetSeeder(Membership member, bool isSeeder, bool hasCompleted)
    {
        if (hasCompleted && !member.IsSeeder)
            downloaded++;
        complete += (isSeeder ? 1 : 0) - (member.IsSeeder ? 1 : 0);
        member.IsSeeder = isSeeder;
    }

    /// <summary>
    /// Draws the next of a series of different members, each as likely as any other, in constant time at any size: Fisher and
    /// Yates' shuffle, done in place and only as far as it is asked for.
    /// </summary>
    /// <param name="drawn">How many of this series have been drawn before: from 0 to <see cref="Size"/> - 1.</param>
    public Membership Draw(int drawn, Random random)
    {
        Swap(drawn, random.Next(drawn, members.Count));
        return members[drawn];
    }

    private void Swap(int left, int right)
    {
        (members[left], members[right]) = (members[right], members[left]);
        members[left].Index = left;
        members[right].Index = right;
    }
}
