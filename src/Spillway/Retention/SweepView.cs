using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <param name="First">The first listed number.</param>
/// <param name="Duration">Of all that is listed.</param>
/// <param name="TargetDuration">Seconds.</param>
internal readonly record struct LiveWindow(long First, TimeSpan Duration, int TargetDuration);

/// <summary>What the playlists say that were read after the LIST, and what must not be touched because one could not be read.</summary>
internal sealed class SweepView
{
    /// <summary>Broadcasts that the multivariant playlist names: on air, or the last one that was.</summary>
    public HashSet<string> OnAir { get; } = new(StringComparer.Ordinal);

    /// <summary>Kept replays; null: not known, so all are.</summary>
    public IReadOnlySet<string>? Kept { get; set; }

    /// <summary>Every key that a playlist names which was read.</summary>
    public HashSet<string> Named { get; } = new(StringComparer.Ordinal);

    /// <summary>The live playlists, by <c>{broadcast}/{rendition}</c>.</summary>
    public Dictionary<string, LiveWindow> Windows { get; } = new(StringComparer.Ordinal);

    /// <summary>Broadcasts of which a playlist could not be read: it might name anything of them.</summary>
    public HashSet<string> Unreadable { get; } = new(StringComparer.Ordinal);

    /// <summary>A playlist could not be read, so that any slate may be named.</summary>
    public bool SlatesAreUnknown { get; set; }

    /// <summary>Why nothing at all may be deleted; null: something may.</summary>
    public string? Blocked { get; set; }

    public List<string> Problems { get; } = [];

    public SweepMemory Memory { get; set; } = new();

    /// <summary>Of <c>sweep.json</c>; null when there is none.</summary>
    public StoredObject? MemoryObject { get; set; }

    private readonly Dictionary<string, TimeSpan> _longest = new(StringComparer.Ordinal);

    public bool IsKept(string broadcast) => Kept?.Contains(broadcast) != false;

    /// <summary>How long the longest playlist is of all that were read.</summary>
    public TimeSpan Longest => _longest.Values.DefaultIfEmpty().Max();

    /// <summary>How long its longest playlist is.</summary>
    public TimeSpan LongestOf(string broadcast) => _longest.GetValueOrDefault(broadcast);

    public void NoteMultivariant(string stream, MultivariantPlaylist playlist)
    {
        foreach (var variant in playlist.Variants)
        {
            var key = SweepKey.Parse(stream, $"{stream}/{variant.Uri}");
            if (key is { Kind: SweepKind.LivePlaylist, Broadcast: { } broadcast })
                OnAir.Add(broadcast);
            else
                Blocked = $"{StreamKeys.Multivariant(stream)} names {variant.Uri}, which is no playlist of a broadcast.";
        }
    }

    /// <param name="folder">That of the playlist: what it names is relative to it.</param>
    /// <param name="broadcast">Whose playlist it is; null for a foreign one.</param>
    /// <param name="parsed">As read.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? NoteNames(string folder, string? broadcast, PlaylistParse parsed)
    {
        if (parsed.Error is { } error)
            return error;
        var uris =
            parsed.Multivariant?.Variants.Select(static variant => variant.Uri)
            ?? parsed.Media!.Segments.SelectMany(static segment => Uris(segment));
        foreach (var uri in uris)
        {
            if (!IsRelative(uri))
                return $"It names '{uri}', which is no name relative to it.";
            Named.Add(StreamKeys.Resolve(folder, uri));
        }
        if (broadcast is not null && parsed.Media is { } media)
        {
            var duration = DurationOf(media);
            if (duration > LongestOf(broadcast))
                _longest[broadcast] = duration;
        }
        return null;
    }

    /// <returns>What is wrong with it, or null.</returns>
    public string? NoteWindow(SweepKey key, PlaylistParse parsed)
    {
        if (parsed.Media is not { Segments.Count: > 0 } media)
            return "It is no media playlist with segments.";
        Windows[$"{key.Broadcast}/{key.Rendition}"] = new(media.MediaSequence, DurationOf(media), media.TargetDuration);
        return null;
    }

    private static TimeSpan DurationOf(MediaPlaylist playlist) =>
        TimeSpan.FromTicks(playlist.Segments.Sum(static segment => segment.Duration.Ticks));

    private static IEnumerable<string> Uris(MediaSegment segment) =>
        segment.Map is { } map ? [segment.Uri, map.Uri] : [segment.Uri];

    /// <summary>As we write them; anything else might name any key in another way, such as with escapes.</summary>
    private static bool IsRelative(string uri) =>
        uri.Length > 0
        && uri[0] != '/'
        && uri.AsSpan().IndexOfAny(":?#%\\") < 0
        && !uri.Contains("/./", StringComparison.Ordinal);
}
