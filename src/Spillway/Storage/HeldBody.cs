using System.Security.Cryptography;

namespace Spillway.Storage;

/// <summary>Bytes that wait for the store, in memory or in a file of the spool. Disposed when they need not wait any more.</summary>
internal sealed class HeldBody : IDisposable
{
    private readonly SpoolShare _share;
    private readonly string? _file;
    private readonly byte[]? _digest;
    private ReadOnlyMemory<byte> _bytes;
    private int _isReleased;

    public HeldBody(SpoolShare share, ReadOnlyMemory<byte> bytes) => (_share, _bytes, Length) = (share, bytes, bytes.Length);

    /// <param name="share">Whose it is.</param>
    /// <param name="file">Path of the file that has the bytes.</param>
    /// <param name="length">How many.</param>
    /// <param name="digest">Their SHA-256: a key names it, and what the disk gives back may be something else.</param>
    public HeldBody(SpoolShare share, string file, int length, byte[] digest) =>
        (_share, _file, Length, _digest) = (share, file, length, digest);

    public int Length { get; }
    public bool IsOnDisk => _file is not null;

    /// <summary>The bytes; null when the file is gone or is not what was written: nobody has them any more.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
            return _bytes;
        try
        {
            var bytes = await File.ReadAllBytesAsync(_file, cancellationToken);
            var isWhole = bytes.Length == Length && SHA256.HashData(bytes).AsSpan().SequenceEqual(_digest);
            // The type is said: without it null would become no bytes, and those would be stored.
            return isWhole ? (ReadOnlyMemory<byte>?)bytes : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;
        _bytes = default;
        if (_file is not null)
            SpoolFolder.Delete(_file);
        _share.Release(this);
    }
}
