namespace Spillway.Playlists;

/// <summary>Reads playlists from sources that are not trusted.</summary>
internal static class PlaylistParser
{
    public static PlaylistParse Parse(ReadOnlySpan<byte> text, PlaylistLimits? limits = null) =>
        throw new NotSupportedException();
}

/// <summary>Exactly one member is set.</summary>
internal readonly record struct PlaylistParse(MediaPlaylist? Media, MultivariantPlaylist? Multivariant, string? Error);

internal sealed record PlaylistLimits(int MaxBytes = 4 << 20, int MaxLineBytes = 1 << 20, int MaxSegments = 100_000);
