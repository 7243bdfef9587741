using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>A media playlist that an earlier writer left without ENDLIST.</summary>
internal sealed record OpenPlaylist(string Key, MediaPlaylist Playlist, StoredObject Stored);

/// <summary>Where a live stream stands, as its own published playlists say: the bucket is the database.</summary>
internal sealed record StreamHistory
{
    public const long FirstNumber = 1_000_000;

    private static readonly DateTimeOffset BeforeAll = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>For everything this writer puts: higher than any before.</summary>
    public required long Epoch { get; init; }

    /// <summary>The first number that was never listed.</summary>
    public long NextNumber { get; init; } = FirstNumber;

    public long NextDiscontinuity { get; init; }

    /// <summary>Hashes of the segments that were listed last: a source that still shows them need not be believed twice.</summary>
    public IReadOnlySet<string> Hashes { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>When the last listed media ends; null before the first broadcast.</summary>
    public DateTimeOffset? End { get; init; }

    public StoredObject? Multivariant { get; init; }
    public StoredObject? Player { get; init; }
    public IReadOnlyList<OpenPlaylist> Open { get; init; } = [];

    /// <summary>What the multivariant playlist names; null when there is none, or it names nothing of ours.</summary>
    public PublishedBroadcast? Broadcast { get; init; }

    /// <summary>What is in the bucket and could not be read, as sentences.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>
    /// Numbers that are above all listed ones even where the playlists that would say so are lost: as many as no stream can have
    /// used, with two segments a second since before the first.
    /// </summary>
    /// <param name="now">The store's time.</param>
    public (long Number, long Discontinuity) Next(DateTimeOffset now)
    {
        if (Unreadable.Count == 0)
            return (NextNumber, NextDiscontinuity);
        var seconds = Math.Max(0, (long)(now - BeforeAll).TotalSeconds);
        return (Math.Max(NextNumber, FirstNumber + 2 * seconds), Math.Max(NextDiscontinuity, 2 * seconds));
    }

    /// <summary>The kept replays, and those that have no end yet.</summary>
    public ReplayHistory Replays { get; init; } = ReplayHistory.None;

    /// <param name="read">How an object is had: read only, or read and fenced at the same time.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task<StreamHistory> ReadAsync(ReadObject read, string stream, CancellationToken cancellationToken)
    {
        var multivariant = await read(StreamKeys.Multivariant(stream), cancellationToken);
        var player = await read(StreamKeys.Player(stream), cancellationToken);
        var epoch = Math.Max(EpochOf(multivariant), EpochOf(player));
        var history = new StreamHistory
        {
            Epoch = epoch + 1,
            Multivariant = multivariant,
            Player = player,
        };
        if (multivariant is null)
            return history;
        if (PlaylistParser.Parse(multivariant.Body.Span).Multivariant is not { } variants)
            return history with { Unreadable = [$"{StreamKeys.Multivariant(stream)} is no multivariant playlist."] };

        var renditions = new List<PublishedRendition>();
        var unreadable = new List<string>();
        foreach (var variant in variants.Variants)
        {
            var key = $"{stream}/{variant.Uri}";
            // Somebody else's playlist may name anything; ours names keys beside it.
            if (ObjectKey.Problem(key) is { } problem)
            {
                unreadable.Add($"{StreamKeys.Multivariant(stream)} names '{variant.Uri}', which is no key of ours: {problem}.");
                continue;
            }
            var stored = await read(key, cancellationToken);
            var parsed = stored is null ? default : PlaylistParser.Parse(stored.Body.Span);
            var playlist = parsed.Media is { Segments.Count: > 0 } media ? media : null;
            renditions.Add(new PublishedRendition(key, variant, playlist, stored));
            if (playlist is null)
                unreadable.Add(stored is null ? $"{key} is missing." : $"{key}: {parsed.Error ?? "it is no media playlist."}");
            else
                history = history.After(playlist, EpochOf(stored));
        }
        return history with
        {
            Broadcast = renditions.Count == variants.Variants.Count ? new PublishedBroadcast(variants, renditions) : null,
            Unreadable = unreadable,
            Open =
            [
                .. renditions
                    .Where(static r => r.Playlist is { Ended: false, Stamp: not null })
                    .Select(static r => new OpenPlaylist(r.Key, r.Playlist!, r.Stored!)),
            ],
        };
    }

    private StreamHistory After(MediaPlaylist playlist, long epoch)
    {
        var last = playlist.Segments[^1];
        var end = last.ProgramDateTime is { } date ? date + last.Duration : End;
        var discontinuities =
            (playlist.DiscontinuitySequence ?? 0) + playlist.Segments.Count(static segment => segment.Discontinuity);
        return this with
        {
            Epoch = Math.Max(Epoch, epoch + 1),
            NextNumber = Math.Max(NextNumber, playlist.MediaSequence + playlist.Segments.Count),
            Hashes = Hashes
                .Concat(playlist.Segments.Select(StreamKeys.HashIn).OfType<string>())
                .ToHashSet(StringComparer.Ordinal),
            NextDiscontinuity = Math.Max(NextDiscontinuity, discontinuities + 1),
            End = End is { } known && known > end ? known : end,
        };
    }

    private static long EpochOf(StoredObject? stored) => stored is null ? 0 : StampReader.Read(stored.Body.Span)?.Epoch ?? 0;
}
