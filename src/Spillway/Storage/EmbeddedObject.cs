using Microsoft.Win32.SafeHandles;

namespace Spillway.Storage;

/// <summary>
/// One version of an object, open for reading. Its file stays as it was opened when the key is overwritten or deleted, so a
/// reader sees one version from its first byte to its last.
/// </summary>
/// <param name="Handle">The body: the whole file.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">Quoted MD5 of the body, as S3 has it.</param>
internal sealed record EmbeddedObject(
    SafeFileHandle Handle,
    long Length,
    string ETag,
    ObjectHeaders Headers,
    DateTimeOffset LastModified
) : IDisposable
{
    /// <summary>Reads all of it into memory.</summary>
    /// <exception cref="EndOfStreamException">Somebody else cut the file.</exception>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellationToken)
    {
        var body = new byte[Length];
        for (var at = 0; at < body.Length; )
        {
            var read = await RandomAccess.ReadAsync(Handle, body.AsMemory(at), at, cancellationToken);
            if (read == 0)
                throw new EndOfStreamException($"The file ended at byte {at} of {Length}.");
            at += read;
        }
        return body;
    }

    public void Dispose() => Handle.Dispose();
}
