namespace Spillway.Tracker;

/// <summary>Members of one swarm that are near each other on one level; on the last level, all of them.</summary>
/// <param name="level">From 0, one address, to <see cref="All"/>.</param>
internal sealed class PeerGroup(int level)
{
    public const int Address = 0;
    public const int Listed = 1;
    public const int Prefix = 2;
    public const int All = 3;
    public const int Levels = 4;

    private readonly List<Membership> _members = [];

    public int Size => _members.Count;

    public void Add(Membership member)
    {
        member.Groups[level] = this;
        member.Indices[level] = _members.Count;
        _members.Add(member);
    }

    public void Remove(Membership member)
    {
        Swap(member.Indices[level], _members.Count - 1);
        _members.RemoveAt(_members.Count - 1);
        member.Groups[level] = null;
    }

    /// <summary>
    /// Draws the next of a series of different members, each as likely as any other, in constant time at any size: Fisher and
    /// Yates' shuffle, done in place and only as far as it is asked for.
    /// </summary>
    /// <param name="drawn">How many of this series have been drawn before: from 0 to <see cref="Size"/> - 1.</param>
    /// <param name="random">Where the dice come from.</param>
    public Membership Draw(int drawn, Random random)
    {
        Swap(drawn, random.Next(drawn, _members.Count));
        return _members[drawn];
    }

    private void Swap(int left, int right)
    {
        (_members[left], _members[right]) = (_members[right], _members[left]);
        _members[left].Indices[level] = left;
        _members[right].Indices[level] = right;
    }
}
