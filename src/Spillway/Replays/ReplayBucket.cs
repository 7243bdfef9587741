using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>A stream's replays as whoever is not the writer reads them: from the store itself, never through the edge.</summary>
internal sealed class ReplayBucket(string stream, ReadObject read)
{
    public string Stream => stream;

    /// <summary>The embedded store is read as the folder it is: the server that holds it may run meanwhile.</summary>
    public static ReadObject ReaderOf(SpillwayOptions options, TimeProvider time, out IDisposable? owned)
    {
        owned = null;
        if (options.Storage.Bucket.Length == 0)
            return (key, cancellationToken) => ReadFileAsync(EmbeddedFolders.ObjectsOf(options.Data), key, cancellationToken);
        var store = new S3ObjectStore(options.Storage, time);
        owned = store;
        return store.Reader(time);
    }

    /// <exception cref="ReplayException">It is no such list.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<IReadOnlyList<ReplayEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var key = StreamKeys.Replays(stream);
        if (await read(key, cancellationToken) is not { } stored)
            return [];
        return ReplaysDocument.Parse(stored.Body.Span)?.Replays
            ?? throw new ReplayException($"{key} is not what Spillway has written: repair or remove it.");
    }

    /// <summary>The replay of a broadcast, or who has asked learns which there are.</summary>
    /// <exception cref="ReplayException">There is none.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<ReplayEntry> FindAsync(string broadcast, CancellationToken cancellationToken)
    {
        var list = await ListAsync(cancellationToken);
        return list.FirstOrDefault(entry => entry.Broadcast == broadcast)
            ?? throw new ReplayException(ReplayText.NoSuch(stream, broadcast, list));
    }

    /// <summary>Whole objects by their keys; one that is gone is an error.</summary>
    /// <exception cref="ReplayException">It is not there.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(string key, CancellationToken cancellationToken) =>
        await read(key, cancellationToken) is { } stored
            ? stored.Body
            : throw new ReplayException($"{key} is listed, but it is not in the store: has somebody deleted it?");

    private static async Task<StoredObject?> ReadFileAsync(string folder, string key, CancellationToken cancellationToken)
    {
        if (ObjectKey.Problem(key) is not null)
            return null;
        var path = Path.Combine(folder, key);
        try
        {
            if (!File.Exists(path))
                return null;
            var body = await File.ReadAllBytesAsync(path, cancellationToken);
            return new StoredObject(body, "", new DateTimeOffset(File.GetLastWriteTimeUtc(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(EmbeddedFault.Of(exception, folder));
        }
    }
}

/// <summary>What the operator asked for cannot be done; the message says why and what can be.</summary>
internal sealed class ReplayException(string message) : Exception(message);
