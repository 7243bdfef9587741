using Spillway.Bench.Latency;
using Spillway.Storage;

namespace Spillway.Bench.Faults.Models;

/// <summary>
/// LiveStreamingServerNet's HLS uploader with its adapter for Amazon S3. Every 500 ms it reads the playlist on the disk. Segments that were
/// not in the last one are put, all at once; when each of them was stored or has failed, the playlist that was read is put. What fails
/// is logged and never tried again, and the playlist lists it all the same. The next look comes when all this is over. The .NET SDK
/// tries five times, with pauses of 0.4, 1.6, 6.4 and 25.6 s, each within 100 s. Twenty segments listed.
/// Read in josephnhtam/live-streaming-server-net: src/LiveStreamingServerNet.StreamProcessor (Internal/Hls/Uploading/HlsUploader.cs and
/// Hls/Configurations/HlsUploaderConfiguration.cs at 6958a24f0, Hls/Configurations/HlsTransmuxerConfiguration.cs at 0b75e234f),
/// src/LiveStreamingServerNet.StreamProcessor.AmazonS3 (Internal/HlsAmazonS3Adapter.cs at 730376ead), Directory.Packages.props (AWSSDK.S3
/// 3.7.307, whose default is the legacy way of retrying: aws/aws-sdk-net, DefaultRetryPolicy).
/// </summary>
internal sealed class LiveStreamingServerNetModel : UploadModel
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private LiveStreamingServerNetModel(RetryingStore store, CancellationToken dies)
        : base(store, window: 20, dies) { }

    public static UploadModel Create(IObjectStore store, CancellationToken dies)
    {
        var model = new LiveStreamingServerNetModel(new RetryingStore(store, tries: 5, TimeSpan.FromSeconds(100), Pause), dies);
        model.Run(model.PollAsync);
        return model;
    }

    public override void Written(RecordedSegment segment) => Cut.Add(segment);

    private async Task PollAsync()
    {
        IReadOnlyList<RecordedSegment> last = [];
        while (true)
        {
            await Task.Delay(s_interval, Dies);
            var (listed, playlist) = Cut.Read();
            var added = listed.Except(last).ToList();
            if (added.Count > 0)
            {
                await Task.WhenAll(added.Select(PutAsync));
                await PutAsync(playlist);
            }
            last = listed;
        }
    }

    private static TimeSpan Pause(int tried, bool isBusy) => TimeSpan.FromMilliseconds(100 * Math.Pow(4, tried));
}
