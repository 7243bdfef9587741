using Spillway.Metrics;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>One time on air: its timeline, and one live playlist a rendition in the store.</summary>
internal sealed class Broadcast
{
    private readonly Dictionary<string, BroadcastRendition> _renditions;
    private bool _isNamed;

    public Broadcast(string id, BroadcastTimeline timeline, IEnumerable<BroadcastRendition> renditions)
    {
        Id = id;
        Timeline = timeline;
        _renditions = renditions.ToDictionary(static rendition => rendition.Declared.Name, StringComparer.Ordinal);
    }

    public string Id { get; }
    public BroadcastTimeline Timeline { get; }
    public IReadOnlyCollection<BroadcastRendition> Renditions => _renditions.Values;

    /// <summary>It gets no more segments; its playlists end as soon as its last uploads are answered.</summary>
    public bool Ending { get; set; }

    /// <summary>Players may have been sent to it.</summary>
    public bool IsNamed
    {
        get => Volatile.Read(ref _isNamed);
        set => Volatile.Write(ref _isNamed, value);
    }

    /// <summary>Who plays it knows that nothing more comes.</summary>
    public bool HasEnded => _renditions.Values.All(static rendition => rendition.Listed is { Ended: true });

    public BroadcastRendition? Find(string name) => _renditions.GetValueOrDefault(name);

    /// <inheritdoc cref="Find(string)"/>
    public BroadcastRendition? Find(ReadOnlySpan<char> name) =>
        _renditions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var found) ? found : null;

    /// <summary>Every number has got its answer.</summary>
    public bool IsSettled => Timeline.Renditions.All(static rendition => !rendition.HasPending);

    /// <summary>What is kept of it to be watched again; null: nothing.</summary>
    public BroadcastReplay? Replay { get; init; }

    /// <summary>Bytes of the segments stored.</summary>
    public long Bytes => _renditions.Values.Sum(static rendition => rendition.Bytes);

    /// <summary>Typical segment length.</summary>
    public required TimeSpan SegmentDuration { get; init; }

    /// <summary>Seconds behind the live edge at which viewers are to play it.</summary>
    public double LiveDelay { get; set; }

    /// <summary>What its slate must be like; null: pauses are gaps, or it is not known yet.</summary>
    public SlateRequest? SlateWanted { get; set; }

    /// <summary>All of its slate is stored, and the timeline has it.</summary>
    public bool HasSlate { get; set; }

    /// <summary>Asks for each rendition's playlist that has something new to be published, and for its replay's when it is due.</summary>
    /// <param name="now">Monotonic.</param>
    /// <param name="stopping">The replay's, too, whether it is due or not.</param>
    public void PublishPlaylists(TimeSpan now, bool stopping = false)
    {
        var ended = Ending && IsSettled;
        foreach (var rendition in _renditions.Values)
        {
            var name = rendition.Declared.Name;
            var listed = rendition.Listed;
            Timeline.NoteListed(name, listed is null ? 0 : listed.MediaSequence + listed.Segments.Count);
            // Nothing new is the usual case, and to make a playlist only to see that costs more than all the rest.
            if (!rendition.HasNews(Timeline.ListableEnd(name), ended) || Window(rendition, ended) is not { } playlist)
                continue;
            // What a broadcast begins with is listed at once: the next PUT to the key has to wait, and players with it.
            if (rendition.IsUnlisted && playlist.Segments.Count < BroadcastStart.SegmentsWanted && !IsSettled)
                continue;
            Replay?.Take(name, playlist);
            rendition.Publish(playlist);
        }
        Replay?.Publish(now, ended, stopping);
    }

    private MediaPlaylist? Window(BroadcastRendition rendition, bool ended)
    {
        var name = rendition.Declared.Name;
        var held = Replay?.ListedBefore(name) ?? long.MaxValue;
        var window = Timeline.Playlist(name, ended, held, rendition.Size.Most);
        return window is not null && rendition.Size.Cuts(window)
            ? Timeline.Playlist(name, ended, held, rendition.Size.Most)
            : window;
    }

    public MultivariantPlaylist ToMultivariant(Func<BroadcastRendition, string> uri) =>
        new()
        {
            IndependentSegments = Timeline.IndependentSegments,
            Variants = [.. _renditions.Values.Select(r => r.Format.ToVariant(uri(r)))],
        };
}

