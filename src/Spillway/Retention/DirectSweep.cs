using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// A sweep with no Spillway running here. It deletes as the writer: with the lease, which it gets only where no other machine writes the
/// stream. With <c>Storage:SingleWriter</c> there is none, and it deletes only where nothing is on air.
/// </summary>
internal sealed class DirectSweep(SpillwayOptions options) : IDisposable
{
    private readonly InstanceId _instance = InstanceId.Open(options.Data);
    private IObjectStore? _store;

    public async Task<SweepAnswer> SweepAsync(string stream, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            _store ??= Server.OpenStore(options, TimeProvider.System);
            if (dryRun)
                // Nothing is written, so that any epoch will do.
                return await SweepAsync(stream, long.MaxValue, static _ => Task.FromResult(false), dryRun, cancellationToken);
            return options.Storage.SingleWriter
                ? await SweepAloneAsync(stream, cancellationToken)
                : await SweepLeasedAsync(stream, cancellationToken);
        }
        catch (DataFolderInUseException exception)
        {
            return new(
                null,
                $"The data folder '{exception.Folder}' is in use by a Spillway that does not answer at port {options.Server.Port}. "
                    + "Only that one can sweep it: give its --port, or stop it."
            );
        }
        catch (ObjectStoreException exception)
        {
            return new(null, exception.Message);
        }
    }

    public void Dispose()
    {
        _instance.Dispose();
        (_store as IDisposable)?.Dispose();
    }

    private async Task<SweepAnswer> SweepLeasedAsync(string stream, CancellationToken cancellationToken)
    {
        var lease = new Lease(_store!, stream, _instance.Value, TimeProvider.System, NullLogger.Instance);
        await using var borrowed = await BorrowedPlace.TakeAsync(lease, cancellationToken);
        return borrowed is null
            ? new(null, $"Instance {lease.Report.Writer} writes {stream}. It sweeps by itself: run this command where it runs.")
            : await SweepAsync(stream, borrowed.Place.Epoch, borrowed.Place.ConfirmAsync, dryRun: false, cancellationToken);
    }

    /// <summary>Whether another machine writes the stream, its playlists tell, and one that starts meanwhile writes player.json first.</summary>
    private async Task<SweepAnswer> SweepAloneAsync(string stream, CancellationToken cancellationToken)
    {
        var read = _store!.Reader(TimeProvider.System);
        var player = await read(StreamKeys.Player(stream), cancellationToken);
        var multivariant = await read(StreamKeys.Multivariant(stream), cancellationToken);
        if (await IsOnAirAsync(read, stream, multivariant, cancellationToken))
            return new(
                null,
                $"{stream} is on air, or its writer died on air. Its writer sweeps by itself: run this command where it runs. "
                    + "If none does, start it: it ends the broadcast. With --dry-run this says what would be deleted."
            );
        var memory = await read(StreamKeys.Sweep(stream), cancellationToken);
        return await SweepAsync(
            stream,
            new[] { player, multivariant, memory }.Max(EpochOf),
            async token => (await read(StreamKeys.Player(stream), token))?.ETag == player?.ETag,
            dryRun: false,
            cancellationToken
        );
    }

    private async Task<SweepAnswer> SweepAsync(
        string stream,
        long epoch,
        Func<CancellationToken, Task<bool>> stillMine,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var sweep = new Sweep(
            new SweepParts
            {
                Store = _store!,
                Stream = stream,
                Epoch = epoch,
                Conditional = !options.Storage.SingleWriter,
                StillMine = stillMine,
                // Which ones the last writer used is not known here.
                WhileSlatesRest = static (act, _) => act(static _ => true),
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            }
        );
        return new(await sweep.RunAsync(dryRun, cancellationToken), null);
    }

    /// <summary>A media playlist that has not ended, or that cannot be read.</summary>
    private static async Task<bool> IsOnAirAsync(
        ReadObject read,
        string stream,
        StoredObject? multivariant,
        CancellationToken cancellationToken
    )
    {
        if (multivariant is null || PlaylistParser.Parse(multivariant.Body.Span).Multivariant is not { } playlist)
            return false;
        foreach (var variant in playlist.Variants)
        {
            var key = $"{stream}/{variant.Uri}";
            if (SweepKey.Parse(stream, key).Kind != SweepKind.LivePlaylist)
                continue;
            var media = await read(key, cancellationToken);
            if (media is not null && PlaylistParser.Parse(media.Body.Span).Media is not { Ended: true })
                return true;
        }
        return false;
    }

    private static long EpochOf(StoredObject? stored) => stored is null ? 0 : StampReader.Read(stored.Body.Span)?.Epoch ?? 0;
}
