using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport.Benchmarks;
using Encoder = Spillway.EndToEnd.Sources.Encoder;

namespace Spillway.EndToEnd;

/// <summary>
/// What a scrape costs with four streams on air and 1,000 peers at the tracker: <c>make bench PART=metrics</c>. Time with scrapes is held against as
/// much time without, and the figures are those of the binary itself.
/// </summary>
[Trait("Speed", "long")]
public sealed partial class MetricsCostTests(ITestOutputHelper output) : EndToEndTest
{
    private const int Peers = 1_000;
    private const int Scrapes = 60;

    /// <summary>Longer than an answer is kept.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(350);

    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false });

    private static readonly string[] s_streams = ["live", "two", "three", "four"];

    [Fact]
    [Trait("Bench", "metrics")]
    public async Task A_scrape_of_four_streams_and_a_thousand_peers_is_measured()
    {
        var machine = BenchMachine.Read();
        var source = Own(Encoder.OfFolder(Path.Combine(Folder, "source")));
        source.Start();
        var streams = new JsonObject(
            s_streams.Select(name =>
                KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["Source"] = source.Source, ["Slate"] = "none" })
            )
        );
        var settings = new JsonObject
        {
            ["Streams"] = streams,
            ["Tracker"] = new JsonObject { ["AnySwarm"] = true },
        };
        var server = Own(await SpillwayProcess.StartAsync(settings, DataFolder));
        await server.ListsAsync(4, TimeSpan.FromSeconds(40));
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < Peers; i++)
            sockets.Add(await JoinAsync(server.Port, s_streams[i % s_streams.Length], i));

        var (cpu, heap, bytes) = (new List<double>(), new List<double>(), 0);
        // Before each pair what was begun is over, and what is first called is ready.
        await PassAsync(server, 5);
        for (var round = 0; round < 3; round++)
        {
            var idle = await UseAsync(server, scrapes: 0);
            var busy = await UseAsync(server, Scrapes);
            cpu.Add((busy.Cpu - idle.Cpu) / Scrapes);
            heap.Add((busy.Heap - idle.Heap) / Scrapes);
            bytes = busy.Bytes;
        }
        var result = BenchResult.Of(
            "metrics",
            machine,
            [
                "| of one scrape | median | least to most |",
                "|---|---:|---:|",
                $"| CPU, ms | {Show(cpu, 1000)} |",
                $"| allocated, kB | {Show(heap, 1e-3)} |",
                string.Create(CultureInfo.InvariantCulture, $"| answer, kB | {bytes / 1e3:0} | |"),
            ],
            new
            {
                streams = s_streams.Length,
                peers = Peers,
                scrapes = Scrapes,
                cpuSeconds = cpu,
                allocatedBytes = heap,
                bytes,
            }
        );
        foreach (var line in result.Save("metrics").Table)
            output.WriteLine(line);
        Assert.Equal(Peers, sockets.Count(static socket => socket.State == WebSocketState.Open));
        sockets.ForEach(static socket => socket.Dispose());
    }

    private static string Show(List<double> values, double factor)
    {
        var sorted = values.Select(value => value * factor).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[1]:0.00} | {sorted[0]:0.00} to {sorted[2]:0.00}");
    }

    /// <summary>What the server has used in the time of so many scrapes, whether they are made or not.</summary>
    private static async Task<(double Cpu, double Heap, int Bytes)> UseAsync(SpillwayProcess server, int scrapes)
    {
        await Task.Delay(s_pause);
        var before = await ReadAsync(server);
        var bytes = await PassAsync(server, scrapes);
        for (var i = scrapes; i < Scrapes; i++)
            await Task.Delay(s_pause);
        await Task.Delay(s_pause);
        var after = await ReadAsync(server);
        return (after.Cpu - before.Cpu, after.Heap - before.Heap, bytes);
    }

    private static async Task<int> PassAsync(SpillwayProcess server, int scrapes)
    {
        var bytes = 0;
        for (var i = 0; i < scrapes; i++)
        {
            await Task.Delay(s_pause);
            bytes = (await s_http.GetByteArrayAsync(server.Origin + "metrics")).Length;
        }
        return bytes;
    }

    /// <summary>CPU in seconds, and bytes allocated, since the start.</summary>
    private static async Task<(double Cpu, double Heap)> ReadAsync(SpillwayProcess server)
    {
        var text = await s_http.GetStringAsync(server.Origin + "metrics");
        return (Sum(Cpu().Matches(text)), Sum(Heap().Matches(text)));

        // One that is not there would be 0 for ever.
        static double Sum(MatchCollection lines) =>
            lines.Count == 0
                ? throw new InvalidOperationException("the runtime's own figures are missing")
                : lines.Sum(static line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    private static async Task<ClientWebSocket> JoinAsync(int port, string stream, int peer)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/tracker/{stream}"), default);
        var announce =
            $$"""{"action":"announce","info_hash":"a-swarm-of-this-test","peer_id":"{{peer:D20}}","numwant":0,"offers":[],"left":1,"event":"started"}""";
        await socket.SendAsync(Encoding.UTF8.GetBytes(announce), WebSocketMessageType.Text, endOfMessage: true, default);
        var reply = await socket.ReceiveAsync(new byte[1024], default);
        return reply.MessageType == WebSocketMessageType.Text
            ? socket
            : throw new InvalidOperationException($"peer {peer} was sent away");
    }

    [GeneratedRegex(@"^dotnet_process_cpu_time_seconds_total\{[^}]*\} (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Cpu();

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total(?:\{\})? (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Heap();
}
