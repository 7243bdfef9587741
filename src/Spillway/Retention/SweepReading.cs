using System.Text.Json;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// Reads every playlist that a LIST found. The order matters: the multivariant playlist, then the list of kept replays, then live
/// playlists, then replays. A segment leaves a live playlist only for a replay that is stored already, so that read in this
/// order it is in one of the two; and a broadcast is kept before another is named in its place.
/// </summary>
internal sealed class SweepReading(IObjectStore store, TimeProvider time, SweepListing listing)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SweepView _view = new();
    private readonly Lock _gate = new();

    private string Stream => listing.Stream;

    public async Task<SweepView> ReadAsync(CancellationToken cancellationToken)
    {
        await ReadMemoryAsync(cancellationToken);
        await ReadMultivariantAsync(cancellationToken);
        if (_view.Blocked is null)
            await ReadReplaysAsync(cancellationToken);
        if (_view.Blocked is not null)
            return _view;

        // Of what is kept, nothing is deleted but a slate that it does not name.
        var wanted = listing
            .Broadcasts.Values.Where(broadcast => listing.Slates.Count > 0 || !_view.IsKept(broadcast.Id))
            .SelectMany(static broadcast => broadcast.Playlists)
            .ToList();
        await ReadAllAsync(wanted.Where(static p => p.Key.Kind == SweepKind.LivePlaylist), cancellationToken);
        await ReadAllAsync(wanted.Where(static p => p.Key.Kind != SweepKind.LivePlaylist), cancellationToken);
        foreach (var foreign in listing.ForeignPlaylists)
            await ReadForeignAsync(foreign, cancellationToken);
        return _view;
    }

    private async Task ReadMemoryAsync(CancellationToken cancellationToken)
    {
        var key = StreamKeys.Sweep(Stream);
        var result = await GetAsync(key, cancellationToken);
        if (result.Status == GetStatus.Missing)
            return;
        _view.MemoryObject = result.Object;
        if (result.Status != GetStatus.Found)
            _view.Blocked = $"{key} could not be read: {Why(result)}";
        else if (SweepMemory.Parse(result.Object!.Body.Span) is { } memory)
            _view.Memory = memory;
        else
            // All waiting begins anew: nothing is deleted too early.
            _view.Problems.Add($"{key} is not what a sweep leaves; what it said is forgotten.");
    }

    private async Task ReadMultivariantAsync(CancellationToken cancellationToken)
    {
        var key = StreamKeys.Multivariant(Stream);
        var result = await GetAsync(key, cancellationToken);
        if (result.Status == GetStatus.Found && PlaylistParser.Parse(result.Object!.Body.Span).Multivariant is { } playlist)
            _view.NoteMultivariant(Stream, playlist);
        else if (result.Status == GetStatus.Missing)
            _view.Blocked = $"There is no {key}, so that nobody can tell what is on air.";
        else
            _view.Blocked =
                result.Status == GetStatus.Found
                    ? $"{key} is no multivariant playlist, so that nobody can tell what is on air."
                    : $"{key} could not be read: {Why(result)}";
    }

    private async Task ReadReplaysAsync(CancellationToken cancellationToken)
    {
        var key = StreamKeys.Replays(Stream);
        var result = await GetAsync(key, cancellationToken);
        if (result.Status == GetStatus.Missing)
            _view.Kept = new HashSet<string>(StringComparer.Ordinal);
        else if (result.Status == GetStatus.Found)
            _view.Kept = KeptReplays.Parse(result.Object!.Body.Span);
        if (_view.Kept is null)
            _view.Problems.Add(
                result.Status == GetStatus.Found
                    ? $"{key} is no list of replays, so that every broadcast counts as kept."
                    : $"{key} could not be read, so that every broadcast counts as kept: {Why(result)}"
            );
    }

    private async Task ReadAllAsync(
        IEnumerable<(SweepKey Key, ObjectEntry Entry)> playlists,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in playlists.Chunk(AtOnce))
            await Task.WhenAll(some.Select(playlist => ReadPlaylistAsync(playlist.Key, playlist.Entry.Key, cancellationToken)));
    }

    private async Task ReadPlaylistAsync(SweepKey key, string name, CancellationToken cancellationToken)
    {
        var result = await GetAsync(name, cancellationToken);
        // Gone since the LIST, as one of a broadcast on air never is.
        if (result.Status == GetStatus.Missing && !_view.OnAir.Contains(key.Broadcast!))
            return;
        var parsed = result.Status == GetStatus.Found ? PlaylistParser.Parse(result.Object!.Body.Span) : default;
        lock (_gate)
        {
            var problem =
                result.Status != GetStatus.Found
                    ? Why(result)
                    : _view.NoteNames(name[..name.LastIndexOf('/')], key.Broadcast, parsed)
                        ?? (key.Kind == SweepKind.LivePlaylist ? _view.NoteWindow(key, parsed) : null);
            if (problem is null)
                return;
            _view.Unreadable.Add(key.Broadcast!);
            _view.SlatesAreUnknown = true;
            _view.Problems.Add($"{name} could not be read, so that its broadcast and all slates stay: {problem}");
        }
    }

    private async Task ReadForeignAsync(string name, CancellationToken cancellationToken)
    {
        var result = await GetAsync(name, cancellationToken);
        if (result.Status == GetStatus.Missing)
            return;
        var problem =
            result.Status == GetStatus.Found
                ? _view.NoteNames(name[..name.LastIndexOf('/')], null, PlaylistParser.Parse(result.Object!.Body.Span))
                : Why(result);
        if (problem is null)
            return;
        _view.SlatesAreUnknown = true;
        var broadcast = SweepKey.Parse(Stream, name).Broadcast;
        if (broadcast is null)
            _view.Blocked = $"{name} is none of Spillway's and may name anything: {problem} Move it out of {Stream}/.";
        else
        {
            _view.Unreadable.Add(broadcast);
            _view.Problems.Add($"{name} is none of Spillway's, so that its broadcast and all slates stay: {problem}");
        }
    }

    private Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
        store.GetWithinAsync(Patience, time, key, cancellationToken);

    private static string Why(GetResult result) =>
        result.Fault is { } fault ? $"{fault.Message} {fault.Remedy}"
        : result.Status == GetStatus.Missing ? "It is gone."
        : $"{result.Status}.";
}

/// <summary>Which broadcasts <c>replays.json</c> names.</summary>
internal static class KeptReplays
{
    /// <returns>Null when it is no such list.</returns>
    public static IReadOnlySet<string>? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("replays", out var list)
            )
                return null;
            var kept = new HashSet<string>(StringComparer.Ordinal);
            foreach (var replay in list.EnumerateArray())
            {
                if (replay.GetProperty("broadcast").GetString() is not { } id)
                    return null;
                kept.Add(id);
            }
            return kept;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