/// <summary>A rendition of one broadcast.</summary>
internal sealed class BroadcastRendition(SourceRendition declared, RenditionFormat format, string folder, MutableObject playlist)
{
    private readonly Dictionary<string, StoredSection> _sections = new(StringComparer.Ordinal);
    private readonly Lock _noting = new();
    private MediaPlaylist? _wished;
    private PublishingFigures.Passage? _news;

    public SourceRendition Declared { get; } = declared;
    public RenditionFormat Format { get; } = format;

    /// <summary>Key of its folder.</summary>
    public string Folder { get; } = folder;

    public MutableObject Object { get; } = playlist;

    /// <summary>Segments stored.</summary>
    public long Stored { get; set; }

    /// <summary>Of the segments stored.</summary>
    public long Bytes { get; set; }

    /// <summary>The highest bit rate of what was given a number, to be held against <see cref="Format"/>.</summary>
    public required PeakBitRate Peak { get; init; }

    /// <summary>How many segments its live playlist may list.</summary>
    public PlaylistSize Size { get; init; } = new(64_000);

    /// <summary>The origin's copies of <see cref="Listed"/>.</summary>
    public OriginSlot Copies { get; } = new();

    /// <summary>Its segments on their way.</summary>
    public SegmentTraces Traces { get; } = new();

    /// <summary>The playlist that the store has acknowledged.</summary>
    public MediaPlaylist? Listed { get; private set; }

    /// <summary>No playlist of it has been wished for yet.</summary>
    public bool IsUnlisted => _wished is null;

    /// <summary>Done when the last wished playlist is stored.</summary>
    public Task Published { get; private set; } = Task.CompletedTask;

    /// <summary>An earlier writer has published it so far.</summary>
    public void Resume(MediaPlaylist published)
    {
        (_wished, Listed) = (published, published);
        Stored = published.Segments.Count(static segment => !segment.Gap);
    }

    /// <param name="end">The first number that may not be listed yet.</param>
    /// <param name="ended">It ends.</param>
    public bool HasNews(long end, bool ended) =>
        _wished is not { } last || last.Ended != ended || last.MediaSequence + last.Segments.Count != end;

    /// <summary>The next publication has waited for this answer of the store.</summary>
    public void NoteNews(PublishingFigures.Passage news) => _news = news;

    public void Publish(MediaPlaylist playlist)
    {
        if (!HasNews(playlist.MediaSequence + playlist.Segments.Count, playlist.Ended))
            return;
        _wished = playlist;
        Published = PublishAndNoteAsync(playlist);
    }

    /// <summary>An initialization section is stored once; asking again gives the same answer, unless it failed.</summary>
    public Task<bool> StoreSectionAsync(string name, Func<Task<bool>> store)
    {
        if (!_sections.TryGetValue(name, out var known) || (known.Stored.IsCompletedSuccessfully && !known.Stored.Result))
            _sections[name] = known = new StoredSection(store, store());
        return known.Stored;
    }

    /// <summary>The section's last upload; null when there is none of that name.</summary>
    public Task<bool>? FindSection(string name) => _sections.GetValueOrDefault(name)?.Stored;

    /// <summary>The bucket is a new one: all of them are stored once more.</summary>
    public void StoreSectionsAgain()
    {
        foreach (var (name, known) in _sections.ToList())
            _sections[name] = known with { Stored = known.Store() };
    }

    private async Task PublishAndNoteAsync(MediaPlaylist playlist)
    {
        var news = _news;
        _news = null;
        await Object.PublishAsync(
            stamp =>
            {
                news?.NoteSent(Object.LastPut);
                return PlaylistWriter.Write(playlist with { Stamp = stamp });
            },
            StreamKeys.MediaPlaylistHeaders(playlist.TargetDuration, playlist.Ended)
        );
        // Wishes that were coalesced are answered together, in any order and on any thread; what has ended stays so.
        lock (_noting)
        {
            if (Listed is null || playlist.Ended || (!Listed.Ended && End(playlist) >= End(Listed)))
                Listed = playlist;
        }
        Traces.NoteListed(End(playlist));

        static long End(MediaPlaylist listed) => listed.MediaSequence + listed.Segments.Count;
    }

    /// <param name="Store">Stores it.</param>
    /// <param name="Stored">Its last upload.</param>
    private sealed record StoredSection(Func<Task<bool>> Store, Task<bool> Stored);
}
