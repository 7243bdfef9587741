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
        if (multivariant is null || PlaylistParser.Parse(multivariant.Body.Span).Multivariant is not { } variants)
            return history;

        var open = new List<OpenPlaylist>();
        foreach (var variant in variants.Variants)
        {
            var key = $"{stream}/{variant.Uri}";
            // Somebody else's playlist may name anything; ours names keys beside it.
            if (ObjectKey.Problem(key) is not null)
                continue;
            var stored = await read(key, cancellationToken);
            if (stored is null || PlaylistParser.Parse(stored.Body.Span).Media is not { Segments.Count: > 0 } playlist)
                continue;
            history = history.After(playlist, EpochOf(stored));
            if (!playlist.Ended && playlist.Stamp is not null)
                open.Add(new OpenPlaylist(key, playlist, stored));
        }
        return history with { Open = open };
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
