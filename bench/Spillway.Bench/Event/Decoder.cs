using System.Collections.Concurrent;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Event;

/// <summary>
/// ffmpeg, which decodes one rendition at the bucket itself. It has no second try for a segment that the store refuses with a 5XX, and may
/// end there: then another one goes on at the live edge. That the store refused is counted, and no fault of what was published.
/// </summary>
internal sealed class Decoder : IAsyncDisposable
{
    /// <summary>Of ffmpeg for any answer from 500 on, and what it says beside that.</summary>
    private static readonly string[] s_refusals =
    [
        "Server returned 5XX Server Error reply",
        "HTTP error 5",
        "keepalive request failed",
    ];

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _findings = new();
    private readonly Uri _playlist;
    private readonly string _folder;
    private readonly Task _running;
    private int _refusals;

    public Decoder(Uri playlist, string folder)
    {
        (_playlist, _folder) = (playlist, folder);
        _running = Task.Run(RunAsync);
    }

    /// <summary>5XX answers that it has met.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Stops; empty: it has complained of nothing.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        return [.. _findings];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await using var ffmpeg = Start();
            Task over = ffmpeg.ExitAsync(Timeout.InfiniteTimeSpan);
            await over.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var lines = ffmpeg.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var refusals = lines.Count(static line => Array.Exists(s_refusals, line.Contains));
            Interlocked.Add(ref _refusals, refusals);
            // What it says of a 5XX names the address once more, in a line of its own.
            var rest = refusals > 0 ? lines.Where(static line => !IsAboutRefusal(line)) : lines;
            foreach (var line in rest)
                _findings.Enqueue($"ffmpeg: {line}");
            if (_stopping.IsCancellationRequested)
                return;
            if (refusals == 0)
            {
                _findings.Enqueue("A decoder ended before the event did.");
                return;
            }
            await Task.Delay(s_pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsAboutRefusal(string line) =>
        Array.Exists(s_refusals, line.Contains)
        || line.Contains("failed to open segment", StringComparison.OrdinalIgnoreCase)
        || line.Contains("Failed to reload playlist", StringComparison.OrdinalIgnoreCase);

    private ChildProcess Start() =>
        ChildProcess.Start(
            "nice",
            [
                "ffmpeg",
                "-hide_banner",
                "-nostdin",
                "-loglevel",
                "error",
                "-threads",
                "1",
                "-http_persistent",
                "0",
                "-i",
                _playlist.AbsoluteUri,
                "-f",
                "null",
                "-",
            ],
            _folder
        );
}
