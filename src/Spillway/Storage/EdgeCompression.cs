using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Spillway.Storage;

/// <summary>
/// Compressed forms of small texts, kept by ETag in a bounded memory: a playlist that hundreds of viewers ask for is compressed
/// once a version. What was used longest ago goes first.
/// </summary>
/// <param name="capacity">Bytes of compressed bodies that are kept.</param>
internal sealed class EdgeCompression(long capacity = 16 * 1024 * 1024)
{
    private const int MinLength = 1024;
    private const int MaxLength = 4 * 1024 * 1024;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string ETag, string Coding), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _size;

    /// <summary>Bytes that are kept now.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
                return _size;
        }
    }

    /// <summary>Texts; media is compressed already.</summary>
    public static bool Suits(string contentType)
    {
        var semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim().ToLowerInvariant();
        return type.StartsWith("text/", StringComparison.Ordinal)
            || type.EndsWith("+json", StringComparison.Ordinal)
            || type
                is "application/vnd.apple.mpegurl"
                    or "application/x-mpegurl"
                    or "audio/mpegurl"
                    or "application/json"
                    or "application/javascript"
                    or "image/svg+xml";
    }

    public static bool SuitsLength(long length) => length is >= MinLength and <= MaxLength;

    /// <summary>
    /// <c>br</c>, <c>gzip</c>, or null for the body as it is
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3">RFC 9110, 12.5.3</see>).
    /// </summary>
    /// <param name="accepted">Accept-Encoding as it came; looked at in place.</param>
    public static string? Choose(StringValues accepted)
    {
        var (brotli, gzip, any) = (-1.0, -1.0, 0.0);
        for (var i = 0; i < accepted.Count; i++)
        {
            var rest = accepted[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf(',');
                var one = comma < 0 ? rest : rest[..comma];
                rest = comma < 0 ? default : rest[(comma + 1)..];
                var semicolon = one.IndexOf(';');
                var name = (semicolon < 0 ? one : one[..semicolon]).Trim();
                var quality = semicolon < 0 ? 1 : Quality(one[(semicolon + 1)..].Trim());
                if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
                    brotli = quality;
                else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase))
                    gzip = quality;
                else if (name is "*")
                    any = quality;
            }
        }
        brotli = brotli < 0 ? any : brotli;
        gzip = gzip < 0 ? any : gzip;
        if (brotli > 0 && brotli >= gzip)
            return "br";
        return gzip > 0 ? "gzip" : null;
    }

    /// <summary>The compressed form of a whole object.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> CompressAsync(
        EmbeddedObject source,
        string coding,
        CancellationToken cancellationToken
    )
    {
        var key = (source.ETag, coding);
        if (Find(key) is { } kept)
            return kept;
        // Two who ask at once both do the work: rare, and nobody waits for another's broken request.
        var body = Compress(await source.ReadAllAsync(cancellationToken), coding);
        Keep(key, body);
        return body;
    }

    private byte[]? Find((string ETag, string Coding) key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Body;
        }
    }

    private void Keep((string ETag, string Coding) key, byte[] body)
    {
        lock (_lock)
        {
            if (body.Length > capacity || _entries.ContainsKey(key))
                return;
            _entries.Add(key, _byUse.AddFirst(new Entry(key, body)));
            _size += body.Length;
            while (_size > capacity)
            {
                var oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _entries.Remove(oldest.Key);
                _size -= oldest.Body.Length;
            }
        }
    }

    /// <summary>What is no weight is taken for a refusal: the body as it is can always be read.</summary>
    private static double Quality(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
        && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
            ? quality
            : 0;

    /// <summary>A whole body, without keeping it.</summary>
    public static byte[] Compress(byte[] body, string coding)
    {
        if (coding == "gzip")
        {
            using var compressed = new MemoryStream(body.Length / 4);
            using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
                gzip.Write(body);
            return compressed.ToArray();
        }
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(body, buffer, out var written, BrotliQuality, BrotliWindow))
                throw new InvalidOperationException("Brotli needed more than its own bound.");
            return buffer.AsSpan(0, written).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Entry((string ETag, string Coding) Key, byte[] Body);
}
