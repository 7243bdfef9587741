using System.Diagnostics;
using Spillway.Bench.Faults.Publishers;
using Spillway.Bench.Latency;
using Spillway.TestSupport;

namespace Spillway.Bench.Faults;

/// <summary>One script, played to all publishers of one live source at once.</summary>
internal static class FaultsRun
{
    private static readonly TimeSpan s_segment = TimeSpan.FromSeconds(Recording.SegmentSeconds);

    /// <summary>Three segments lie there by then, so that whoever reads the folder begins at the same one.</summary>
    private static readonly TimeSpan s_start = 2.5 * s_segment;

    /// <summary>After the source's last segment, for who is about to list it.</summary>
    private static readonly TimeSpan s_end = 2 * s_segment;

    /// <exception cref="InvalidOperationException">A publisher listed nothing; the message holds what it wrote.</exception>
    /// <exception cref="HttpRequestException">The store itself failed.</exception>
    public static async Task<IReadOnlyList<FaultsRow>> RunAsync(
        FaultScript script,
        Footage footage,
        CephCluster ceph,
        string folder,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        var replay = new OwncastReplay(footage.Recording, new Passages(), Path.Combine(folder, "hls"));
        var contenders = await Contender.AllAsync(ceph, folder);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        var witnesses = contenders.Select(contender => new Witness(contender.Publisher.Playlist, start)).ToList();
        var watching = witnesses.Select(witness => witness.RunAsync(over.Token)).ToList();
        try
        {
            await Task.WhenAll(PlayAsync(), StartAsync(), BreakAsync());
            await UntilAsync(script.OnAir + s_end);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var witness in witnesses)
                witness.Dispose();
            foreach (var contender in contenders)
                await contender.DisposeAsync();
        }
        await Task.WhenAll(watching);
        foreach (var contender in contenders)
            await ceph.DeleteBucketAsync(contender.Bucket);
        return [.. contenders.Zip(witnesses, RowOf)];

        async Task PlayAsync()
        {
            var segments = footage.Recording.Renditions[0].Segments;
            for (var number = 0; number * s_segment < script.OnAir; number++)
            {
                await UntilAsync(number * s_segment);
                replay.Write(number);
                foreach (var contender in contenders)
                    contender.Publisher.Written(segments[number]);
            }
        }

        async Task StartAsync()
        {
            await UntilAsync(s_start);
            foreach (var contender in contenders)
                contender.Publisher.Start();
        }

        async Task BreakAsync()
        {
            await UntilAsync(FaultScript.Calm);
            foreach (var contender in contenders)
            {
                script.Begin(contender.Proxy);
                if (script.Kills)
                    contender.Publisher.Kill();
            }
            await UntilAsync(FaultScript.Calm + script.Lasting);
            foreach (var contender in contenders)
                FaultScript.End(contender.Proxy);
        }

        async Task UntilAsync(TimeSpan due)
        {
            var left = due - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, cancellationToken);
        }

        FaultsRow RowOf(Contender contender, Witness witness)
        {
            var publisher = contender.Publisher;
            if (witness.Sightings.Count == 0)
                throw new InvalidOperationException($"{publisher.Name} listed nothing. It wrote:\n{publisher.Output}");
            var played = (int)Math.Ceiling(script.OnAir / s_segment);
            return FaultsRow.Of(script, publisher, [.. footage.Spans.Take(played)], s_segment, witness.Sightings);
        }
    }
}
