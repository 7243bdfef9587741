using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Bench.Faults.Models;

/// <summary>An S3 client that tries a PUT again by itself, as SDKs do.</summary>
/// <param name="tries">Of one PUT, the first included.</param>
/// <param name="patience">For one try.</param>
/// <param name="pause">After so many failed tries; and whether the last one was answered 503.</param>
internal sealed class RetryingStore(IObjectStore store, int tries, TimeSpan patience, Func<int, bool, TimeSpan> pause)
{
    private static readonly ObjectHeaders s_segment = new("video/mp2t", "max-age=60");
    private static readonly ObjectHeaders s_playlist = new(StreamKeys.PlaylistType, "no-store");

    /// <returns>Whether it was stored.</returns>
    public async Task<bool> PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var headers = key.EndsWith(".ts", StringComparison.Ordinal) ? s_segment : s_playlist;
        for (var tried = 1; ; tried++)
        {
            var result = await store.PutWithinAsync(
                patience,
                TimeProvider.System,
                key,
                body,
                headers,
                PutCondition.None,
                cancellationToken
            );
            if (result.Status == PutStatus.Stored)
                return true;
            if (tried == tries)
                return false;
            var isBusy = result.Fault?.Message.Contains("answered 503", StringComparison.Ordinal) == true;
            await Task.Delay(pause(tried, isBusy), cancellationToken);
        }
    }
}
