using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Spillway.Storage;

/// <summary>The quoted MD5 of a body, which is what S3 gives for a simple PUT. It tells versions apart; it protects nothing.</summary>
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "S3's ETag is an MD5.")]
internal static class EmbeddedETag
{
    public static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(body, hash);
        return Quote(hash);
    }

    public static string Of(SafeFileHandle handle)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long at = 0;
            for (int read; (read = RandomAccess.Read(handle, buffer, at)) > 0; at += read)
                md5.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return Quote(md5.GetHashAndReset());
    }

    private static string Quote(ReadOnlySpan<byte> hash) => $"\"{Convert.ToHexStringLower(hash)}\"";
}
