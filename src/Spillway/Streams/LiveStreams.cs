using System.Threading.Channels;
using Spillway.Sources;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>All live streams of this server, each with its own source and pipeline; one that fails does not touch the others.</summary>
internal sealed partial class LiveStreams(
    IReadOnlyDictionary<string, LiveStream> streams,
    string defaultName,
    SourceFactory sources,
    PlayerPages pages,
    IObjectStore store,
    TimeProvider time,
    ILoggerFactory loggers
) : BackgroundService
{
    /// <summary>Segments read ahead of the pipeline; beyond it the source waits.</summary>
    private const int ReadAhead = 8;

    private readonly ILogger _logger = loggers.CreateLogger<LiveStreams>();

    public IReadOnlyCollection<LiveStream> All => [.. streams.Values];

    /// <summary>What <c>/health</c> and the old addresses speak of.</summary>
    public LiveStream Default => streams[defaultName];

    /// <summary>Said of a name that none of them has.</summary>
    public string NoSuch =>
        $"There is no live stream of that name here; there is: {string.Join(", ", streams.Values.Select(static s => s.Name))}.";

    public LiveStream? Find(string name) => streams.GetValueOrDefault(name);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([
            PublishPagesAsync(stoppingToken),
            .. streams.Values.Select(stream => SuperviseAsync(stream, stoppingToken)),
        ]);

    /// <summary>Ends the program's work with a stream only when the program stops, or another writer has taken it over.</summary>
    private async Task SuperviseAsync(LiveStream stream, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var events = Channel.CreateBounded<SourceEvent>(new BoundedChannelOptions(ReadAhead) { SingleReader = true });
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var source = sources.Create(stream.Name, stream.Options);
            var following = source.RunAsync(events.Writer, stop.Token);
            var publishing = stream.RunAsync(events.Reader, stop.Token);
            try
            {
                await await Task.WhenAny(following, publishing);
                if (stream.Status.Superseded is not null)
                    return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception exception)
            {
                Log.Failed(_logger, stream.Name, exception);
            }
            finally
            {
                await stop.CancelAsync();
                await Task.WhenAll(following, publishing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (!stopping.IsCancellationRequested)
                await Task.Delay(TimeSpan.FromSeconds(1), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PublishPagesAsync(CancellationToken stopping)
    {
        // A waiting instance stores nothing; it may be of another version than the writer.
        while (streams.Values.All(static stream => stream.StandsBy))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
        }
        for (var wait = TimeSpan.FromSeconds(1); ; wait = wait < TimeSpan.FromSeconds(30) ? wait * 2 : wait)
        {
            var fault = await pages.PublishAsync(store, stopping);
            if (fault is null)
                return;
            Log.PageNotPublished(_logger, fault.Message, fault.Remedy);
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Stream}: its pipeline failed and starts again; this is a defect of Spillway")]
        public static partial void Failed(ILogger logger, string stream, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The player page could not be stored and is tried again: {Cause} {Remedy}")]
        public static partial void PageNotPublished(ILogger logger, string cause, string remedy);
    }
}
