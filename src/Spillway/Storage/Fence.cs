using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>
/// Rewrites what earlier writers have left with its own epoch, each object on the ETag that it has read: from then on whatever an earlier
/// writer sends fails on its condition. Only the stamp changes. A media playlist that has its ENDLIST is left as it is, since nobody
/// writes it again; what is not there is protected by <c>If-None-Match</c> at its first PUT.
/// </summary>
internal sealed partial class Fence(
    IObjectStore store,
    long epoch,
    Func<CancellationToken, Task> mayWrite,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ReadObject _read = store.Reader(time);
    private readonly Dictionary<string, Fenced> _fenced = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Timestamp of the last PUT to a key; null for none.</summary>
    public long? LastPut(string key)
    {
        lock (_gate)
            return _fenced.GetValueOrDefault(key)?.LastPut;
    }

    /// <inheritdoc cref="WriterPlace.ReadAsync"/>
    public async Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Fenced known;
        lock (_gate)
        {
            if (!_fenced.TryGetValue(key, out known!))
                _fenced[key] = known = new Fenced();
        }
        while (true)
        {
            var found = await _read(key, cancellationToken);
            if (found is null)
                return null;
            var hash = StreamKeys.Hash(found.Body.Span);
            // It may have been sent before by this writer, with an answer that never came.
            if (known.Sent.Contains(hash))
                return found with { LastModified = known.LastModified };
            var stamp = StampReader.Read(found.Body.Span);
            if (stamp?.Epoch >= epoch)
                throw new SupersededException(key, stamp.Value.Epoch);
            known.LastModified = found.LastModified;
            // What carries no stamp is of nobody who would write it again.
            if (stamp is null || HasEnded(found.Body.Span))
                return found;
            // Two versions of one writer are never the same bytes, also when it has to fence twice.
            if (StampReplacer.Replace(found.Body, new Stamp(epoch, ++known.Revision)) is not { } body)
                return found;
            await WaitForSpacingAsync(known, cancellationToken);
            await mayWrite(cancellationToken);
            known.Sent.Add(StreamKeys.Hash(body));
            var result = await store.PutWithinAsync(
                Patience,
                time,
                key,
                body,
                HeadersOf(key, body),
                PutCondition.Matches(found.ETag),
                cancellationToken
            );
            known.LastPut = time.GetTimestamp();
            if (result.Status == PutStatus.Stored)
                return new StoredObject(body, result.ETag!, found.LastModified);
            if (result.Status == PutStatus.Refused)
                throw new ObjectStoreException(result.Fault!);
            Log.FencedAgain(logger, key, result.Fault?.Message ?? result.Status.ToString());
        }
    }

    private async Task WaitForSpacingAsync(Fenced known, CancellationToken cancellationToken)
    {
        if (known.LastPut is { } last && MutableObject.Spacing - time.GetElapsedTime(last) is { Ticks: > 0 } left)
            await Task.Delay(left, time, cancellationToken);
    }

    private static bool HasEnded(ReadOnlySpan<byte> body) =>
        body.StartsWith("#EXTM3U"u8) && PlaylistParser.Parse(body).Media is { Ended: true };

    private static ObjectHeaders HeadersOf(string key, ReadOnlySpan<byte> body)
    {
        if (key.EndsWith(".m3u8", StringComparison.Ordinal))
            return PlaylistParser.Parse(body).Media is { } media
                ? StreamKeys.MediaPlaylistHeaders(media.TargetDuration, media.Ended)
                : StreamKeys.MultivariantHeaders;
        return key[(key.LastIndexOf('/') + 1)..] switch
        {
            "player.json" => StreamKeys.PlayerHeaders,
            "replays.json" => StreamKeys.ReplaysHeaders,
            _ => StreamKeys.PrivateHeaders,
        };
    }

    private sealed class Fenced
    {
        public HashSet<string> Sent { get; } = new(StringComparer.Ordinal);
        public long Revision { get; set; }
        public DateTimeOffset LastModified { get; set; }
        public long? LastPut { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} could not be fenced at once and is read again: {Cause}")]
        public static partial void FencedAgain(ILogger logger, string key, string cause);
    }
}
