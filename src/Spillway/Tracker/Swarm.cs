using System.Diagnostics.CodeAnalysis;

namespace Spillway.Tracker;

/// <summary>The peers that announce one info hash, by peer id and by place.</summary>
internal sealed class Swarm(TrackerId infoHash)
{
    private readonly Dictionary<TrackerId, Membership> _byPeerId = [];
    private readonly PeerGroup _all = new(PeerGroup.All);

    // By level: groups of neighbours by the place's text.
    private readonly Dictionary<string, PeerGroup>[] _near =
    [
        new(StringComparer.Ordinal),
        new(StringComparer.Ordinal),
        new(StringComparer.Ordinal),
    ];
    private int _complete;
    private int _downloaded;

    public TrackerId InfoHash { get; } = infoHash;
    public int Size => _all.Size;
    public SwarmCount Count => new(_complete, Size - _complete, _downloaded);

    public bool TryFind(TrackerId peerId, [MaybeNullWhen(false)] out Membership member) =>
        _byPeerId.TryGetValue(peerId, out member);

    public void Add(Membership member)
    {
        _byPeerId.Add(member.PeerId, member);
        _all.Add(member);
        AddToNear(member);
        if (member.IsSeeder)
            _complete++;
    }

    public void Remove(Membership member)
    {
        _byPeerId.Remove(member.PeerId);
        RemoveFromNear(member);
        _all.Remove(member);
        if (member.IsSeeder)
            _complete--;
    }

    /// <summary>The member goes on over another connection, perhaps from elsewhere.</summary>
    public void Move(Membership member, TrackerConnection connection)
    {
        RemoveFromNear(member);
        member.MoveTo(connection);
        AddToNear(member);
    }

    /// <summary>Whoever has everything keeps it: later announces say nothing of it, or what they said at first.</summary>
    public void NoteProgress(Membership member, bool isSeeder, bool hasCompleted)
    {
        if (member.IsSeeder || !(isSeeder || hasCompleted))
            return;
        member.IsSeeder = true;
        _complete++;
        _downloaded += hasCompleted ? 1 : 0;
    }

    private void AddToNear(Membership member)
    {
        for (var level = 0; level < _near.Length; level++)
        {
            if (Key(member, level) is not { } key)
                continue;
            if (!_near[level].TryGetValue(key, out var group))
                _near[level].Add(key, group = new PeerGroup(level));
            group.Add(member);
        }
    }

    private void RemoveFromNear(Membership member)
    {
        for (var level = 0; level < _near.Length; level++)
        {
            if (member.Groups[level] is not { } group)
                continue;
            group.Remove(member);
            if (group.Size == 0)
                _near[level].Remove(Key(member, level)!);
        }
    }

    private static string? Key(Membership member, int level)
    {
        var place = member.Connection.Place;
        return level switch
        {
            PeerGroup.Address => place.Address.Length > 0 ? place.Address : null,
            PeerGroup.Listed => place.Listed,
            _ => place.Prefix,
        };
    }
}
