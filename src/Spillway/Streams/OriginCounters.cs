namespace Spillway.Streams;

/// <summary>What reaches the origin: the figure Spillway exists to keep small.</summary>
internal sealed class OriginCounters
{
    private long _playlists;
    private long _mediaPlaylists;
    private long _pages;
    private long _sockets;
    private long _others;
    private long _bytes;
    private long _scrapes;

    public long Playlists => Interlocked.Read(ref _playlists);
    public long MediaPlaylists => Interlocked.Read(ref _mediaPlaylists);
    public long Pages => Interlocked.Read(ref _pages);
    public long Sockets => Interlocked.Read(ref _sockets);
    public long Others => Interlocked.Read(ref _others);

    /// <summary>Bytes of bodies sent over HTTP.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Of <c>/metrics</c>. They grow with the operator's patience and not with the audience: they are in no other count.</summary>
    public long Scrapes => Interlocked.Read(ref _scrapes);

    /// <summary>Requests of all kinds, but for scrapes.</summary>
    public long Requests => Playlists + MediaPlaylists + Pages + Sockets + Others;

    public void CountPlaylist() => Interlocked.Increment(ref _playlists);

    public void CountMediaPlaylist() => Interlocked.Increment(ref _mediaPlaylists);

    public void CountPage() => Interlocked.Increment(ref _pages);

    public void CountSocket() => Interlocked.Increment(ref _sockets);

    public void CountOther() => Interlocked.Increment(ref _others);

    public void CountScrape() => Interlocked.Increment(ref _scrapes);

    public void CountBytes(long sent) => Interlocked.Add(ref _bytes, sent);
}
