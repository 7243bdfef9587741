using System.Diagnostics;
using System.Globalization;
using Spillway.Bench.Event.Edge;
using Spillway.Bench.Event.Origin;
using Spillway.Bench.Event.Result;
using Spillway.Bench.Event.Source;
using Spillway.Bench.Event.Store;
using Spillway.Bench.Event.Viewers;

namespace Spillway.Bench.Event;

/// <summary>One event from its first viewer to its last, and what is measured beside it.</summary>
internal static class EventRun
{
    /// <exception cref="InvalidOperationException">Something does not start, or ends in the middle.</exception>
    public static async Task<EventResult> RunAsync(EventPlan plan, string folder, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        await using var source = await EventSource.StartAsync(plan, Path.Combine(folder, "source"), cancellationToken);
        await using var servers = await EventServers.StartAsync(plan, source.Folder, folder, cancellationToken);
        await using var quality = await Quality.StartAsync(servers.Bucket, folder, cancellationToken);
        var scene = new Scene(plan, new Uri(servers.Edge.PublicUrl + "/"), servers.Stored);

        Console.WriteLine($"  on air; {plan.Viewers} viewers come within {plan.Joining.TotalSeconds:0} s ...");
        var counted = await servers.CountedBySpillwayAsync();
        var cpu = ProcessUse.Of(servers.Spillway.Id).Cpu;
        var began = Stopwatch.GetTimestamp();
        await OnAirAsync(scene, servers, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var use = ProcessUse.Of(servers.Spillway.Id);
        var byKind = servers.Relay.Counted;
        // The first of the two counts is a request itself.
        var bySpillway = await servers.CountedBySpillwayAsync() - counted - 1;
        var writer = StoreOperations.Of(servers.WriterSide.Requests);
        var edge = StoreOperations.Of(servers.EdgeSide.Requests);
        var log = EdgeLog.Read(servers.Edge.ReadRequests());
        var findings = await quality.FindingsAsync();

        var starters = await StartersAsync(plan, servers, cancellationToken);
        if (source.HasEnded || servers.Spillway.HasExited)
            throw new InvalidOperationException($"The source or Spillway ended:\n{source.Complaints}\n{servers.Spillway.Output}");
        var before = plan.WithBefore ? await BeforeAsync(plan, source, folder, cancellationToken) : null;

        var inAll = byKind.Values.Aggregate(default(OriginTraffic), static (a, b) => a + b);
        var kilobits = EventSource.Kilobits(plan);
        var result = new EventResult
        {
            Machine = machine,
            Plan = new PlanResult(
                plan.Viewers,
                Math.Round(seconds, 1),
                plan.Joining.TotalSeconds,
                plan.Renditions,
                plan.Reconnects,
                plan.EdgeShare,
                plan.SegmentSeconds,
                kilobits,
                plan.MostRequests,
                plan.MostBytes
            ),
            Origin = new OriginResult(
                byKind.Where(static kind => kind.Value.Requests > 0).ToDictionary(),
                inAll,
                bySpillway,
                Math.Round((use.Cpu - cpu).TotalSeconds, 2),
                Math.Round(100 * (use.Cpu - cpu).TotalSeconds / seconds, 2),
                use.Resident,
                use.Peak
            ),
            Edge = log,
            Store = new StoreResult(writer.BytesPut, writer.Count, writer.PutsByKind, edge.Count, servers.Stored.Count.Versions),
            Viewers = Of(scene),
            Starters = starters,
            Before = before,
            Costs = CostTable.Of(scene, writer, edge),
            Egress = Egress.Of(inAll.BytesOut, writer.BytesPut, before?.BytesForEvent ?? 0, kilobits[0]),
            Findings = findings,
            RefusedDecoders = quality.Refusals,
            Broken = [],
        };
        return result with { Broken = Bounds.Broken(plan, result) };
    }

    /// <summary>Viewers and a scraper, until the time is over.</summary>
    private static async Task OnAirAsync(Scene scene, EventServers servers, CancellationToken cancellationToken)
    {
        var plan = scene.Plan;
        var viewers = Enumerable.Range(0, plan.Viewers).Select(number => new Viewer(scene, number)).ToArray();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(plan.Length);
        try
        {
            var running = viewers
                .Select((viewer, number) => viewer.RunAsync(plan.Joining * number / plan.Viewers, over.Token))
                .Append(ScrapeAsync(servers.Relay.Port, scene.Verdicts, over.Token))
                .Append(TellAsync(scene, servers.Relay, over.Token))
                .ToList();
            await Task.WhenAll(running);
        }
        finally
        {
            foreach (var viewer in viewers)
                viewer.Dispose();
        }
        cancellationToken.ThrowIfCancellationRequested();
        // What is still on its way is counted, too.
        await Task.Delay(1_000, cancellationToken);
    }

    /// <summary>As a supervisor reads it: on a connection that stays open.</summary>
    private static async Task ScrapeAsync(int port, Verdicts verdicts, CancellationToken over)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        using var timer = new PeriodicTimer(EventPlan.Scrape);
        try
        {
            do
            {
                using var answer = await http.GetAsync($"http://127.0.0.1:{port}/health", over);
                if (!answer.IsSuccessStatusCode)
                    verdicts.NoteMissing("/health", $"HTTP {(int)answer.StatusCode}");
            } while (await timer.WaitForNextTickAsync(over));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException or OperationCanceledException)
        {
            if (!over.IsCancellationRequested)
                verdicts.NoteMissing("/health", exception.Message);
        }
    }

