using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>A stream's list of replays and the object it is stored in. Owned by the loop that owns the stream.</summary>
/// <param name="options">Which are kept.</param>
/// <param name="stored">What is there already.</param>
/// <param name="list"><c>replays.json</c>.</param>
internal sealed class ReplayShelf(ReplayOptions options, ReplayHistory stored, MutableObject list)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    // Never changed, but replaced: who asked for it reads it on another thread.
    private ReplayEntry[] _entries = [.. stored.Entries];
    private DateTimeOffset _lookedAt;
    private bool _changed;

    public IReadOnlyList<ReplayEntry> Entries => Volatile.Read(ref _entries);

    /// <summary>Why nothing can be changed; null when it can.</summary>
    public string? Problem => stored.Problem;

    /// <summary>Relative to the stream's folder; null while there is nothing to be seen in it.</summary>
    public string? Path =>
        _entries.Length > 0 && (stored.Document is not null || list.Acknowledged is not null) ? "replays.json" : null;

    public StoreFault? Fault => list.Fault;

    /// <summary>Done when the last change is stored.</summary>
    public Task Published { get; private set; } = Task.CompletedTask;

    public void Set(ReplayEntry entry)
    {
        _entries = [.. Without(entry.Broadcast), entry];
        _changed = true;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(string broadcast)
    {
        var before = _entries.Length;
        _entries = [.. Without(broadcast)];
        var there = _entries.Length < before;
        _changed |= there;
        return there;
    }

    /// <summary>The list is gone, with its bucket and all replays in it: it is stored anew, with what is set from now on.</summary>
    public void Forget()
    {
        _entries = [];
        _changed = true;
    }

    /// <summary>Leaves out what is no longer kept, and stores the list if it has changed.</summary>
    /// <param name="now">The store's.</param>
    /// <returns>What has left the list by itself.</returns>
    public IReadOnlyList<ReplayEntry> Tend(DateTimeOffset now)
    {
        if (Problem is not null || (!_changed && now - _lookedAt < LookEvery))
            return [];
        _lookedAt = now;
        var kept = ReplayRules.Kept(_entries, options, now).ToArray();
        var left = _entries.Except(kept).ToList();
        _changed |= left.Count > 0;
        _entries = kept;
        if (_changed)
        {
            _changed = false;
            var document = new ReplaysDocument { Replays = [.. kept] };
            Published = list.PublishAsync(
                stamp => (document with { Epoch = stamp.Epoch, Revision = stamp.Revision }).ToJson(),
                StreamKeys.ReplaysHeaders
            );
        }
        return left;
    }

    private IEnumerable<ReplayEntry> Without(string broadcast) => _entries.Where(entry => entry.Broadcast != broadcast);
}
