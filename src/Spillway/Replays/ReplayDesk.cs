using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
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
        using var instance = InstanceId.Open(options.Data);
        await DeleteAsync(store, instance.Value, broadcast, cancellationToken);
        return $"{broadcast} is no longer listed. The next sweep deletes its objects.";
    }

    /// <summary>Without a Spillway that runs here: as the writer, which nobody else may be.</summary>
    /// <exception cref="ReplayException">It was not done; with the reason.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task DeleteAsync(IObjectStore store, string instance, string broadcast, CancellationToken cancellationToken)
    {
        if (options.Storage.SingleWriter)
        {
            await DeleteAsync(store, new SoleWriter(0, store.Reader(time)), broadcast, cancellationToken);
            return;
        }
        var lease = new Lease(store, stream, instance, time, NullLogger.Instance);
        await using var borrowed =
            await BorrowedPlace.TakeAsync(lease, cancellationToken)
            ?? throw new ReplayException($"Instance {lease.Report.Writer} writes {stream}: run this command where it runs.");
        await DeleteAsync(store, borrowed.Place, broadcast, cancellationToken);
    }

    private async Task DeleteAsync(IObjectStore store, WriterPlace place, string broadcast, CancellationToken cancellationToken)
    {
        var key = StreamKeys.Replays(stream);
        var stored = await place.ReadAsync(key, cancellationToken);
        var document = stored is null ? null : ReplaysDocument.Parse(stored.Body.Span);
        if (stored is not null && document is null)
            throw new ReplayException($"{key} is not what Spillway has written: repair or remove it.");
        if (document?.Replays.FirstOrDefault(entry => entry.Broadcast == broadcast) is not { } entry)
            throw new ReplayException(ReplayText.NoSuch(stream, broadcast, document?.Replays ?? []));
        if (entry.OnAir)
            throw new ReplayException($"{broadcast} is on air: it can be deleted once it has ended.");
        // Without a lease the epoch stays: nobody is to be driven away by this.
        var epoch = Math.Max(document.Epoch, place.Epoch);
        var list = new MutableObject(store, key, epoch, !options.Storage.SingleWriter, time, NullLogger.Instance, place);
        list.Seen(stored);
        var without = document with { Replays = [.. document.Replays.Where(other => other != entry)] };
        var published = list.PublishAsync(
            stamp => (without with { Epoch = stamp.Epoch, Revision = stamp.Revision }).ToJson(),
            StreamKeys.ReplaysHeaders
        );
        list.Complete();
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await list.RunAsync(both.Token);
            await published;
        }
        catch (Exception exception) when (exception is SupersededException or OvertakenException)
        {
            throw new ReplayException($"{key} was changed at the same moment, by a Spillway that runs elsewhere: try again.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                list.Fault ?? new StoreFault(StoreFaultKind.Other, $"{key} was not stored.", "Try again.")
            );
        }
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
