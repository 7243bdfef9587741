using System.Diagnostics;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Latency;

/// <summary>One store's run: the source on air, Spillway behind it, the poller at the edge, and bare PUTs between the segments.</summary>
internal static class LatencyRun
{
    /// <summary>Segments before anything counts: a broadcast starts with some seconds, and connections open.</summary>
    public const int WarmUp = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="name"><c>embedded</c> or <c>ceph</c>.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <exception cref="InvalidOperationException">Spillway ended or listed nothing; the message holds what it wrote.</exception>
    public static async Task<LatencyResult> RunAsync(
        string name,
        Recording recording,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var machine = BenchMachine.Read();
        Directory.CreateDirectory(folder);
        await using var store = await MeasuredStore.OpenAsync(name, Path.Combine(folder, "bare"));
        var passages = new Passages();
        var replay = new OwncastReplay(recording, passages, Path.Combine(folder, "hls"));
        var bare = new BarePuts(store.Bare);
        await using var spillway = Start(store, folder);
        using var poller = new EdgePoller(passages);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var polling = poller.RunWhileAsync(spillway, new Uri($"{store.PublicUrl}/live/playlist.m3u8"), over.Token);
        try
        {
            await OnAirAsync();
            await LastAsync();
        }
        finally
        {
            await over.CancelAsync();
            await polling;
        }
        var warnings = StoredLog.Note(spillway.Output, passages);
        return LatencyResult.Of(name, machine, recording, passages, bare.All, poller, warnings);

        async Task OnAirAsync()
        {
            var start = Stopwatch.GetTimestamp();
            for (var number = 0; number < recording.Count; number++)
            {
                var due = TimeSpan.FromSeconds(number * Recording.SegmentSeconds);
                await WaitAsync(start, due, cancellationToken);
                replay.Write(number);
                await WaitAsync(start, due + TimeSpan.FromSeconds(Recording.SegmentSeconds / 2.0), cancellationToken);
                if (number < WarmUp - 1)
                    continue;
                foreach (var rendition in recording.Renditions)
                    await bare.PutAsync(rendition, number, poller.LastPlaylist, cancellationToken);
                if (spillway.HasExited || polling.IsCompleted)
                    throw new InvalidOperationException($"Spillway ended, or its edge. It wrote:\n{spillway.Output}");
            }
        }

        async Task LastAsync()
        {
            var start = Stopwatch.GetTimestamp();
            while (passages.All.Any(IsMissing) && Stopwatch.GetElapsedTime(start) < Patience)
                await Task.Delay(50, cancellationToken);
            var missing = passages.All.Count(IsMissing);
            if (missing > 0)
                throw new InvalidOperationException($"{missing} segments were never readable. It wrote:\n{spillway.Output}");
        }

        static bool IsMissing(Passage passage) => passage.Number >= WarmUp && passage.Readable is null;
    }

    private static ChildProcess Start(MeasuredStore store, string folder)
    {
        string[] arguments =
        [
            "serve",
            "--source",
            Path.Combine(folder, "hls"),
            "--data",
            Path.Combine(folder, "data"),
            "--port",
            $"{FreePort.Next()}",
        ];
        // The log in JSON has milliseconds.
        var settings = new Dictionary<string, string>(store.Settings) { ["SPILLWAY__SERVER__LOGFORMAT"] = "json" };
        return ChildProcess.Start(Repository.Binary, arguments, folder, settings);
    }

    private static Task WaitAsync(long start, TimeSpan due, CancellationToken cancellationToken)
    {
        var left = due - Stopwatch.GetElapsedTime(start);
        return left > TimeSpan.Zero ? Task.Delay(left, cancellationToken) : Task.CompletedTask;
    }
}
