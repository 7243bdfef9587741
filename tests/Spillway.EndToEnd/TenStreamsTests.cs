using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>One server, ten streams, by every way in; <c>make soak</c> runs it for ten minutes, <c>MINUTES=2</c> chooses.</summary>
[Trait("Speed", "soak")]
public sealed class TenStreamsTests(ITestOutputHelper output) : EndToEndTest
{
    private const int Streams = 10;

    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(
        double.TryParse(
            Environment.GetEnvironmentVariable("MINUTES"),
            System.Globalization.CultureInfo.InvariantCulture,
            out var minutes
        )
            ? minutes
            : 10
    );

    [Fact]
    public async Task Ten_streams_with_restarts_at_random_do_not_disturb_each_other()
    {
        var (port, rtmpPort) = (FreePort.Next(), FreePort.Next());
        var encoders = Enumerable
            .Range(0, Streams)
            .ToDictionary(static i => $"s{i}", i => Own(Make(i, port, rtmpPort)), StringComparer.Ordinal);
        var server = Own(
            await SpillwayProcess.StartAsync(
                new JsonObject
                {
                    ["Streams"] = new JsonObject([
                        .. encoders.Select(static pair => new KeyValuePair<string, JsonNode?>(
                            pair.Key,
                            pair.Value.Settings(pair.Key)
                        )),
                    ]),
                    ["Rtmp"] = new JsonObject { ["Port"] = rtmpPort },
                },
                DataFolder,
                port
            )
        );
        foreach (var encoder in encoders.Values)
            encoder.Start();
        await server.HealthyAsync(
            static health => health.Streams.All(static s => s.State == "live"),
            "all are on air",
            TimeSpan.FromSeconds(60)
        );
        var judges = encoders.Keys.ToDictionary(
            static name => name,
            name => Own(Judge.Watch(server.Edge, name)),
            StringComparer.Ordinal
        );

        // The last of each way in is never restarted: whatever it shows, another's restart has done.
        var restarts = encoders.Keys.ToDictionary(static name => name, static _ => 0, StringComparer.Ordinal);
        var random = new Random(1);
        var end = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(end) < s_length)
        {
            await Task.Delay(TimeSpan.FromSeconds(2 + 6 * random.NextDouble()), TestContext.Current.CancellationToken);
            var name = $"s{random.Next(Streams - 3)}";
            await encoders[name].KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(random.Next(6)), TestContext.Current.CancellationToken);
            encoders[name].Start();
            restarts[name]++;
        }
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var memory = await File.ReadAllLinesAsync($"/proc/{server.Id}/status", TestContext.Current.CancellationToken);
        output.WriteLine(memory.First(static line => line.StartsWith("VmRSS", StringComparison.Ordinal)));
        foreach (var (name, judge) in judges)
        {
            await judge.StopAsync();
            var listings = judge.Histories("main").SelectMany(static history => history.Listings.Values).ToList();
            var discontinuities = listings.Count(static listing => listing.Segment.Discontinuity);
            var gaps = listings.Count(static listing => listing.Segment.Gap);
            output.WriteLine(
                $"{name} {encoders[name].Source[..Math.Min(8, encoders[name].Source.Length)]}: {listings.Count} listed, "
                    + $"{restarts[name]} restarts, {discontinuities} discontinuities, {gaps} gaps, {judge.Histories("main").Count} broadcasts"
            );
            await judge.PassAsync();
            if (restarts[name] == 0)
                Assert.Equal((0, 0, 1), (discontinuities, gaps, judge.Histories("main").Count));
        }
    }

    private Encoder Make(int number, int port, int rtmpPort)
    {
        var folder = Path.Combine(Folder, $"s{number}");
        return (number % 3) switch
        {
            0 => Encoder.OfFolder(folder, "160x90", 10),
            1 => Encoder.OfPush(folder, port, $"s{number}", "160x90", 10),
            _ => Encoder.OfRtmp(folder, rtmpPort, $"s{number}", "160x90", 10),
        };
    }
}
