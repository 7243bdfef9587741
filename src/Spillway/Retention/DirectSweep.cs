using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// A sweep with no Spillway running here. It may delete only where nobody is on air: whether another machine writes the stream,
/// its playlists tell, and one that starts meanwhile writes player.json first.
/// </summary>
internal sealed class DirectSweep(SpillwayOptions options) : IDisposable
{
    private IObjectStore? _store;

    public async Task<SweepAnswer> SweepAsync(string stream, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            var store = _store ??= Server.OpenStore(options, TimeProvider.System);
            var read = store.Reader(TimeProvider.System);
            var player = await read(StreamKeys.Player(stream), cancellationToken);
            var multivariant = await read(StreamKeys.Multivariant(stream), cancellationToken);
            if (!dryRun && await IsOnAirAsync(read, stream, multivariant, cancellationToken))
                return new(
                    null,
                    $"{stream} is on air, or its writer died on air. Its writer sweeps by itself: run this command where it runs. "
                        + "If none does, start it: it ends the broadcast. With --dry-run this says what would be deleted."
                );
            var memory = await read(StreamKeys.Sweep(stream), cancellationToken);
            var sweep = new Sweep(
                new SweepParts
                {
                    Store = store,
                    Stream = stream,
                    Epoch = new[] { player, multivariant, memory }.Max(EpochOf),
                    Conditional = !options.Storage.SingleWriter,
                    StillMine = async token => (await read(StreamKeys.Player(stream), token))?.ETag == player?.ETag,
                    // Which ones the last writer used is not known here.
                    WhileSlatesRest = static (act, _) => act(static _ => true),
                    Time = TimeProvider.System,
                    Logger = NullLogger.Instance,
                }
            );
            return new(await sweep.RunAsync(dryRun, cancellationToken), null);
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

    public void Dispose() => (_store as IDisposable)?.Dispose();

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
