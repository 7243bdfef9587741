using Microsoft.Extensions.Primitives;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>
/// One version of a text as the origin sends it: whole and compressed, with its headers as they are written. Made once; sending it
/// makes nothing.
/// </summary>
internal sealed class OriginCopy
{
    private readonly byte[] _body;
    private byte[]? _gzip;
    private byte[]? _brotli;

    public OriginCopy(byte[] body, ObjectHeaders headers)
    {
        _body = body;
        var tag = $"\"{StreamKeys.Hash(body)}\"";
        (ContentType, CacheControl) = (headers.ContentType, headers.CacheControl);
        // One ETag for two forms can only be a weak one (RFC 9110, 8.8.3.3).
        (Tag, WeakTag) = (tag, "W/" + tag);
    }

    public StringValues ContentType { get; }
    public StringValues CacheControl { get; }

    /// <summary>ETag of the body as it is.</summary>
    public StringValues Tag { get; }

    /// <summary>ETag of its compressed forms.</summary>
    public StringValues WeakTag { get; }

    /// <summary>Worth compressing.</summary>
    public bool IsLarge => EdgeCompression.SuitsLength(_body.Length);

    /// <param name="coding"><c>br</c>, <c>gzip</c>, or null for the body as it is.</param>
    public byte[] Body(string? coding)
    {
        if (coding is null)
            return _body;
        ref var kept = ref coding == "br" ? ref _brotli : ref _gzip;
        if (Volatile.Read(ref kept) is { } ready)
            return ready;
        // Others who ask at the same moment wait for it, instead of doing it, too.
        lock (_body)
        {
            if (kept is null)
                Volatile.Write(ref kept, EdgeCompression.Compress(_body, coding));
            return kept!;
        }
    }
}
