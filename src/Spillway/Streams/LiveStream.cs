using System.Threading.Channels;
using Spillway.Configuration;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// One live stream's pipeline: takes segments from its source, numbers, stores, lists and publishes them. Nothing else
/// writes the stream's objects. What it knows from one run to the next it reads from the bucket.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    private readonly StreamParts _parts;
    private StreamRun? _run;
    private LiveStreamStatus _idle = new();

    public LiveStream(
        string name,
        StreamOptions options,
        IObjectStore store,
        bool conditional,
        PlayerSettings playerSettings,
        TimeProvider time,
        ILogger<LiveStream> logger,
        SlateMaker? slates = null,
        Spool? spool = null
    )
    {
        // Without one, as in tests, what waits does so in memory.
        spool ??= new Spool(ByteSize.OfMegabytes(64), default, null, time, logger);
        var uploader = new SegmentUploader(name, store, spool, time, logger);
        _parts = new StreamParts(name, options, store, conditional, playerSettings, uploader, slates, time, logger);
    }

    public string Name => _parts.Name;

    public StreamOptions Options => _parts.Options;

    public SegmentUploader Uploads => _parts.Uploader;

    /// <summary>How long its publications took.</summary>
    public PublishingFigures Publishing => _parts.Publishing;

    public LiveStreamStatus Status => Volatile.Read(ref _run)?.Status ?? Volatile.Read(ref _idle);

    /// <summary>The broadcast whose playlists the origin shows; null before the first.</summary>
    public Broadcast? OnAir => Volatile.Read(ref _run)?.OnAir;

    /// <summary>Its multivariant playlist as the store has acknowledged it; null before the first.</summary>
    public AcknowledgedVersion? Multivariant => Volatile.Read(ref _run)?.Multivariant;

    /// <summary>Puts the slate on air by hand, or takes it off.</summary>
    public Task<SlateAnswer> SetSlateAsync(bool on) =>
        Volatile.Read(ref _run)?.SetSlateAsync(on)
        ?? Task.FromResult(new SlateAnswer(Status, false, $"Nothing is on air on {Name}."));

    /// <summary>Runs until stopped, or until another writer takes the stream over.</summary>
    public async Task RunAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        Volatile.Write(ref _run, null);
        var history = await RecoverAsync(stopping);
        using var abort = new CancellationTokenSource();
        var current = new StreamRun(_parts, history, abort.Token);
        Volatile.Write(ref _run, current);
        try
        {
            await current.RunAsync(source, stopping);
        }
        catch (SupersededException exception)
        {
            StreamLog.Superseded(_parts.Logger, Name, exception.Message);
            current.Yield(exception.Message);
        }
        finally
        {
            await abort.CancelAsync();
            await current.EndedAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _parts.Uploader.Dispose();

    /// <summary>Reads from the bucket where the stream stands; a store that is away is waited for.</summary>
    private async Task<StreamHistory> RecoverAsync(CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await StreamHistory.ReadAsync(_parts.Store.Reader(_parts.Time), _parts.Name, stopping);
            }
            catch (ObjectStoreException exception)
            {
                StreamLog.StoreAway(_parts.Logger, _parts.Name, exception.Fault.Message, exception.Fault.Remedy);
                Volatile.Write(ref _idle, new LiveStreamStatus { StoreFault = exception.Message });
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, 1 << Math.Min(attempt, 4))), _parts.Time, stopping);
            }
        }
    }
}
