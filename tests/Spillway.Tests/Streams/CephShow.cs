using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.TestSupport;
using Spillway.Timeline;

namespace Spillway.Tests.Streams;

/// <summary>
/// A live stream in real time whose store is Ceph's gateway behind a line that can be made bad, and a witness that looks at
/// the store itself.
/// </summary>
internal sealed class CephShow : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<SourceEvent> _source = Channel.CreateBounded<SourceEvent>(8);
    private readonly S3ObjectStore _store;
    private readonly Spool _spool;
    private readonly Task _running;
    private readonly Show _show;
    private int _sent;

    private CephShow(CephBucket bucket, FaultProxy proxy, S3ObjectStore store, Show show, ByteSize memory, string? data)
    {
        (Bucket, Proxy, _store, _show) = (bucket, proxy, store, show);
        _spool = new Spool(memory, ByteSize.OfMegabytes(500), data, TimeProvider.System, NullLogger.Instance);
        Stream = new LiveStream(
            "live",
            new StreamOptions { Source = "by hand", Replay = { Count = 3 } },
            store,
            conditional: true,
            new PlayerSettings(static _ => ["ws://127.0.0.1/tracker/live"], [], static key => key),
            TimeProvider.System,
            NullLogger<LiveStream>.Instance,
            spool: _spool
        );
        _running = Stream.RunAsync(_source.Reader, _stop.Token);
        Witness = new StoreWitness(bucket.PublicUrl);
    }

    public CephBucket Bucket { get; }
    public FaultProxy Proxy { get; }
    public LiveStream Stream { get; }
    public StoreWitness Witness { get; }

    /// <summary>Numbers of what was sent, to be compared with what is listed.</summary>
    public IEnumerable<long> Sent => Enumerable.Range(0, _sent).Select(static i => 1_000_000L + i);

    /// <summary>Bytes a second, on average.</summary>
    public double Rate => _show.Bytes.Average(static bytes => bytes.Length);

    public static async Task<CephShow> StartAsync(CephCluster ceph, ByteSize? memory = null, string? data = null)
    {
        var bucket = await ceph.CreateBucketAsync();
        var proxy = await FaultProxy.StartAsync(ceph.Endpoint);
        proxy.StrictAsR2 = proxy.OneWriteASecondAKey = true;
        var store = new S3ObjectStore(ceph.Storage(bucket, through: proxy.Address), TimeProvider.System);
        var show = new CephShow(
            bucket,
            proxy,
            store,
            await Show.GetAsync(Show.Fragments),
            memory ?? ByteSize.OfMegabytes(64),
            data
        );
        await show.SendAsync(new RenditionsFound([Made.Rendition("0", target: 1)]));
        for (var i = 0; i < 3; i++)
            await show.SendSegmentAsync();
        await Until.TrueAsync(() => show.Stream.Status.State == "live", () => $"on air: {show.Stream.Status}");
        show.Witness.Start();
        return show;
    }

    /// <summary>So many segments of a second, at the pace of their media.</summary>
    public async Task PlayAsync(int count)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < count; i++)
        {
            await SendSegmentAsync();
            await second.WaitForNextTickAsync();
        }
    }

    /// <summary>Plays on while something is done to the store.</summary>
    public async Task PlayWhileAsync(Task work)
    {
        do await PlayAsync(1);
        while (!work.IsCompleted);
        await work;
    }

    /// <summary>Plays until the stream says of its store what has these words.</summary>
    public Task PlayUntilFaultAsync(string words) =>
        Until.TrueAsync(
            async () =>
            {
                await PlayAsync(1);
                return Stream.Status.StoreFault?.Contains(words, StringComparison.Ordinal) == true;
            },
            () => $"the store's fault is \"{words}\": {Stream.Status.StoreFault}"
        );

    /// <summary>Plays until the last that was sent before is listed, as the witness sees it: a source that is silent is filled.</summary>
    public async Task PlayUntilListedAsync(int atMost = 60)
    {
        var last = Sent.Last();
        for (var i = 0; i < atMost && !Witness.Listed.ContainsKey(last); i++)
            await PlayAsync(1);
        Assert.True(
            Witness.Listed.ContainsKey(last),
            $"{last} is listed; {Witness.Listed.Keys.DefaultIfEmpty().Max()} is the last: {Stream.Status}"
        );
    }

    /// <summary>All that had been listed is what was sent, without a gap, up to the last one listed.</summary>
    /// <param name="goneUpTo">Up to this number what was stored may be gone with its bucket.</param>
    public void AssertNothingLost(long goneUpTo = 0)
    {
        Assert.Empty(Witness.Lies);
        var end = Witness.Listed.Keys.Max();
        Assert.DoesNotContain(Witness.Listed.Values, static segment => segment.Gap);
        var missing = Sent.TakeWhile(number => number <= end)
            .Where(number => number > goneUpTo)
            .Except(Witness.Listed.Keys)
            .ToList();
        Assert.True(missing.Count == 0, $"{string.Join(' ', missing)} were never listed: {Witness.Story}");
        Assert.Equal(0, Stream.Status.Gaps);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Witness.DisposeAsync();
        Stream.Dispose();
        _spool.Dispose();
        _store.Dispose();
        await Proxy.DisposeAsync();
        _stop.Dispose();
    }

    private async Task SendSegmentAsync()
    {
        // The recording again and again: each time the encoder has started anew.
        await SendAsync(_show.Segment(_sent % _show.Bytes.Count, run: _sent / _show.Bytes.Count));
        _sent++;
    }

    private async Task SendAsync(SourceEvent next)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _source.Writer.WriteAsync(next, late.Token);
    }
}
