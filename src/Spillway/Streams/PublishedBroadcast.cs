using System.Globalization;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>A rendition as the bucket has it.</summary>
/// <param name="Key">Of its media playlist.</param>
/// <param name="Variant">What the multivariant playlist says of it.</param>
/// <param name="Playlist">Null when it is missing or cannot be read.</param>
/// <param name="Stored">The object; null when it is missing.</param>
internal sealed record PublishedRendition(string Key, Variant Variant, MediaPlaylist? Playlist, StoredObject? Stored)
{
    /// <summary>The last folder of its playlist.</summary>
    public string Name => Key.Split('/') is [.., var name, _] ? name : "";
}

/// <summary>The broadcast that the multivariant playlist names, as its writer left it.</summary>
internal sealed record PublishedBroadcast(MultivariantPlaylist Multivariant, IReadOnlyList<PublishedRendition> Renditions)
{
    public string Id => Renditions[0].Key.Split('/') is [.., var id, _, _] ? id : "";

    /// <summary>When (the store's time) something of it was published last.</summary>
    public DateTimeOffset LastPublished => Renditions.Max(static rendition => rendition.Stored!.LastModified);

    public int TargetDuration => Renditions[0].Playlist!.TargetDuration;

    /// <summary>At least one of its playlists says that nothing more comes.</summary>
    public bool HasEnded => Renditions.Any(static rendition => rendition.Playlist is { Ended: true });

    /// <summary>What has been listed; only without <see cref="Problem"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TimelineEntry>> Entries =>
        Renditions.ToDictionary(
            static rendition => rendition.Name,
            static rendition => PublishedEntries.Of(rendition.Playlist!),
            StringComparer.Ordinal
        );

    /// <summary>Why nothing can be added to it, as the end of a sentence; null when it can.</summary>
    public string? Problem()
    {
        if (Multivariant.Stamp is null)
            return "Spillway did not write its multivariant playlist";
        if (!StreamName.IsWellFormed(Renditions[0].Name) || Id.Length == 0)
            return $"{Renditions[0].Key} is not where Spillway puts a media playlist";
        var first = Renditions[0].Key[..^$"{Renditions[0].Name}/{StreamKeys.PlaylistName}".Length];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rendition in Renditions)
        {
            if (
                !StreamName.IsWellFormed(rendition.Name)
                || !names.Add(rendition.Name)
                || rendition.Key != $"{first}{rendition.Name}/{StreamKeys.PlaylistName}"
            )
                return $"{rendition.Key} is not a media playlist of the same broadcast";
            if (rendition.Playlist is not { } playlist)
                return $"{rendition.Key} is {(rendition.Stored is null ? "missing" : "no playlist")}";
            if (Problem(playlist) is { } problem)
                return $"{rendition.Key}: {problem}";
        }
        return PublishedEntries.Contradiction(Entries) is { } contradiction ? $"{first}: {contradiction}" : null;
    }

    private string? Problem(MediaPlaylist playlist)
    {
        if (playlist.Stamp is null)
            return "Spillway did not write it";
        if (playlist.Type != PlaylistType.Live)
            return "it is no live playlist";
        if (playlist.Segments.Count == 0)
            return "it lists nothing";
        if (playlist.TargetDuration != Renditions[0].Playlist!.TargetDuration)
            return "its target duration is not that of the others";
        for (var i = 0; i < playlist.Segments.Count; i++)
        {
            var segment = playlist.Segments[i];
            var number = string.Create(CultureInfo.InvariantCulture, $"{playlist.MediaSequence + i}-");
            var isOurs = segment.Gap
                ? segment.Uri == TimelineEntry.GapUri(playlist.MediaSequence + i)
                : PublishedEntries.IsSlate(segment) || segment.Uri.StartsWith(number, StringComparison.Ordinal);
            if (!isOurs || segment.Range is not null || segment.Key is not null)
                return $"Spillway does not list '{segment.Uri}' as number {playlist.MediaSequence + i}";
            if (segment.ProgramDateTime is null)
                return $"number {playlist.MediaSequence + i} has no date";
        }
        return PlaylistWriter.Refusal(playlist);
    }
}
