using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;
using Spillway.TestSupport;
using Spillway.Timeline;

namespace Spillway.Tests.Streams;

/// <summary>A take-over by the real clock on a real S3 server, as strict as R2 about writes a second.</summary>
public sealed class TakeOverOnCephTests : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _proxies = [];
    private readonly List<IDisposable> _parts = [];
    private readonly List<(CancellationTokenSource Stop, Task Running, Channel<SourceEvent> Source)> _instances = [];
    private FaultProxy _line = null!;
    private S3ObjectStore _direct = null!;
    private LiveStream _first = null!;
    private LiveStream _second = null!;
    private int _next;

    public async ValueTask InitializeAsync()
    {
        var (options, _) = await CephBucketStore.CreateAsync();
        _direct = Open(options, new Uri(options.Endpoint));
        var strict = await ProxyAsync(new Uri(options.Endpoint));
        strict.StrictAsR2 = strict.OneWriteASecondAKey = true;
        _line = await ProxyAsync(strict.Address);
        _first = Start(Open(options, _line.Address));
        await Until.TrueAsync(() => _first.Writer!.Writes, "the first one writes");
        _second = Start(Open(options, strict.Address));
        await Until.TrueAsync(() => _second.Writer!.Unrenewed is not null, "the second one stands by");
    }

    public async ValueTask DisposeAsync()
    {
        _line.Heal();
        foreach (var (stop, running, _) in _instances)
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
        _parts.ForEach(static part => part.Dispose());
        foreach (var proxy in _proxies.AsEnumerable().Reverse())
            await proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_writer_that_is_cut_off_is_succeeded_in_time_and_yields_when_it_is_back()
    {
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < 3; i++)
            Send(show);
        await Until.TrueAsync(() => _first.Status.State == "live" && _first.OnAir is not null, "it is on air");
        await PlayAsync(show, 4);
        var before = await LastAsync();

        _line.Plan(new ProxyFault.Stall(), times: int.MaxValue);
        var clock = Stopwatch.StartNew();
        while (await LastAsync() is var now && (now.Epoch == before.Epoch || now.Number <= before.Number))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"nothing new is listed: {_second.Writer} {_second.Status}");
            await PlayAsync(show, 1, 0.5);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"listed after {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(clock.Elapsed <= TimeSpan.FromSeconds(10), $"it took {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(_second.Writer!.Writes);

        _line.Heal();
        await Until.TrueAsync(
            () => _first.StandsBy && _first.Writer!.Writer == _second.Writer.Instance,
            "the first one stands by"
        );
        await PlayAsync(show, 4);
        Assert.Equal((2, 1), (_second.Writer.Epoch, _second.Writer.TakeOvers));
        Assert.Equal(0, _first.Writer!.TakeOvers);
        Assert.True((await LastAsync()).Number > before.Number + 4);
        foreach (var key in (string[])["live/lease.json", "live/player.json", "live/playlist.m3u8"])
            Assert.Equal(2, StampReader.Read((await _direct.FindAsync(key)).Body.Span)!.Value.Epoch);
    }

    private async Task PlayAsync(Show show, int count, double pace = 1)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(pace));
            Send(show);
        }
    }

    private void Send(Show show)
    {
        foreach (var (_, _, source) in _instances)
            source.Writer.TryWrite(show.Segment(_next % show.Bytes.Count, run: _next / show.Bytes.Count));
        _next++;
    }

    /// <summary>Of the playlist on air.</summary>
    private async Task<(long Number, long Epoch)> LastAsync()
    {
        var multivariant = PlaylistParser.Parse((await _direct.FindAsync("live/playlist.m3u8")).Body.Span).Multivariant!;
        var media = PlaylistParser.Parse((await _direct.FindAsync($"live/{multivariant.Variants[0].Uri}")).Body.Span).Media!;
        return (media.MediaSequence + media.Segments.Count - 1, media.Stamp!.Value.Epoch);
    }

    private async Task<FaultProxy> ProxyAsync(Uri target)
    {
        var proxy = await FaultProxy.StartAsync(target);
        _proxies.Add(proxy);
        return proxy;
    }

    private S3ObjectStore Open(StorageOptions options, Uri endpoint)
    {
        var store = new S3ObjectStore(options.Through(endpoint), TimeProvider.System);
        _parts.Add(store);
        return store;
    }

    private LiveStream Start(S3ObjectStore store)
    {
        var stream = new LiveStream(
            "live",
            new StreamOptions { Source = "by hand", Slate = StreamOptions.NoSlate },
            store,
            conditional: true,
            new PlayerSettings(static _ => ["ws://{host}:3000/tracker/live"], [], static key => $"http://edge/{key}"),
            TimeProvider.System,
            NullLogger<LiveStream>.Instance
        );
        _parts.Insert(0, stream);
        var source = Channel.CreateUnbounded<SourceEvent>();
        var stop = new CancellationTokenSource();
        _instances.Add((stop, stream.RunAsync(source.Reader, stop.Token), source));
        source.Writer.TryWrite(new RenditionsFound([Made.Rendition("0", target: 1)]));
        return stream;
    }
}
