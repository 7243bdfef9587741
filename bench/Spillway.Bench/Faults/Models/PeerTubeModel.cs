using System.Text;
using Spillway.Bench.Latency;
using Spillway.Storage;

namespace Spillway.Bench.Faults.Models;

/// <summary>
/// PeerTube's live to object storage. A segment is put once the next one begins, each beside the others. When it is stored the playlist
/// is read from the disk, cut off after this segment, and put; playlists go one after the other in the order in which their segments
/// were done, so that an earlier segment which is still under way is listed with them, and the playlist of one that was late follows
/// as the newest. What fails is logged and left. The JavaScript SDK tries three times without a limit of time, with pauses of up to
/// 0.1 and 0.2 s. Fifteen segments listed.
/// Read in Chocobozzz/PeerTube: server/core/lib/live/shared/muxing-session.ts at 034e1bf32, server/core/lib/object-storage
/// (object-storage-helpers.ts at 025f3ad70, shared/client.ts at 01808d9e6), VIDEO_LIVE in its constants; smithy-lang/smithy-typescript:
/// packages/util-retry. The number of tries is the SDK's default; PeerTube has a setting for it.
/// </summary>
internal sealed class PeerTubeModel : UploadModel
{
    private readonly Lock _gate = new();
    private Task _lastPlaylist = Task.CompletedTask;

    private PeerTubeModel(RetryingStore store, CancellationToken dies)
        : base(store, window: 15, dies) { }

    public static UploadModel Create(IObjectStore store, CancellationToken dies) =>
        new PeerTubeModel(new RetryingStore(store, tries: 3, TimeSpan.FromSeconds(100), Pause), dies);

    public override void Written(RecordedSegment segment)
    {
        Cut.Add(segment);
        Run(() => SegmentAsync(segment));
    }

    private async Task SegmentAsync(RecordedSegment segment)
    {
        if (!await PutAsync(segment))
            return;
        var playlist = Encoding.UTF8.GetString(Cut.Read().Text);
        // Of a playlist that does not list it any more only the first letters stay.
        var end = playlist.LastIndexOf(segment.Uri, StringComparison.Ordinal) + segment.Uri.Length;
        Task put;
        lock (_gate)
            put = _lastPlaylist = PutAfterAsync(_lastPlaylist, Encoding.UTF8.GetBytes(playlist[..end] + "\n"));
        await put;
    }

    private async Task PutAfterAsync(Task other, byte[] playlist)
    {
        await other;
        await PutAsync(playlist);
    }

    private static TimeSpan Pause(int tried, bool isBusy) =>
        TimeSpan.FromMilliseconds(100 * Math.Pow(2, tried - 1) * Random.Shared.NextDouble());
}
