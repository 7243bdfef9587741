using System.CommandLine;
using Spillway.Bench.Dvr;
using Spillway.Bench.Latency;
using Spillway.Bench.Micro;
using Spillway.Bench.Rtmp;

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
var micro = new Command("micro", "BenchmarkDotNet: looking inside segments, reading and writing playlists.");
micro.SetAction(static _ => MicroBenchmarks.Run());
var dvr = new Command("dvr", "Bytes a reload and CPU a publish at windows of seconds, an hour and four.");
dvr.SetAction(static _ => DvrBenchmark.Run());
return await new RootCommand("Spillway's benchmarks.") { latency, rtmp, micro, dvr }
    .Parse(args)
    .InvokeAsync();
