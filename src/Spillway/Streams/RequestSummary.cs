namespace Spillway.Streams;

/// <summary>Playlist requests at the origin, told in at most one line a stream every ten seconds.</summary>
internal sealed partial class RequestSummary(TimeProvider time, ILogger<RequestSummary> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Since, int Count)> _counts = new(StringComparer.Ordinal);

    public void Count(string stream, LiveStreamStatus status)
    {
        int count;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var (since, before) = _counts.GetValueOrDefault(stream, (0L, 0));
            count = before + 1;
            if (since != 0 && time.GetElapsedTime(since, now) < Every)
            {
                _counts[stream] = (since, count);
                return;
            }
            _counts[stream] = (now, 0);
        }
        Log.Requested(logger, stream, count, status.Renditions.Count > 0 ? status.Renditions[0].Listed : 0);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "{Stream}: {Requests} playlist request(s) at the origin; {Listed} segments listed"
        )]
        public static partial void Requested(ILogger logger, string stream, int requests, int listed);
    }
}
