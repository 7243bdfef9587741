using Amazon.S3;
using Amazon.S3.Model;
using Spillway.Bench.Faults.Models;
using Spillway.EndToEnd.Servers;
using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Bench.Faults.Publishers;

/// <summary>Who is compared: each with a bucket of its own, behind a proxy of its own.</summary>
/// <param name="Bucket">For deleting it afterwards.</param>
internal sealed record Contender(Publisher Publisher, FaultProxy Proxy, string Bucket) : IAsyncDisposable
{
    /// <summary>The one that the exit code is about.</summary>
    public const string Own = "Spillway";

    /// <param name="folder">Of the script; the source's is <c>hls</c> in it.</param>
    public static async Task<IReadOnlyList<Contender>> AllAsync(CephCluster ceph, string folder) =>
        [
            await MakeAsync(ceph, (store, bucket) => Serve(ceph.Settings(bucket, new Uri(store.Endpoint)), bucket, folder)),
            await MakeAsync(ceph, (store, bucket) => Mux(store, bucket, folder), anybodyWrites: true),
            await MakeAsync(
                ceph,
                static (store, bucket) => Model(store, bucket, "Owncast's S3 support (model)", OwncastModel.Create)
            ),
            await MakeAsync(
                ceph,
                static (store, bucket) => Model(store, bucket, "PeerTube's live (model)", PeerTubeModel.Create)
            ),
            await MakeAsync(
                ceph,
                static (store, bucket) =>
                    Model(store, bucket, "LiveStreamingServerNet's uploader (model)", LiveStreamingServerNetModel.Create)
            ),
        ];

    public async ValueTask DisposeAsync()
    {
        await Publisher.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private static async Task<Contender> MakeAsync(
        CephCluster ceph,
        Func<StorageOptions, CephBucket, Publisher> publisher,
        bool anybodyWrites = false
    )
    {
        var bucket = await ceph.CreateBucketAsync();
        if (anybodyWrites)
        {
            using var admin = ceph.NewClient();
            await admin.PutBucketAclAsync(
                new PutBucketAclRequest { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }
            );
        }
        var proxy = await FaultProxy.StartAsync(ceph.Endpoint);
        // ffmpeg sends no lengths.
        proxy.GivesLengths = anybodyWrites;
        return new Contender(publisher(ceph.Storage(bucket, through: proxy.Address), bucket), proxy, bucket.Name);
    }

    private static ProcessPublisher Serve(Dictionary<string, string> settings, CephBucket bucket, string folder)
    {
        settings["SPILLWAY__STREAMS__LIVE__SLATE"] = "none";
        string[] arguments =
        [
            .. (string[])["serve", "--source", Path.Combine(folder, "hls"), "--data", Path.Combine(folder, "data")],
            .. (string[])["--port", $"{FreePort.Next()}"],
        ];
        return new ProcessPublisher(
            Own,
            new Uri($"{bucket.PublicUrl}/live/playlist.m3u8"),
            () => ChildProcess.Start(Repository.Binary, arguments, folder, settings)
        );
    }

    /// <summary>
    /// As one would call it, but for two things that are in its favour or for the measuring: numbers from the time of day, so that
    /// a new start does not write over the old segments, and the source's time stamps kept.
    /// </summary>
    private static ProcessPublisher Mux(StorageOptions store, CephBucket bucket, string folder)
    {
        var target = $"{store.Endpoint}{bucket.Name}/live/stream";
        List<string> arguments = ["-hide_banner", "-loglevel", "warning", "-nostats", "-nostdin", "-copyts"];
        arguments.AddRange(["-i", Path.Combine(folder, "hls", "0", "stream.m3u8"), "-c", "copy"]);
        arguments.AddRange(["-f", "hls", "-hls_time", $"{Latency.Recording.SegmentSeconds}", "-hls_list_size", "10"]);
        arguments.AddRange(["-hls_start_number_source", "epoch", "-hls_segment_options", "mpegts_copyts=1"]);
        arguments.AddRange(["-method", "PUT", "-http_persistent", "1"]);
        arguments.AddRange(["-hls_segment_filename", $"{target}-%d.ts", $"{target}.m3u8"]);
        return new ProcessPublisher(
            "ffmpeg's HLS muxer by PUT",
            new Uri($"{bucket.PublicUrl}/live/stream.m3u8"),
            () => ChildProcess.Start("ffmpeg", arguments, folder)
        );
    }

    private static ModelPublisher Model(
        StorageOptions options,
        CephBucket bucket,
        string name,
        Func<IObjectStore, CancellationToken, UploadModel> create
    )
    {
        var store = new S3ObjectStore(options, TimeProvider.System);
        return new ModelPublisher(
            name,
            new Uri($"{bucket.PublicUrl}/{UploadModel.PlaylistKey}"),
            store,
            dies => create(store, dies)
        );
    }
}
