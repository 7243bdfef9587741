using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>What a LIST has found of one broadcast.</summary>
internal sealed class ListedBroadcast(string id)
{
    public string Id { get; } = id;

    /// <summary>Keys of its live and replay playlists.</summary>
    public List<(SweepKey Key, ObjectEntry Entry)> Playlists { get; } = [];

    /// <summary>Segments and initialization sections.</summary>
    public List<(SweepKey Key, ObjectEntry Entry)> Media { get; } = [];

    public ObjectEntry? Report { get; set; }

    /// <summary>When the last of it was stored, its report left out: that may be written long after.</summary>
    public DateTimeOffset Newest { get; set; } = DateTimeOffset.MinValue;

    public bool HasPlaylistFor(string rendition) =>
        Playlists.Exists(p => p.Key.Kind == SweepKind.LivePlaylist && p.Key.Rendition == rendition);
}

/// <summary>One LIST of <c>{stream}/</c>, put in order. What came after it is not in it, and so is not deleted.</summary>
internal sealed class SweepListing
{
    /// <summary>Names of unknown keys that are told; beyond these only their number.</summary>
    private const int MaxExamples = 10;

    private SweepListing(string stream) => Stream = stream;

    public string Stream { get; }
    public SortedDictionary<string, ListedBroadcast> Broadcasts { get; } = new(StringComparer.Ordinal);

    /// <summary>By the hash of their folder.</summary>
    public Dictionary<string, List<ObjectEntry>> Slates { get; } = new(StringComparer.Ordinal);

    /// <summary>Playlists that we did not write. Whoever put them there means what they name to stay.</summary>
    public List<string> ForeignPlaylists { get; } = [];
    public List<string> UnknownExamples { get; } = [];
    public int Unknown { get; private set; }
    public int Keys { get; private set; }
    public long Bytes { get; private set; }

    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task<SweepListing> ReadAsync(IObjectStore store, string stream, CancellationToken cancellationToken)
    {
        var listing = new SweepListing(stream);
        await foreach (var entry in store.ListAsync($"{stream}/", cancellationToken))
            listing.Add(entry);
        return listing;
    }

    private void Add(ObjectEntry entry)
    {
        Keys++;
        Bytes += entry.Size;
        var key = SweepKey.Parse(Stream, entry.Key);
        switch (key.Kind)
        {
            case SweepKind.OfStream:
                return;
            case SweepKind.Slate:
                if (!Slates.TryGetValue(key.Slate!, out var slate))
                    Slates[key.Slate!] = slate = [];
                slate.Add(entry);
                return;
            case SweepKind.Unknown:
                NoteUnknown(entry.Key);
                return;
        }
        if (!Broadcasts.TryGetValue(key.Broadcast!, out var broadcast))
            Broadcasts[key.Broadcast!] = broadcast = new ListedBroadcast(key.Broadcast!);
        if (key.Kind == SweepKind.Report)
        {
            broadcast.Report = entry;
            return;
        }
        (key.Kind is SweepKind.LivePlaylist or SweepKind.ReplayPlaylist ? broadcast.Playlists : broadcast.Media).Add(
            (key, entry)
        );
        if (entry.LastModified > broadcast.Newest)
            broadcast.Newest = entry.LastModified;
    }

    private void NoteUnknown(string key)
    {
        Unknown++;
        if (UnknownExamples.Count < MaxExamples)
            UnknownExamples.Add(key);
        if (Path.GetExtension(key).ToLowerInvariant() is ".m3u8" or ".m3u")
            ForeignPlaylists.Add(key);
    }
}
