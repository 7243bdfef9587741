using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Spillway.Storage;

/// <summary>
/// A bucket in a folder, for running with no setting at all. One process holds it. It keeps S3's promises: whole objects only,
/// conditions, ETags, headers, and a read after an acknowledged write sees it. <see cref="StorageOptions.Prefix"/> does not apply.
/// </summary>
internal sealed class EmbeddedObjectStore : IObjectStore, IDisposable
{
    /// <summary>Beyond this many the remembered ETags are dropped and worked out anew when asked for.</summary>
    private const int MaxRemembered = 16_384;

    private static readonly EnumerationOptions WholeTree = new()
    {
        RecurseSubdirectories = true,
        // Links would lead out of the folder. Names that begin with a dot are names like any other.
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private readonly EmbeddedFolders _folders;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Lock[] _keyLocks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    /// <param name="dataFolder">The <c>Data</c> setting.</param>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public EmbeddedObjectStore(string dataFolder, TimeProvider time)
    {
        _folders = new EmbeddedFolders(dataFolder);
        _time = time;
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Writes, reads and deletes a small object.</summary>
    /// <returns>What is wrong, or null.</returns>
    public Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) =>
        StoreProbe.RunAsync(this, singleWriter: false, TimeSpan.Zero, _time, cancellationToken);

    public async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        ObjectKey.Check(key);
        ObjectKey.Check(headers);
        var temporary = _folders.NewTemporary();
        var temporaryHeaders = headers == DefaultHeaders.Of(key) ? null : temporary + ".headers";
        try
        {
            await WriteAsync(temporary, body, cancellationToken);
            if (temporaryHeaders is not null)
                await File.WriteAllLinesAsync(temporaryHeaders, [headers.ContentType, headers.CacheControl], cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return Commit(key, temporary, temporaryHeaders, new Known(EmbeddedETag.Of(body.Span), headers), condition);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return EmbeddedFault.OfPut(exception, _folders.Objects);
        }
        finally
        {
            File.Delete(temporary);
            if (temporaryHeaders is not null)
                File.Delete(temporaryHeaders);
        }
    }

    public async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var found = TryOpen(key);
            if (found is null)
                return new GetResult(GetStatus.Missing, null, null);
            var body = await found.ReadAllAsync(cancellationToken);
            return new GetResult(GetStatus.Found, new StoredObject(body, found.ETag, found.LastModified), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new GetResult(GetStatus.Unknown, null, EmbeddedFault.Of(exception, _folders.Objects));
        }
    }

    /// <summary>Opens the present version for reading; null when there is none, or the key is no key.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public EmbeddedObject? TryOpen(string key)
    {
        if (ObjectKey.Problem(key) is not null)
            return null;
        var path = PathOf(key);
        lock (LockOf(key))
        {
            if (!File.Exists(path))
                return null;
            var handle = File.OpenHandle(path, options: FileOptions.Asynchronous, share: FileShare.ReadWrite | FileShare.Delete);
            try
            {
                var known = Look(key, handle);
                var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(handle));
                return new EmbeddedObject(handle, RandomAccess.GetLength(handle), known.ETag, known.Headers, modified);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in await Task.Run(() => List(prefix, cancellationToken), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            ObjectKey.Check(key);
        return Task.Run(() => Delete(keys, cancellationToken), cancellationToken);
    }

    public void Dispose() => _folders.Dispose();

    private async Task WriteAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.Asynchronous);
        await RandomAccess.WriteAsync(handle, body, 0, cancellationToken);
        // Acknowledged means that it is there after a power cut too.
        RandomAccess.FlushToDisk(handle);
        File.SetLastWriteTimeUtc(handle, _time.GetUtcNow().UtcDateTime);
    }

    /// <summary>
    /// The condition and the renames, as one step for everybody who reads or writes this key. The body comes first: a crash
    /// between the two leaves a new body, never acknowledged, with headers that were right for its key a moment ago.
    /// </summary>
    private PutResult Commit(string key, string temporary, string? temporaryHeaders, Known known, PutCondition condition)
    {
        var path = PathOf(key);
        lock (LockOf(key))
        {
            if ((condition.IfNoneMatch || condition.IfMatch is not null) && !Holds(key, path, condition))
                return EmbeddedFault.ConditionWasFalse(key);
            if (_folders.Blocks(key) is { } other)
                return EmbeddedFault.KeyInTheWay(key, other);
            _known.TryRemove(key, out _);
            _folders.Publish(temporary, path);
            if (temporaryHeaders is null)
                _folders.Remove(HeadersPathOf(key), _folders.Headers);
            else
                _folders.Publish(temporaryHeaders, HeadersPathOf(key));
            Remember(key, known);
            return new PutResult(PutStatus.Stored, known.ETag, null);
        }
    }

    private bool Holds(string key, string path, PutCondition condition)
    {
        if (!File.Exists(path))
            return condition.IfNoneMatch;
        if (condition.IfNoneMatch)
            return false;
        using var handle = File.OpenHandle(path);
        return string.Equals(Look(key, handle).ETag, condition.IfMatch, StringComparison.Ordinal);
    }

    private List<ObjectEntry> List(string prefix, CancellationToken cancellationToken)
    {
        var entries = new List<ObjectEntry>();
        // Only the folder that the prefix names can hold such keys; a prefix no key can have names none.
        var slash = prefix.LastIndexOf('/');
        var folder = slash < 0 ? "" : prefix[..slash];
        if (folder.Length > 0 && ObjectKey.Problem(folder) is not null)
            return entries;
        var top = new DirectoryInfo(Path.Combine(_folders.Objects, folder));
        try
        {
            if (!top.Exists)
                return entries;
            foreach (var file in top.EnumerateFiles("*", WholeTree))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var key = Path.GetRelativePath(_folders.Objects, file.FullName);
                // A file that went since the folder was read is not there: its size cannot be asked for.
                if (key.StartsWith(prefix, StringComparison.Ordinal) && file.Exists)
                    entries.Add(new ObjectEntry(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(EmbeddedFault.Of(exception, _folders.Objects));
        }
        entries.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return entries;
    }

    private void Delete(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var key in keys)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lock (LockOf(key))
                {
                    _folders.Remove(PathOf(key), _folders.Objects);
                    _folders.Remove(HeadersPathOf(key), _folders.Headers);
                    _known.TryRemove(key, out _);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(EmbeddedFault.Of(exception, _folders.Objects));
        }
    }

    /// <summary>ETag and headers of the file that is at the key now; the caller has the key's lock.</summary>
    private Known Look(string key, SafeFileHandle handle)
    {
        if (_known.TryGetValue(key, out var known))
            return known;
        known = new Known(EmbeddedETag.Of(handle), ReadHeaders(key));
        Remember(key, known);
        return known;
    }

    private ObjectHeaders ReadHeaders(string key)
    {
        var path = HeadersPathOf(key);
        return File.Exists(path) && File.ReadAllLines(path) is [var contentType, var cacheControl]
            ? new ObjectHeaders(contentType, cacheControl)
            : DefaultHeaders.Of(key);
    }

    private void Remember(string key, Known known)
    {
        if (_known.Count >= MaxRemembered)
            _known.Clear();
        _known[key] = known;
    }

    private string PathOf(string key) => Path.Combine(_folders.Objects, key);

    private string HeadersPathOf(string key) => Path.Combine(_folders.Headers, key);

    private Lock LockOf(string key) =>
        _keyLocks[(uint)string.GetHashCode(key, StringComparison.Ordinal) % (uint)_keyLocks.Length];

    private sealed record Known(string ETag, ObjectHeaders Headers);
}
