using System.Diagnostics;
using System.Text.Json.Nodes;
using Spillway.Bench.Latency;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Publish;

/// <summary>So many streams at once. Their segments are spread evenly over a segment's length, as those of unrelated encoders are.</summary>
internal static class PublishRun
{
    /// <summary>So many are watched at the edge: each asks for its playlist every 10 ms, which all together would be the load.</summary>
    private const int Watched = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <exception cref="InvalidOperationException">Spillway ended, or did not list a segment; the message holds what it wrote.</exception>
    public static async Task<PublishRow> RunAsync(
        int count,
        Recording recording,
        string folder,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        await using var store = await MeasuredStore.OpenAsync("embedded", Path.Combine(folder, "bare"));
        string[] names = [.. Enumerable.Range(1, count).Select(static i => $"s{i}")];
        var all = names.Select(_ => new Passages()).ToArray();
        var replays = names
            .Select((name, i) => new OwncastReplay(recording, all[i], Path.Combine(folder, name, "hls")))
            .ToArray();
        await using var spillway = Start(store, folder, names);
        var watched = Enumerable.Range(0, Math.Min(Watched, count)).Select(i => i * count / Math.Min(Watched, count)).ToArray();
        var pollers = watched.Select(i => new EdgePoller(all[i])).ToArray();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var polling = watched
            .Zip(pollers)
            .Select(pair =>
                pair.Second.RunWhileAsync(spillway, new Uri($"{store.PublicUrl}/{names[pair.First]}/playlist.m3u8"), over.Token)
            )
            .ToArray();
        var bare = new BarePuts(store.Bare);
        (long At, ProcessUse Use) from = default;
        try
        {
            var start = Stopwatch.GetTimestamp();
            var step = TimeSpan.FromSeconds(Recording.SegmentSeconds) / count;
            for (var number = 0; number < recording.Count; number++)
            {
                for (var i = 0; i < count; i++)
                {
                    await UntilAsync(start, TimeSpan.FromSeconds(number * Recording.SegmentSeconds) + (i * step));
                    replays[i].Write(number);
                }
                if (number == LatencyRun.WarmUp - 1)
                    from = (Stopwatch.GetTimestamp(), ProcessUse.Of(spillway.Id));
                if (number >= LatencyRun.WarmUp)
                    await bare.PutAsync(recording.Renditions[0], number, pollers[0].LastPlaylist, cancellationToken);
                if (spillway.HasExited)
                    throw new InvalidOperationException($"Spillway ended. It wrote:\n{spillway.Output}");
            }
            var to = (At: Stopwatch.GetTimestamp(), Use: ProcessUse.Of(spillway.Id));
            await AllReadableAsync();
            var ways = watched.SelectMany(i => all[i].All).Where(IsMeasured).Select(static p => p.Latency!.Value).ToList();
            return new PublishRow(
                count,
                ways.Count,
                Spread.Of(ways),
                Spread.Of(bare.All.Select(static put => put.Both)),
                100 * (to.Use.Cpu - from.Use!.Cpu) / Stopwatch.GetElapsedTime(from.At, to.At),
                to.Use.Resident,
                to.Use.Peak
            );
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(polling);
            foreach (var poller in pollers)
                poller.Dispose();
        }

        async Task UntilAsync(long start, TimeSpan due)
        {
            var left = due - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, cancellationToken);
        }

        async Task AllReadableAsync()
        {
            var start = Stopwatch.GetTimestamp();
            while (Missing() > 0)
            {
                if (Stopwatch.GetElapsedTime(start) > s_patience)
                    throw new InvalidOperationException(
                        $"{Missing()} segments were never readable. It wrote:\n{spillway.Output}"
                    );
                await Task.Delay(50, cancellationToken);
            }
        }

        int Missing() => watched.Sum(i => all[i].All.Count(static p => IsMeasured(p) && p.Readable is null));

        static bool IsMeasured(Passage passage) => passage.Number >= LatencyRun.WarmUp;
    }

    private static ChildProcess Start(MeasuredStore store, string folder, string[] names)
    {
        var streams = new JsonObject(
            names.Select(name =>
                KeyValuePair.Create(
                    name,
                    (JsonNode?)new JsonObject { ["Source"] = Path.Combine(folder, name, "hls"), ["Slate"] = "none" }
                )
            )
        );
        File.WriteAllText(Path.Combine(folder, "spillway.json"), new JsonObject { ["Streams"] = streams }.ToJsonString());
        string[] arguments = ["serve", "--data", Path.Combine(folder, "data"), "--port", $"{FreePort.Next()}"];
        return ChildProcess.Start(Repository.Binary, arguments, folder, store.Settings);
    }
}
