using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>Encoders that come to Spillway: the published binary between them and the world, with nothing beside it.</summary>
public sealed class WaysInTests : EndToEndTest
{
    [Fact(Timeout = 120_000)]
    public async Task An_encoder_that_publishes_by_RTMP_is_seen_in_browsers_that_share_its_segments()
    {
        var port = FreePort.Next();
        var encoder = Own(Encoder.OfRtmp(Path.Combine(Folder, "encoder"), port, "live"));
        var server = await StartAsync(encoder, port);
        encoder.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(25));
        var judge = Own(Judge.Watch(server.Edge));
        Viewer[] viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 6, TimeSpan.FromSeconds(40));

        await ChildrenAreAsync(server, count: 0);
        foreach (var viewer in viewers)
            await viewer.SharesAsync(TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(Encoder.Key, server.Log, StringComparison.Ordinal);

        // As when OBS is stopped and started: the same broadcast, one discontinuity.
        await encoder.KillAsync();
        encoder.Start();
        await Until.TrueAsync(
            () => Discontinuities(judge) == 1,
            TimeSpan.FromSeconds(20),
            () => $"the show goes on after a discontinuity. Spillway wrote:\n{server.Log}"
        );
        await AllPlayAsync(viewers, 6, TimeSpan.FromSeconds(30));
        await judge.PassAsync();
        Assert.Single(judge.Histories("main"));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_wrong_key_is_refused_in_words_and_kept_out_of_the_log()
    {
        var port = FreePort.Next();
        var wrong = Own(Encoder.OfRtmp(Path.Combine(Folder, "wrong"), port, "other"));
        var right = Encoder.OfRtmp(Path.Combine(Folder, "right"), port, "live");
        var server = await StartAsync(right, port);
        wrong.Start();
        await Until.TrueAsync(() => !wrong.IsRunning, TimeSpan.FromSeconds(15), () => $"ffmpeg gives up. It wrote: {wrong.Log}");
        Assert.Equal("offline", (await server.HealthAsync()).Stream.State);
        Assert.DoesNotContain(Encoder.Key, server.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_encoder_that_puts_its_segments_is_seen_in_a_browser()
    {
        var port = FreePort.Next();
        var encoder = Own(Encoder.OfPush(Path.Combine(Folder, "encoder"), port, "live"));
        var server = Own(await SpillwayProcess.StartAsync(Settings(encoder), DataFolder, port));
        encoder.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(25));
        var judge = Own(Judge.Watch(server.Edge));
        var viewer = await OpenAsync(server.Origin);
        await viewer.PlaysAsync(6, TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(Encoder.Key, server.Log, StringComparison.Ordinal);
        await judge.PassAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_ladder_makes_two_renditions_of_what_comes_by_RTMP()
    {
        var port = FreePort.Next();
        var encoder = Own(Encoder.OfRtmp(Path.Combine(Folder, "encoder"), port, "live"));
        var settings = Settings(encoder);
        settings["Rtmp"] = new JsonObject { ["Port"] = port };
        settings["Streams"]!["live"]!["Ladder"] = new JsonArray("source", "160x90@100k");
        var server = Own(await SpillwayProcess.StartAsync(settings, DataFolder));
        encoder.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(40));
        var judge = Own(Judge.Watch(server.Edge));
        var viewer = await OpenAsync(server.Origin);
        await viewer.PlaysAsync(6, TimeSpan.FromSeconds(40));
        foreach (var rendition in (string[])["source", "90p"])
            Assert.True(judge.Histories(rendition) is [{ Listings.Count: >= 3 }], $"{rendition} is listed");
        await judge.PassAsync();
        await ChildrenAreAsync(server, count: 1);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_folder_that_nginx_writes_from_RTMP_is_a_source()
    {
        var nginx = Own(await NginxRtmp.StartAsync(Path.Combine(Folder, "nginx")));
        var encoder = Own(Encoder.OfRtmp(Path.Combine(Folder, "encoder"), nginx.Port, "live"));
        var server = await ServeAsync(nginx.Hls);
        encoder.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(30));
        var judge = Own(Judge.Watch(server.Edge));
        var viewer = await OpenAsync(server.Origin);
        await viewer.PlaysAsync(6, TimeSpan.FromSeconds(30));
        await judge.PassAsync();
    }

    [Fact(Timeout = 180_000)]
    [Trait("Speed", "slow")]
    public async Task OBS_itself_publishes_and_is_told_that_its_keyframes_are_far_apart()
    {
        var port = FreePort.Next();
        var asEncoder = Encoder.OfRtmp(Folder, port, "live");
        var server = await StartAsync(asEncoder, port);
        var address = $"rtmp://127.0.0.1:{port}/live";
        var first = ObsStudio.Start(Path.Combine(Folder, "obs"), address, $"{Encoder.Key}live", keyframeSeconds: 0);
        await using (first)
        {
            await server.HealthyAsync(
                static health => health.Text.Contains("keyframe", StringComparison.OrdinalIgnoreCase),
                $"the operator is advised. OBS wrote:\n{first.Log}",
                TimeSpan.FromSeconds(60)
            );
        }
        var obs = Own(ObsStudio.Start(Path.Combine(Folder, "obs"), address, $"{Encoder.Key}live", keyframeSeconds: 2));
        var health = await server.HealthyAsync(
            static health =>
                health.Stream is { State: "live", SourceAway: null, SourceAdvice: null } && health.ManifestChunks >= 3,
            $"it is on air, without advice. OBS wrote:\n{obs.Log}",
            TimeSpan.FromSeconds(60)
        );
        var viewer = await OpenAsync(server.Origin);
        await viewer.PlaysAsync(8, TimeSpan.FromSeconds(40));
        Assert.NotNull(health.Stream.Broadcast);
    }

    private static JsonObject Settings(Encoder encoder) =>
        new() { ["Streams"] = new JsonObject { ["live"] = encoder.Settings("live") } };

    private async Task<SpillwayProcess> StartAsync(Encoder encoder, int port)
    {
        var settings = Settings(encoder);
        settings["Rtmp"] = new JsonObject { ["Port"] = port };
        return Own(await SpillwayProcess.StartAsync(settings, DataFolder));
    }

    private static int Discontinuities(Judge judge) =>
        judge.Histories("main").SelectMany(static history => history.Listings.Values).Count(static l => l.Segment.Discontinuity);

    /// <summary>The slate is made once, by an ffmpeg that ends by itself: what stays is what the stream needs.</summary>
    private static Task ChildrenAreAsync(SpillwayProcess server, int count) =>
        Until.TrueAsync(
            () => ChildrenOf(server.Id).Count == count,
            TimeSpan.FromSeconds(30),
            () => $"{count} programs beside the server: {string.Join(", ", ChildrenOf(server.Id))}"
        );

    /// <summary>Names of the programs that a process has started and that run.</summary>
    private static List<string> ChildrenOf(int process) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(static folder => int.TryParse(Path.GetFileName(folder), out _))
                .Select(static folder =>
                {
                    try
                    {
                        return File.ReadAllText(Path.Combine(folder, "stat"));
                    }
                    catch (IOException)
                    {
                        return "";
                    }
                })
                .Where(stat =>
                    stat.Contains(") ", StringComparison.Ordinal)
                    && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{process}"
                )
                .Select(static stat => stat[..(stat.LastIndexOf(')') + 1)]),
        ];
}