    /// <summary>A line a minute.</summary>
    private static async Task TellAsync(Scene scene, OriginRelay relay, CancellationToken over)
    {
        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                var origin = relay.Counted.Values.Aggregate(default(OriginTraffic), static (a, b) => a + b);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {Stopwatch.GetElapsedTime(start).TotalMinutes:0} min: {origin.Requests} requests and {origin.Bytes / 1e6:0.0} MB at the origin, {scene.Locations.Requests} requests at the edge, {(scene.Verdicts.IsClean ? "nobody complains" : scene.Verdicts.Texts[0])}"
                    )
                );
            }
        }
        catch (OperationCanceledException) { }
    }

    private static async Task<StartersResult> StartersAsync(
        EventPlan plan,
        EventServers servers,
        CancellationToken cancellationToken
    )
    {
        if (plan.Starters == 0)
            return new StartersResult(0, 0, 0, 0, 0, 0);
        var length = plan.Before;
        var port = servers.Relay.Port;
        var players = await CrowdAsync(
            plan.Starters,
            new Uri($"http://127.0.0.1:{port}/hls/stream.m3u8"),
            TimeSpan.FromSeconds(2),
            length,
            null,
            cancellationToken
        );
        var origin = players.Select(player => player.Requests.GetValueOrDefault(port)).ToArray();
        return new StartersResult(
            plan.Starters,
            length.TotalSeconds,
            origin.Sum(),
            origin.Max(),
            players.Sum(player => (long)player.Requests.GetValueOrDefault(servers.Edge.Port)),
            players.Sum(static player => player.Failures)
        );
    }

    private static async Task<BeforeResult> BeforeAsync(
        EventPlan plan,
        EventSource source,
        string folder,
        CancellationToken cancellationToken
    )
    {
        await using var nginx = await FolderServer.StartAsync(Path.Combine(folder, "before"), source.Folder);
        var joining = TimeSpan.FromSeconds(5);
        var (start, cpu, at) = (nginx.Count(), TimeSpan.Zero, 0L);
        await CrowdAsync(
            plan.Viewers,
            new Uri($"http://127.0.0.1:{nginx.Port}/hls/stream.m3u8"),
            joining,
            joining + plan.Before,
            async () =>
            {
                await Task.Delay(joining, cancellationToken);
                (start, cpu, at) = (nginx.Count(), ProcessUse.Of(nginx.ProcessId).Cpu, Stopwatch.GetTimestamp());
            },
            cancellationToken
        );
        var seconds = Stopwatch.GetElapsedTime(at).TotalSeconds;
        var used = ProcessUse.Of(nginx.ProcessId).Cpu - cpu;
        await Task.Delay(500, cancellationToken);
        var end = nginx.Count();
        var (requests, bytes) = (end.Requests - start.Requests, end.Bytes - start.Bytes);
        // Viewers come evenly, and stay.
        var times = (plan.Length - (plan.Joining / 2)).TotalSeconds / seconds;
        return new BeforeResult(
            Math.Round(seconds, 1),
            requests,
            bytes,
            end.NotOk,
            Math.Round(100 * used.TotalSeconds / seconds, 1),
            Math.Round(requests * times),
            Math.Round(bytes * times)
        );
    }

    /// <summary>Plain players, from addresses of their own.</summary>
    private static async Task<PlainPlayer[]> CrowdAsync(
        int count,
        Uri multivariant,
        TimeSpan joining,
        TimeSpan length,
        Func<Task>? meanwhile,
        CancellationToken cancellationToken
    )
    {
        var players = Enumerable.Range(0, count).Select(static number => new PlainPlayer(Scene.AddressOf(number))).ToArray();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(length);
        await Task.WhenAll(
            players
                .Select((player, number) => player.RunAsync(multivariant, joining * number / count, over.Token))
                .Append(meanwhile?.Invoke() ?? Task.CompletedTask)
        );
        foreach (var player in players)
            player.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        return players;
    }

    private static ViewersResult Of(Scene scene)
    {
        var (verdicts, tally) = (scene.Verdicts, scene.Tally);
        return new ViewersResult(
            verdicts.NotFound,
            verdicts.Missing,
            verdicts.Wrong,
            verdicts.Sockets,
            verdicts.Stale,
            verdicts.Percentile(0.5),
            verdicts.Percentile(0.99),
            Math.Round(verdicts.Behind.TotalSeconds, 2),
            Math.Round(verdicts.OldestAnswer.TotalSeconds, 2),
            tally.Playlists,
            tally.SegmentsFromEdge,
            tally.SegmentsFromPeers,
            tally.BytesFromEdge,
            tally.BytesFromPeers,
            tally.TrackerSockets,
            tally.ReportSockets,
            tally.Announces,
            tally.Offers,
            tally.Answers,
            tally.LateAnswers,
            tally.Reports,
            verdicts.Texts
        );
    }
}
