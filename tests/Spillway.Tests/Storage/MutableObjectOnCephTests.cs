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

    private readonly CancellationTokenSource stop = new();
    private FaultProxy proxy = null!;
    private S3ObjectStore faulty = null!;
    private S3ObjectStore direct = null!;
    private MutableObject mutable = null!;
    private Task running = null!;

    public async ValueTask InitializeAsync()
    {
        var (options, _) = await CephBucketStore.CreateAsync();
        direct = new S3ObjectStore(options, TimeProvider.System);
        proxy = await FaultProxy.StartAsync(new Uri(options.Endpoint));
        proxy.StrictAsR2 = proxy.OneWriteASecondAKey = true;
        var behind = new StorageOptions
        {
            Endpoint = proxy.Address.ToString(),
            Bucket = options.Bucket,
            Prefix = options.Prefix,
            AccessKeyId = options.AccessKeyId,
            SecretAccessKey = options.SecretAccessKey,
            PublicUrl = options.PublicUrl,
        };
        faulty = new S3ObjectStore(behind, TimeProvider.System);
        mutable = new MutableObject(faulty, Key, 5, conditional: true, TimeProvider.System, NullLogger.Instance);
        running = mutable.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        faulty.Dispose();
        direct.Dispose();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_lost_answer_is_found_out_and_a_lost_request_is_sent_again()
    {
        proxy.Plan(new ProxyFault.LoseAnswer(), match: static request => request.Method == "PUT");
        await PublishAsync(1_000_000);
        Assert.Equal(1, Puts);
        Assert.Equal(new Stamp(5, 1), await StampAsync());
        proxy.Plan(new ProxyFault.Answer(503, "SlowDown"), match: static request => request.Method == "PUT");
        proxy.Plan(new ProxyFault.Reset(), match: static request => request.Method == "PUT");
        await PublishAsync(1_000_001);
        Assert.Equal(4, Puts);
        Assert.Equal(new Stamp(5, 4), await StampAsync());
        Assert.Equal(mutable.Acknowledged!.ETag, (await direct.FindAsync(Key)).ETag);
    }

    [Fact]
    public async Task An_older_writer_is_fenced_again_and_a_newer_one_is_yielded_to()
    {
        await PublishAsync(1_000_000);
        await direct.StoreAsync(Key, Render(new Stamp(4, 90), 2_000_000));
        await PublishAsync(1_000_001);
        Assert.Equal(5, (await StampAsync()).Epoch);
        var theirs = await direct.StoreAsync(Key, Render(new Stamp(6, 1), 3_000_000));
        _ = PublishAsync(1_000_002);
        await Assert.ThrowsAsync<SupersededException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(theirs, (await direct.FindAsync(Key)).ETag);
    }

    private int Puts => proxy.Requests.Count(static request => request.Method == "PUT");

    private Task PublishAsync(long number) =>
        mutable
            .PublishAsync(stamp => Render(stamp, number), StreamKeys.MediaPlaylistHeaders(2, ended: false))
            .WaitAsync(TimeSpan.FromSeconds(20));

    private async Task<Stamp> StampAsync() => StampReader.Read((await direct.FindAsync(Key)).Body.Span)!.Value;

    private static byte[] Render(Stamp stamp, long number) =>
        Encoding.UTF8.GetBytes(
            $"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n"
                + $"#SPILLWAY:EPOCH={stamp.Epoch},REVISION={stamp.Revision}\n#EXTINF:2.000000,\n{number}-x.ts\n"
        );
}
