namespace Spillway.Streams;

/// <summary>What reaches the origin: the figure Spillway exists to keep small.</summary>
internal sealed class OriginCounters
{
    private long playlists;
    private long mediaPlaylists;
    private long pages;
    private long sockets;
    private long others;
    private long bytes;

    public long Playlists => Interlocked.Read(ref playlists);
    public long MediaPlaylists => Interlocked.Read(ref mediaPlaylists);
    public long Pages => Interlocked.Read(ref pages);
    public long Sockets => Interlocked.Read(ref sockets);
    public long Others => Interlocked.Read(ref others);

    /// <summary>Bytes of bodies sent over HTTP.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public void CountPlaylist() => Interlocked.Increment(ref playlists);

    public void CountMediaPlaylist() => Interlocked.Increment(ref mediaPlaylists);

    public void CountPage() => Interlocked.Increment(ref pages);

    public void CountSocket() => Interlocked.Increment(ref sockets);

    public void CountOther() => Interlocked.Increment(ref others);

    public void CountBytes(long sent) => Interlocked.Add(ref bytes, sent);
}
