using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>
/// The stream's multivariant playlist as the writer has put it into the bucket, for viewers whom a load balancer has sent to a waiting
/// instance. Read at most once a second, however many ask.
/// </summary>
internal sealed class StandbyPlaylist(IObjectStore store, string stream, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private Task<MultivariantPlaylist?> _last = Task.FromResult<MultivariantPlaylist?>(null);
    private long _at = long.MinValue;

    /// <summary>With names relative to the stream's folder; null when there is none, or the store does not say.</summary>
    public Task<MultivariantPlaylist?> ReadAsync()
    {
        lock (_gate)
        {
            if (_at == long.MinValue || time.GetElapsedTime(_at) >= Fresh)
                (_at, _last) = (time.GetTimestamp(), LoadAsync());
            return _last;
        }
    }

    private async Task<MultivariantPlaylist?> LoadAsync()
    {
        var result = await store.GetWithinAsync(Patience, time, StreamKeys.Multivariant(stream), CancellationToken.None);
        return result.Object is { } found ? PlaylistParser.Parse(found.Body.Span).Multivariant : null;
    }
}
