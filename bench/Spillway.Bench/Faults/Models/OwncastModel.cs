using Spillway.Bench.Latency;
using Spillway.Storage;

namespace Spillway.Bench.Faults.Models;

/// <summary>
/// Owncast's own S3 support. A segment is put as soon as ffmpeg has written it, each beside the others: five attempts in a row, then
/// it is dropped. After one that was stored the playlist is put as it lies on the disk by then, whatever else it lists; if that
/// fails, once more when ffmpeg writes the next one, and that is not tried a third time. Each of the five attempts is one call of the Go
/// SDK, which tries four times within 10 s each: pauses double from 30 to 60 ms, after a 503 from 0.5 to 1 s. Ten segments listed.
/// Read in owncast/owncast: core/storageproviders/s3Storage.go at 006211d30, core/transcoder/fileWriterReceiverService.go at
/// 0d77856cb, core/transcoder/transcoder.go at 00e900d6d; aws/aws-sdk-go (version 1): aws/client/default_retryer.go.
/// </summary>
internal sealed class OwncastModel : UploadModel
{
    private const int Attempts = 5;

    private volatile bool _isPlaylistQueued;

    private OwncastModel(RetryingStore store, CancellationToken dies)
        : base(store, window: 10, dies) { }

    public static UploadModel Create(IObjectStore store, CancellationToken dies) =>
        new OwncastModel(new RetryingStore(store, tries: 4, TimeSpan.FromSeconds(10), Pause), dies);

    public override void Written(RecordedSegment segment)
    {
        Run(() => SegmentAsync(segment));
        // ffmpeg writes the playlist right after the segment, and does not wait for its upload.
        Cut.Add(segment);
        if (_isPlaylistQueued)
            Run(AgainAsync);
        _isPlaylistQueued = false;
    }

    private async Task SegmentAsync(RecordedSegment segment)
    {
        if (!await AttemptAsync(() => PutAsync(segment)))
            return;
        if (!await AttemptAsync(() => PutAsync(Cut.Read().Text)))
            _isPlaylistQueued = true;
    }

    private Task AgainAsync() => AttemptAsync(() => PutAsync(Cut.Read().Text));

    private static async Task<bool> AttemptAsync(Func<Task<bool>> put)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await put())
                return true;
        }
        return false;
    }

    private static TimeSpan Pause(int tried, bool isBusy) =>
        TimeSpan.FromMilliseconds((isBusy ? 500 : 30) * Math.Pow(2, tried - 1) * (1 + Random.Shared.NextDouble()));
}
