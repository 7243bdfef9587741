using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>
/// Opens AES-128 segments (<see href="https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis#section-4.4.4.4">4.4.4.4</see>)
/// of one rendition: AES in CBC mode over the whole segment, padded as PKCS7. Keys are read where the source may point, and kept as
/// long as they open what they should, since a source may overwrite them in place.
/// </summary>
internal sealed class SegmentKeys(Upstreams upstreams)
{
    public const string Method = "AES-128";

    private const int KeyLength = 16;
    private const int BlockLength = 16;
    private const int Capacity = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, byte[]> _keys = [];
    private readonly Queue<Uri> _order = new();

    /// <summary>Why a segment, or its initialization section, can never be opened; null when it may.</summary>
    public static string? Refusal(MediaSegment segment) =>
        Refusal(segment.Key)
        ?? Refusal(segment.Map?.Key)
        ?? (
            segment.Map?.Key is { Iv: null }
                ? "its initialization section is encrypted without an IV, which EXT-X-MAP needs"
                : null
        );

    private static string? Refusal(EncryptionKey? key) =>
        key switch
        {
            null => null,
            { Method: not Method } =>
                $"its segments are encrypted with METHOD={Shown(key.Method)}, and only {Method} can be opened",
            { Format: { } format } => $"its key is of the format {Shown(format)}, and only files of 16 bytes can be used",
            { Uri: null or "" } => "its EXT-X-KEY has no URI",
            { Iv: { } iv } when Parse(iv) is null => "the IV of its EXT-X-KEY is not 0x and up to 32 hexadecimal digits",
            _ => null,
        };

    /// <summary>Opens what <see cref="Refusal(MediaSegment)"/> has nothing against.</summary>
    public async Task<Opened> OpenAsync(
        ListedSegment listed,
        EncryptionKey key,
        ReadOnlyMemory<byte> bytes,
        TimeSpan timeout,
        CancellationToken ct
    )
    {
        if (bytes.Length % BlockLength != 0)
            return new Opened(default, "it stops in the middle of an encrypted block");
        if (upstreams.Resolve(listed.Playlist, key.Uri!) is not { } location)
            return new Opened(
                default,
                "its key lies where the source may not point",
                "Use a relative or http(s) URI in EXT-X-KEY"
            );
        byte[]? known;
        lock (_gate)
            _keys.TryGetValue(location, out known);
        if (known is null)
        {
            var read = await upstreams.For(location).ReadKeyAsync(location, timeout, ct);
            if (!read.IsWhole)
                return new Opened(
                    default,
                    $"its key cannot be read: {read.Reason}",
                    "Check that the source's keys can be reached"
                );
            if (read.Bytes.Length != KeyLength)
            {
                return new Opened(
                    default,
                    $"its key {Upstreams.Show(location)} has {read.Bytes.Length} bytes instead of {KeyLength}",
                    "EXT-X-KEY must give the bare key, not a page or a text"
                );
            }
            Keep(location, known = read.Bytes.ToArray());
        }
        if (Open(known, Vector(listed, key), bytes.Span) is { } clear)
            return new Opened(clear);
        Forget(location);
        return new Opened(
            default,
            "it cannot be decrypted: it is not whole, or its key or IV is a wrong one",
            "Check that EXT-X-KEY names the key and the IV that the segments were encrypted with"
        );
    }

    /// <summary>What came out is no media: the next attempt reads the key again.</summary>
    public void Doubt(ListedSegment listed, EncryptionKey key)
    {
        if (upstreams.Resolve(listed.Playlist, key.Uri!) is { } location)
            Forget(location);
    }

    private void Keep(Uri location, byte[] key)
    {
        lock (_gate)
        {
            if (_keys.TryAdd(location, key))
                _order.Enqueue(location);
            while (_order.Count > Capacity)
                _keys.Remove(_order.Dequeue());
        }
    }

    private void Forget(Uri location)
    {
        lock (_gate)
            _keys.Remove(location);
    }

    /// <summary>Null when the padding is none.</summary>
    private static byte[]? Open(byte[] key, byte[] vector, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        using var aes = Aes.Create();
        aes.Key = key;
        var clear = aes.DecryptCbc(bytes, vector, PaddingMode.None);
        var padding = clear[^1];
        if (padding is 0 or > BlockLength || clear.AsSpan(clear.Length - padding).ContainsAnyExcept(padding))
            return null;
        return clear[..^padding];
    }

    private static byte[] Vector(ListedSegment listed, EncryptionKey key)
    {
        if (key.Iv is { } iv && Parse(iv) is { } vector)
            return vector;
        vector = new byte[BlockLength];
        BinaryPrimitives.WriteInt64BigEndian(vector.AsSpan(BlockLength - sizeof(long)), listed.DeclaredSequence);
        return vector;
    }

    private static byte[]? Parse(string iv)
    {
        if (
            !iv.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            || iv.Length is < 3 or > 2 + 2 * BlockLength
            || !UInt128.TryParse(iv.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
        )
            return null;
        var vector = new byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(vector, number);
        return vector;
    }

    /// <summary>Untrusted text for a message.</summary>
    private static string Shown(string text) =>
        string.Concat(text.Take(60).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':' ? c : '?'));
}

/// <param name="Reason">Why there are no bytes; null when there are.</param>
/// <param name="Remedy">What the operator can do, when it stays so.</param>
internal readonly record struct Opened(ReadOnlyMemory<byte> Bytes, string? Reason = null, string? Remedy = null);
