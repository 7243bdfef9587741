namespace Spillway.Playlists;

/// <summary>A media playlist (RFC 8216bis 4.4.3), as read from a source or as we publish it.</summary>
internal sealed record MediaPlaylist
{
    /// <summary>EXT-X-TARGETDURATION, whole seconds.</summary>
    public required int TargetDuration { get; init; }

    /// <summary>EXT-X-MEDIA-SEQUENCE: the number of the first listed segment.</summary>
    public long MediaSequence { get; init; }

    /// <summary>EXT-X-DISCONTINUITY-SEQUENCE; null when the tag is absent.</summary>
    public long? DiscontinuitySequence { get; init; }

    /// <summary>EXT-X-PLAYLIST-TYPE; a live, sliding playlist has none.</summary>
    public PlaylistType Type { get; init; }

    public bool IndependentSegments { get; init; }

    /// <summary>EXT-X-ENDLIST is there.</summary>
    public bool Ended { get; init; }

    public required IReadOnlyList<MediaSegment> Segments { get; init; }

    /// <summary>Our own comment line; null in other people's playlists.</summary>
    public Stamp? Stamp { get; init; }
}

internal enum PlaylistType
{
    Live,
    Event,
    Vod,
}

/// <summary>One segment and every tag that applies to it.</summary>
internal sealed record MediaSegment
{
    /// <summary>The URI as written in the playlist, not resolved.</summary>
    public required string Uri { get; init; }

    /// <summary>EXTINF.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>EXT-X-DISCONTINUITY stands before this segment.</summary>
    public bool Discontinuity { get; init; }

    /// <summary>EXT-X-GAP: never to be loaded.</summary>
    public bool Gap { get; init; }

    /// <summary>EXT-X-PROGRAM-DATE-TIME written at this segment.</summary>
    public DateTimeOffset? ProgramDateTime { get; init; }

    /// <summary>EXT-X-MAP in force at this segment; null for none.</summary>
    public InitializationSectionReference? Map { get; init; }

    /// <summary>EXT-X-BYTERANGE with its offset worked out; null for the whole resource.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>EXT-X-KEY in force at this segment; null for METHOD=NONE or no tag.</summary>
    public EncryptionKey? Key { get; init; }
}

/// <param name="Key">EXT-X-KEY in force at the tag: it is encrypted as well (RFC 8216bis 4.4.4.4).</param>
internal sealed record InitializationSectionReference(string Uri, ByteRange? Range, EncryptionKey? Key = null);

internal readonly record struct ByteRange(long Offset, long Length);

/// <param name="Iv">As written, <c>0x…</c>; null: the segment's media sequence number.</param>
/// <param name="Format">KEYFORMAT; null: a file of 16 bytes.</param>
internal sealed record EncryptionKey(string Method, string? Uri, string? Iv, string? Format = null);

/// <summary>
/// Who wrote a mutable object and which version it is: rises within a writer (revision) and at each new writer (epoch).
/// In playlists the comment line <c>#SPILLWAY:EPOCH=1,REVISION=7</c>, in JSON two members.
/// </summary>
internal readonly record struct Stamp(long Epoch, long Revision);
