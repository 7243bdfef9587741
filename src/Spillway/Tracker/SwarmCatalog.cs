using System.Collections.Concurrent;
using System.Collections.Frozen;
using Spillway.Playlists;

namespace Spillway.Tracker;

/// <summary>What players find under a stream's one lasting address: its variants, and the swarm id they belong to.</summary>
/// <param name="Id">The swarm id without what is made of the variant: <c>{stream}/{broadcast}/live</c>.</param>
/// <param name="Variants">As published. They do not change while the id stays.</param>
internal sealed record PublishedSwarm(string Id, IReadOnlyList<Variant> Variants)
{
    /// <summary>
    /// Of a multivariant playlist as it lies in the bucket. Its variants' addresses begin with the broadcast, so that one object
    /// says all and nothing can come apart.
    /// </summary>
    /// <returns>Null: it is no playlist of ours.</returns>
    public static PublishedSwarm? Read(string stream, ReadOnlySpan<byte> playlist)
    {
        if (PlaylistParser.Parse(playlist).Multivariant is not { Variants: [var first, ..] } multivariant)
            return null;
        var slash = first.Uri.IndexOf('/', StringComparison.Ordinal);
        return slash <= 0 ? null : new PublishedSwarm($"{stream}/{first.Uri[..slash]}/live", multivariant.Variants);
    }
}

/// <summary>Which info hashes players of a stream announce: those of the broadcast on air and of the one before. Replays are not shared.</summary>
/// <param name="onAir">
/// What the stream shows now, if this process knows; null: it does not. Asked at each join and under a lock, so it must be quick.
/// </param>
internal sealed class SwarmCatalog(Func<string, PublishedSwarm?> onAir)
{
    private readonly ConcurrentDictionary<string, Entry> _streams = new(StringComparer.Ordinal);

    /// <summary>
    /// Until anything is known of a stream, any hash is served, up to the tracker's own limits: a tracker that has just started must
    /// not turn viewers away because the bucket does not answer.
    /// </summary>
    public bool IsAllowed(string stream, TrackerId hash)
    {
        var entry = _streams.GetOrAdd(stream, static _ => new Entry());
        if (onAir(stream) is { } published)
            entry.Show(published);
        return entry.IsAllowed(hash);
    }

    /// <summary>What the bucket says.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="published">Null: there has been no broadcast yet.</param>
    public void Show(string stream, PublishedSwarm? published)
    {
        var entry = _streams.GetOrAdd(stream, static _ => new Entry());
        if (published is null)
            entry.Know();
        else
            entry.Show(published);
    }

    /// <summary>The hashes that are served now; empty: none, or any as long as nothing is known.</summary>
    public IReadOnlyCollection<TrackerId> Served(string stream) => _streams.TryGetValue(stream, out var entry) ? entry.All : [];

    private static IEnumerable<TrackerId> Hashes(PublishedSwarm swarm) =>
        swarm.Variants.Select(variant => SwarmHash.Of(swarm.Id, variant));

    private sealed class Entry
    {
        private readonly Lock _gate = new();
        private string? _id;
        private bool _isKnown;
        private FrozenSet<TrackerId> _current = [];
        private FrozenSet<TrackerId> _previous = [];

        public IReadOnlyCollection<TrackerId> All
        {
            get
            {
                lock (_gate)
                    return [.. _current, .. _previous];
            }
        }

        public bool IsAllowed(TrackerId hash)
        {
            lock (_gate)
                return !_isKnown || _current.Contains(hash) || _previous.Contains(hash);
        }

        public void Know()
        {
            lock (_gate)
                _isKnown = true;
        }

        public void Show(PublishedSwarm published)
        {
            lock (_gate)
            {
                _isKnown = true;
                if (string.Equals(_id, published.Id, StringComparison.Ordinal))
                    return;
                // Those who still watch the last minute of the one before are more alone than anybody: they keep their swarm.
                (_id, _previous, _current) = (published.Id, _current, Hashes(published).ToFrozenSet());
            }
        }
    }
}
