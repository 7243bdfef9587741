namespace Spillway.EndToEnd.Viewers;

/// <summary>One request that a page sent, as the browser's own network log tells it.</summary>
internal sealed class ViewerRequest(string method, Uri url, string kind)
{
    private long _bytes;

    public string Method => method;
    public Uri Url => url;

    /// <summary>By what it was sent: hls.js sends <c>XHR</c>, the P2P engine <c>Fetch</c>.</summary>
    public string Kind => kind;

    /// <summary>0 while there is no answer.</summary>
    public int Status { get; set; }
    public bool FromCache { get; set; }

    /// <summary>Of the body, as read so far, any content encoding taken off; also of a transfer that was broken off.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public bool IsSegment => url.AbsolutePath.EndsWith(".ts", StringComparison.Ordinal);
    public bool IsSlate => IsSegment && url.AbsolutePath.Contains("/slate/", StringComparison.Ordinal);
    public bool IsGap => url.AbsolutePath.EndsWith("-gap", StringComparison.Ordinal);
    public bool IsPlaylist => url.AbsolutePath.EndsWith(".m3u8", StringComparison.Ordinal);

    public void Received(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public override string ToString() => $"{kind} {method} {url} {Status}{(FromCache ? " from the cache" : "")}, {Bytes} bytes";
}
