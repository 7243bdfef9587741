using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Storage;

/// <summary>The same promises through a real S3 server and a line that breaks, as strict as R2 about writes a second.</summary>
public sealed class MutableObjectOnCephTests : IAsyncLifetime
{
    private const string Key = "live/playlist.m3u8";

    private readonly CancellationTokenSource _stop = new();
    private FaultProxy _proxy = null!;
    private S3ObjectStore _faulty = null!;
    private S3ObjectStore _direct = null!;
    private MutableObject _mutable = null!;
    private Task _running = null!;

    public async ValueTask InitializeAsync()
    {
        var (options, _) = await CephBucketStore.CreateAsync();
        _direct = new S3ObjectStore(options, TimeProvider.System);
        _proxy = await FaultProxy.StartAsync(new Uri(options.Endpoint));
        _proxy.StrictAsR2 = _proxy.OneWriteASecondAKey = true;
        _faulty = new S3ObjectStore(options.Through(_proxy.Address), TimeProvider.System);
        _mutable = new MutableObject(_faulty, Key, 5, conditional: true, TimeProvider.System, NullLogger.Instance);
        _running = _mutable.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _faulty.Dispose();
        _direct.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_lost_answer_is_found_out_and_a_lost_request_is_sent_again()
    {
        _proxy.Plan(new ProxyFault.LoseAnswer(), match: static request => request.Method == "PUT");
        await PublishAsync(1_000_000);
        Assert.Equal(1, Puts);
        Assert.Equal(new Stamp(5, 1), await StampAsync());
        _proxy.Plan(new ProxyFault.Answer(503, "SlowDown"), match: static request => request.Method == "PUT");
        _proxy.Plan(new ProxyFault.Reset(), match: static request => request.Method == "PUT");
        await PublishAsync(1_000_001);
        Assert.Equal(4, Puts);
        Assert.Equal(new Stamp(5, 4), await StampAsync());
        Assert.Equal(_mutable.Acknowledged!.ETag, (await _direct.FindAsync(Key)).ETag);
    }

    [Fact]
    public async Task A_newer_writer_is_yielded_to()
    {
        await PublishAsync(1_000_000);
        var theirs = await _direct.StoreAsync(Key, Render(new Stamp(6, 1), 3_000_000));
        _ = PublishAsync(1_000_002);
        await Assert.ThrowsAsync<SupersededException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(theirs, (await _direct.FindAsync(Key)).ETag);
    }

    private int Puts => _proxy.Requests.Count(static request => request.Method == "PUT");

    private Task PublishAsync(long number) =>
        _mutable
            .PublishAsync(stamp => Render(stamp, number), StreamKeys.MediaPlaylistHeaders(2, ended: false))
            .WaitAsync(TimeSpan.FromSeconds(20));

    private async Task<Stamp> StampAsync() => StampReader.Read((await _direct.FindAsync(Key)).Body.Span)!.Value;

    private static byte[] Render(Stamp stamp, long number) =>
        Encoding.UTF8.GetBytes(
            $"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n"
                + $"#SPILLWAY:EPOCH={stamp.Epoch},REVISION={stamp.Revision}\n#EXTINF:2.000000,\n{number}-x.ts\n"
        );
}
