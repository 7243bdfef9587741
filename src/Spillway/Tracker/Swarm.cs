using System.Diagnostics.CodeAnalysis;

namespace Spillway.Tracker;

/// <summary>The peers that announce one info hash.</summary>
internal sealed class Swarm(TrackerId infoHash)
{
    private readonly Dictionary<TrackerId, Membership> _byPeerId = [];
    private readonly List<Membership> _members = [];
    private int _complete;
    private int _downloaded;

    public TrackerId InfoHash { get; } = infoHash;
    public int Size => _members.Count;
    public SwarmCount Count => new(_complete, _members.Count - _complete, _downloaded);

    public bool TryFind(TrackerId peerId, [MaybeNullWhen(false)] out Membership member) =>
        _byPeerId.TryGetValue(peerId, out member);

    public void Add(Membership member)
    {
        _byPeerId.Add(member.PeerId, member);
        member.Index = _members.Count;
        _members.Add(member);
        if (member.IsSeeder)
            _complete++;
    }

    public void Remove(Membership member)
    {
        _byPeerId.Remove(member.PeerId);
        Swap(member.Index, _members.Count - 1);
        _members.RemoveAt(_members.Count - 1);
        member.Index = -1;
        if (member.IsSeeder)
            _complete--;
    }

    public void SetSeeder(Membership member, bool isSeeder, bool hasCompleted)
    {
        if (hasCompleted && !member.IsSeeder)
            _downloaded++;
        _complete += (isSeeder ? 1 : 0) - (member.IsSeeder ? 1 : 0);
        member.IsSeeder = isSeeder;
    }

    /// <summary>
    /// Draws the next of a series of different members, each as likely as any other, in constant time at any size: Fisher and
    /// Yates' shuffle, done in place and only as far as it is asked for.
    /// </summary>
    /// <param name="drawn">How many of this series have been drawn before: from 0 to <see cref="Size"/> - 1.</param>
    public Membership Draw(int drawn, Random random)
    {
        Swap(drawn, random.Next(drawn, _members.Count));
        return _members[drawn];
    }

    private void Swap(int left, int right)
    {
        (_members[left], _members[right]) = (_members[right], _members[left]);
        _members[left].Index = left;
        _members[right].Index = right;
    }
}
