using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Replays;

/// <summary>A broadcast's replay as an earlier run left it.</summary>
/// <param name="Broadcast">Its id.</param>
/// <param name="Entry">As <c>replays.json</c> lists it; null when it did not get there.</param>
/// <param name="Multivariants">How many parts have a stored multivariant playlist.</param>
/// <param name="IndependentSegments">As its multivariant playlist says.</param>
/// <param name="Variants">Each URI is the rendition's name.</param>
/// <param name="Renditions">With what is stored of each.</param>
internal sealed record StoredReplay(
    string Broadcast,
    ReplayEntry? Entry,
    int Multivariants,
    bool IndependentSegments,
    IReadOnlyList<Variant> Variants,
    IReadOnlyList<StoredRenditionReplay> Renditions
);

/// <param name="Name">The rendition's.</param>
/// <param name="Parts">In order.</param>
/// <param name="Live">Its live playlist: it still lists whatever the replay's last version does not.</param>
internal sealed record StoredRenditionReplay(
    string Name,
    IReadOnlyList<(MediaPlaylist Playlist, StoredObject Stored)> Parts,
    MediaPlaylist? Live
);

/// <summary>A stream's replays as the bucket has them at the start of a run.</summary>
/// <param name="Document"><c>replays.json</c> as stored; null for none.</param>
/// <param name="Entries">What it lists.</param>
/// <param name="Problem">Why it cannot be understood, in words; then nobody knows what is kept.</param>
/// <param name="Unfinished">Replays without their end: of broadcasts that are still open, or were when the last run died.</param>
internal sealed record ReplayHistory(
    StoredObject? Document,
    IReadOnlyList<ReplayEntry> Entries,
    string? Problem,
    IReadOnlyList<StoredReplay> Unfinished
)
{
    public static ReplayHistory None { get; } = new(null, [], null, []);

    public StoredReplay? Find(string broadcast) => Unfinished.FirstOrDefault(replay => replay.Broadcast == broadcast);

    /// <param name="read">How an object is had.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="history">Its broadcasts.</param>
    /// <param name="keepsReplays">Switched on: also replays that did not get as far as the list are looked for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task<ReplayHistory> ReadAsync(
        ReadObject read,
        string stream,
        StreamHistory history,
        bool keepsReplays,
        CancellationToken cancellationToken
    )
    {
        var stored = await read(StreamKeys.Replays(stream), cancellationToken);
        var document = stored is null ? null : ReplaysDocument.Parse(stored.Body.Span);
        var problem =
            stored is not null && document is null
                ? $"{StreamKeys.Replays(stream)} is not what Spillway has written: no replay is listed or deleted until it is repaired or removed."
                : null;
        var entries = document?.Replays ?? [];
        var unfinished = new List<StoredReplay>();
        var broadcasts = entries.Where(static entry => entry.OnAir).Select(static entry => entry.Broadcast);
        if (keepsReplays || document is not null)
            broadcasts = broadcasts.Concat(history.Open.Select(open => Split(stream, open.Key).Broadcast));
        foreach (var broadcast in broadcasts.Distinct(StringComparer.Ordinal).ToList())
        {
            var entry = entries.FirstOrDefault(listed => listed.Broadcast == broadcast);
            if (await ReadAsync(read, stream, broadcast, entry, history, cancellationToken) is { } replay)
                unfinished.Add(replay);
        }
        return new ReplayHistory(stored, entries, problem, unfinished);
    }

    private static async Task<StoredReplay?> ReadAsync(
        ReadObject read,
        string stream,
        string broadcast,
        ReplayEntry? entry,
        StreamHistory history,
        CancellationToken cancellationToken
    )
    {
        var multivariants = new List<MultivariantPlaylist>();
        while (
            await read($"{stream}/{broadcast}/{StreamKeys.ReplayPart(multivariants.Count + 1)}", cancellationToken) is { } stored
            && PlaylistParser.Parse(stored.Body.Span).Multivariant is { } parsed
        )
            multivariants.Add(parsed);
        // The replay's own says what the live one did; before it is stored the live one is still there.
        var named =
            multivariants.Count > 0 ? multivariants[0]
            : history.Multivariant is { } onAir ? PlaylistParser.Parse(onAir.Body.Span).Multivariant
            : null;
        var variants = new List<Variant>();
        foreach (var variant in named?.Variants ?? [])
        {
            var key = multivariants.Count > 0 ? $"{stream}/{broadcast}/{variant.Uri}" : $"{stream}/{variant.Uri}";
            if (ObjectKey.Problem(key) is null && Split(stream, key) is var (of, name) && of == broadcast)
                variants.Add(variant with { Uri = name });
        }
        var renditions = new List<StoredRenditionReplay>();
        foreach (var variant in variants)
        {
            var folder = StreamKeys.MediaFolder(stream, broadcast, variant.Uri);
            var parts = new List<(MediaPlaylist, StoredObject)>();
            while (
                await read($"{folder}/{StreamKeys.ReplayPart(parts.Count + 1)}", cancellationToken) is { } stored
                && PlaylistParser.Parse(stored.Body.Span).Media is { Segments.Count: > 0 } playlist
            )
                parts.Add((playlist, stored));
            var key = $"{folder}/{StreamKeys.PlaylistName}";
            var live =
                history.Open.FirstOrDefault(open => open.Key == key)?.Playlist
                ?? (await read(key, cancellationToken) is { } ended ? PlaylistParser.Parse(ended.Body.Span).Media : null);
            renditions.Add(new StoredRenditionReplay(variant.Uri, parts, live));
        }
        // Where nothing is stored there is nothing to go on with: if the broadcast goes on, its replay begins then.
        return renditions.Exists(static rendition => rendition.Parts.Count > 0)
            ? new StoredReplay(broadcast, entry, multivariants.Count, named!.IndependentSegments, variants, renditions)
            : null;
    }

    /// <summary>Broadcast and rendition of <c>{stream}/{broadcast}/{rendition}/…</c>; empty when it is no such key.</summary>
    private static (string Broadcast, string Rendition) Split(string stream, string key) =>
        key.Split('/') is [var first, var broadcast, var rendition, _] && first == stream ? (broadcast, rendition) : ("", "");
}
