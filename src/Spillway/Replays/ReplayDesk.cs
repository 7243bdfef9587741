using System.Net;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>Deletes a replay from the command line: asks the Spillway that runs here, and where none does, changes the list itself.</summary>
internal sealed class ReplayDesk(SpillwayOptions options, string stream, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <returns>What was done, in words.</returns>
    /// <exception cref="ReplayException">It was not done; with the reason.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    /// <exception cref="SecretFileException">The token's file cannot be read.</exception>
    public async Task<string> DeleteAsync(string broadcast, CancellationToken cancellationToken)
    {
        if (await AskWriterAsync(broadcast, cancellationToken))
            return $"{broadcast} is no longer listed: the running Spillway has taken it off the list. Its next sweep deletes its objects.";
        IObjectStore store;
        try
        {
            store = Server.OpenStore(options, time);
        }
        catch (DataFolderInUseException exception)
        {
            throw new ReplayException(
                $"{exception.Message} It did not answer on port {options.Server.Port}: give its --port and --config."
            );
        }
        using var disposable = store as IDisposable;
        await DeleteAsync(store, stream, broadcast, time, cancellationToken);
        return $"{broadcast} is no longer listed. The next sweep deletes its objects.";
    }

    /// <summary>
    /// Without a running writer. The list is written with a lower epoch than it had: a writer that runs elsewhere all the same is
    /// not driven from its place by it, but finds that its list was changed.
    /// </summary>
    /// <exception cref="ReplayException">It was not done; with the reason.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task DeleteAsync(
        IObjectStore store,
        string stream,
        string broadcast,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var key = StreamKeys.Replays(stream);
        var stored = await store.Reader(time)(key, cancellationToken);
        var document = stored is null ? null : ReplaysDocument.Parse(stored.Body.Span);
        if (stored is not null && document is null)
            throw new ReplayException($"{key} is not what Spillway has written: repair or remove it.");
        if (document?.Replays.FirstOrDefault(entry => entry.Broadcast == broadcast) is not { } entry)
            throw new ReplayException(ReplayText.NoSuch(stream, broadcast, document?.Replays ?? []));
        if (entry.OnAir)
            throw new ReplayException($"{broadcast} is on air: it can be deleted once it has ended.");
        var without = document with
        {
            Epoch = Math.Max(0, document.Epoch - 1),
            Revision = document.Revision + 1,
            Replays = [.. document.Replays.Where(other => other != entry)],
        };
        var condition = stored!.ETag.Length > 0 ? PutCondition.Matches(stored.ETag) : PutCondition.None;
        var result = await store.PutWithinAsync(
            Patience,
            time,
            key,
            without.ToJson(),
            StreamKeys.ReplaysHeaders,
            condition,
            cancellationToken
        );
        if (result.Status == PutStatus.PreconditionFailed)
            throw new ReplayException($"{key} was changed at the same moment, by a Spillway that runs elsewhere: try again.");
        if (result.Status != PutStatus.Stored)
            throw new ObjectStoreException(
                result.Fault ?? new StoreFault(StoreFaultKind.Other, $"{key} was not stored.", "Try again.")
            );
    }

    /// <returns>False when nothing runs here.</returns>
    private async Task<bool> AskWriterAsync(string broadcast, CancellationToken cancellationToken)
    {
        using var running = new RunningInstance(options, Patience);
        var path = $"/api/v1/streams/{stream}/replays/{Uri.EscapeDataString(broadcast)}";
        return await running.AskAsync(HttpMethod.Delete, path, cancellationToken) switch
        {
            null => false,
            { Status: HttpStatusCode.OK } => true,
            { Status: HttpStatusCode.Unauthorized } => throw new ReplayException(
                $"What runs on port {options.Server.Port} does not take this Admin:Token: give the --port, --data and --config of the server."
            ),
            var refused => throw new ReplayException(refused.Words),
        };
    }
}
