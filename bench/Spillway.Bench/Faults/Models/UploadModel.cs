using Spillway.Bench.Latency;

namespace Spillway.Bench.Faults.Models;

/// <summary>
/// The rule by which another project uploads a live stream, written anew from what its sources say: when a segment is put, what is
/// done when that fails, and when the playlist follows. Deleting is left out in all, which is to their good.
/// </summary>
/// <param name="store">Tries again as that project's client does.</param>
/// <param name="window">Segments that its playlist lists by default.</param>
/// <param name="dies">It is killed.</param>
internal abstract class UploadModel(RetryingStore store, int window, CancellationToken dies)
{
    private const string Folder = "live";

    public const string PlaylistKey = $"{Folder}/stream.m3u8";

    protected CutList Cut { get; } = new(window);

    protected CancellationToken Dies { get; } = dies;

    /// <summary>Its own muxer has completed one more segment.</summary>
    public abstract void Written(RecordedSegment segment);

    protected Task<bool> PutAsync(RecordedSegment segment) => store.PutAsync($"{Folder}/{segment.Uri}", segment.Bytes, Dies);

    protected Task<bool> PutAsync(byte[] playlist) => store.PutAsync(PlaylistKey, playlist, Dies);

    /// <summary>Beside all else, until it is done or killed.</summary>
    protected void Run(Func<Task> work)
    {
        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException) when (Dies.IsCancellationRequested) { }
        }
    }
}
