using System.CommandLine;
using System.Globalization;
using Spillway.Bench.Dashboard;
using Spillway.Bench.Dvr;
using Spillway.Bench.Event;
using Spillway.Bench.Faults;
using Spillway.Bench.Latency;
using Spillway.Bench.Micro;
using Spillway.Bench.Playlist;
using Spillway.Bench.Publish;
using Spillway.Bench.Rtmp;
using Spillway.Bench.Start;
using Spillway.Bench.SwarmSimulation;
using Spillway.Bench.Tracker;
using Spillway.Bench.WindowSimulation;

var seconds = new Option<int>("--seconds")
{
    Description = "How long the source is on air for each store; 68 s give 30 measured segments.",
    DefaultValueFactory = static _ => 70,
};
seconds.Validators.Add(static result =>
{
    if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value) && value is < 12 or > 600)
        result.AddError("--seconds must be from 12 to 600.");
});
var store = new Option<string>("--store") { Description = "Only this store; without it, one after the other." };
store.AcceptOnlyFromAmong("embedded", "ceph");
var latency = new Command("latency", "From 'complete at the source' to 'listed and readable at the edge', beside bare PUTs.")
{
    seconds,
    store,
};
latency.SetAction(
    (result, cancellationToken) =>
        LatencyBenchmark.RunAsync(
            TimeSpan.FromSeconds(result.GetValue(seconds)),
            result.GetValue(store) is { } only ? [only] : ["embedded", "ceph"],
            cancellationToken
        )
);
var rtmp = new Command("rtmp", "CPU and memory of one RTMP stream, beside nginx's RTMP module.") { seconds };
rtmp.SetAction(
    (result, cancellationToken) => RtmpBenchmark.RunAsync(TimeSpan.FromSeconds(result.GetValue(seconds)), cancellationToken)
);
var test = new Option<bool>("--test") { Description = "Each only once, to see that they work; nothing is written." };
var micro = new Command("micro", "BenchmarkDotNet: looking inside segments, playlists, announces.") { test };
micro.SetAction(result => MicroBenchmark.Run(result.GetValue(test)));
var dvr = new Command("dvr", "Bytes a reload and CPU a publish at windows of seconds, an hour and four.");
dvr.SetAction(static _ => DvrBenchmark.Run());
var load = new Option<string>("--load")
{
    Description = "1000 or 8000 sockets in swarms of 250, or one swarm of 4000 beside ten of 400.",
    DefaultValueFactory = static _ => "1000",
};
load.AcceptOnlyFromAmong([.. TrackerLoad.All.Keys]);
var servers = new Option<string[]>("--servers")
{
    Description = "Only these; without it, all.",
    AllowMultipleArgumentsPerToken = true,
};
servers.AcceptOnlyFromAmong([.. MeasuredServer.All.Select(static server => server.Key)]);
var rounds = new Option<int>("--rounds")
{
    Description = "How often each server is measured.",
    DefaultValueFactory = static _ => 3,
};
var measure = new Option<int>("--seconds")
{
    Description = "How long each time, after 12 s of warm-up; of --soak, in all.",
    DefaultValueFactory = static _ => 20,
};
var soak = new Option<bool>("--soak") { Description = "Only Spillway's, with 10,000 sockets for 10 minutes." };
var tracker = new Command("tracker", "CPU, delay and memory of trackers, side by side.") { load, servers, rounds, measure, soak };
tracker.SetAction(
    (result, cancellationToken) =>
        result.GetValue(soak)
            ? TrackerSoak.RunAsync(
                MeasuredServer.All.First(server =>
                    result.GetValue(servers) is not { Length: > 0 } only || only.Contains(server.Key)
                ),
                TimeSpan.FromSeconds(result.GetResult(measure) is { Implicit: false } ? result.GetValue(measure) : 600),
                cancellationToken
            )
            : TrackerBenchmark.RunAsync(
                result.GetValue(load)!,
                result.GetValue(servers) ?? [],
                result.GetValue(rounds),
                TimeSpan.FromSeconds(result.GetValue(measure)),
                cancellationToken
            )
);
var viewers = new Option<int[]>("--viewers")
{
    Description = "Only the rows with so many viewers, and no file of results; without it, all.",
    AllowMultipleArgumentsPerToken = true,
};
viewers.Validators.Add(static result =>
{
    foreach (var token in result.Tokens)
    {
        if (!int.TryParse(token.Value, out var count) || Scenario.All.All(scenario => scenario.Viewers != count))
            result.AddError($"--viewers: there is no row with {token.Value} viewers.");
    }
});
var megabits = new Option<double>("--bitrate")
{
    Description = "Mbit/s of the stream; with another than 2.5 there is no file of results.",
    DefaultValueFactory = static _ => 2.5,
};
megabits.Validators.Add(static result =>
{
    var texts = result.Tokens.Select(static token => token.Value);
    if (
        !texts.All(static text => double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value is >= 0.1 and <= 50)
    )
        result.AddError("--bitrate must be from 0.1 to 50.");
});
var seed = new Option<int>("--seed") { Description = "Another one, other luck.", DefaultValueFactory = static _ => 1 };
var delay = new Option<double?>("--delay")
{
    Description = "Another live delay than the server's own, in seconds; its results are shown and not kept.",
};
var segments = new Option<double[]>("--segments")
{
    Description = "Only segments of so many seconds.",
    AllowMultipleArgumentsPerToken = true,
};
var simulation = new Command("swarm-simulation", "Swarms of up to 10,000 modelled viewers at the real tracker, in virtual time.")
{
    viewers,
    megabits,
    delay,
    segments,
    seed,
};
simulation.SetAction(
    (result, cancellationToken) =>
        SwarmSimulationBenchmark.RunAsync(
            result.GetValue(viewers) ?? [],
            result.GetValue(megabits),
            result.GetValue(delay),
            result.GetValue(segments) ?? [],
            result.GetValue(seed),
            cancellationToken
        )
);
var playlistRounds = new Option<int>("--rounds")
{
    Description = "How often each server is measured.",
    DefaultValueFactory = static _ => 5,
};
var playlistSeconds = new Option<int>("--seconds") { Description = "How long each time.", DefaultValueFactory = static _ => 6 };
var playlist = new Command("playlist", "The origin's playlists under wrk, beside nginx with the same bytes as a static file.")
{
    playlistRounds,
    playlistSeconds,
};
playlist.SetAction(
    (result, cancellationToken) =>
        PlaylistBenchmark.RunAsync(
            Math.Max(1, result.GetValue(playlistRounds)),
            TimeSpan.FromSeconds(Math.Max(1, result.GetValue(playlistSeconds))),
            cancellationToken
        )
);
var window = new Command("window", "The live delay fixed and adaptive, on good and bad networks, in virtual time.")
{
    segments,
    delay,
    seed,
};
window.SetAction(result =>
    WindowSimulationBenchmark.Run(
        result.GetValue(seed),
        result.GetValue(segments) is { Length: > 0 } some ? some : [2, 4],
        result.GetValue(delay)
    )
);
var open = new Option<int>("--seconds") { Description = "How long each time, after 10 s.", DefaultValueFactory = static _ => 60 };
var dashboard = new Command("dashboard", "CPU with a stream on air and 1,000 peers, without and with an open dashboard.")
{
    open,
};
dashboard.SetAction(
    (result, cancellationToken) =>
        DashboardBenchmark.RunAsync(TimeSpan.FromSeconds(Math.Max(5, result.GetValue(open))), cancellationToken)
);
var streams = new Option<int[]>("--streams")
{
    Description = "How many at once, one after the other.",
    DefaultValueFactory = static _ => [1, 4, 16, 50],
    AllowMultipleArgumentsPerToken = true,
};
var publish = new Command(
    "publish",
    "From 'complete at the source' to 'listed and readable' with many streams; CPU and memory a stream."
)
{
    seconds,
    streams,
};
publish.SetAction(
    (result, cancellationToken) =>
        PublishBenchmark.RunAsync(
            result.GetValue(streams) ?? [],
            TimeSpan.FromSeconds(result.GetValue(seconds)),
            cancellationToken
        )
);
var times = new Option<int>("--times") { Description = "How often it is killed.", DefaultValueFactory = static _ => 10 };
var start = new Command("start", "From the start after a kill to on air; size of the binary, idle memory.") { times };
start.SetAction((result, cancellationToken) => StartBenchmark.RunAsync(Math.Max(1, result.GetValue(times)), cancellationToken));
var script = new Option<string?>("--faults") { Description = "Only this script, and no file of results; without it, all." };
script.AcceptOnlyFromAmong([.. FaultScript.All.Select(static script => script.Name)]);
var faults = new Command("faults", "Listed-but-missing segments and lost seconds under faults, beside other ways into a bucket.")
{
    script,
};
faults.SetAction((result, cancellationToken) => FaultsBenchmark.RunAsync(result.GetValue(script), cancellationToken));
var benchmarks = new RootCommand("Spillway's benchmarks.")
{
    latency,
    rtmp,
    micro,
    dvr,
    tracker,
    simulation,
    playlist,
    window,
    dashboard,
    publish,
    start,
    faults,
    EventCommand.Create(),
};
try
{
    return await benchmarks.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
// A part that could not measure says why: no store, nothing on air, a server that does not come up.
catch (Exception exception) when (exception is InvalidOperationException or IOException or HttpRequestException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
// Ctrl-C.
catch (OperationCanceledException)
{
    return 1;
}
