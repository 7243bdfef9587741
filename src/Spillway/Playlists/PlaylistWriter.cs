namespace Spillway.Playlists;

/// <summary>Writes playlists as UTF-8; the same playlist gives the same bytes.</summary>
internal static class PlaylistWriter
{
    public static byte[] Write(MediaPlaylist playlist) => throw new NotSupportedException();

    public static byte[] Write(MultivariantPlaylist playlist) => throw new NotSupportedException();
}
