using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.AdaptiveWindow;
using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Tests.Audience;

namespace Spillway.Tests.Streams;

/// <summary>A stream whose live delay and window follow what its viewers report; segments of one second.</summary>
public sealed class AdaptiveWindowTests : OnAirTest
{
    private readonly List<Reporter> _viewers = [];

    public AdaptiveWindowTests()
    {
        Options.Window = 3;
        Options.LiveDelay.Mode = LiveDelayOptions.Adaptive;
    }

    [Fact]
    public async Task Stalls_lengthen_the_delay_in_player_json_and_a_restart_keeps_it()
    {
        StartWithViewers();
        var show = await GoOnAirAsync();
        var before = (await PlayerAsync())!;
        Assert.Equal((6, true), (before.LiveDelay, before.CatchUp));
        Report(5, Messages.Report(seconds: 0.1, stalls: 1, stalled: 1.9));
        var playing = PlayAsync(show, 3, 14);
        await Until.TrueAsync(
            async () => (await PlayerAsync())!.LiveDelay == 8,
            () => $"players are told: {Stream.Status.Window}"
        );
        var told = Stream.Status.Window!;
        Assert.Equal(
            (LiveDelayOptions.Adaptive, 8, 14, 6, 11),
            (told.Mode, told.Delay, told.Seconds, told.LeastDelay, told.MostDelay)
        );
        Assert.Equal(
            "lengthened from 6 to 8 s: the picture of 5 of 5 viewers stood still, 1.9 s at the 95th percentile",
            told.Reason
        );
        Assert.NotNull(told.Changed);
        await playing;

        await StopAsync();
        StartWithViewers();
        await UntilStateAsync("live");
        Assert.Equal(8, (await PlayerAsync())!.LiveDelay);
        Assert.Equal("8 s is what players were told before the restart", Stream.Status.Window!.Reason);
        var last = LastListed();
        await PlayAsync(show, 17, 2, atOnce: true);
        await Until.TrueAsync(() => LastListed() > last, () => $"it goes on: {Stream.Status}");
        Assert.Equal(8, (await PlayerAsync())!.LiveDelay);
    }

    [Fact]
    public async Task The_window_grows_by_what_it_keeps_in_all_renditions_alike_and_shrinks_a_little_at_a_time()
    {
        StartWithViewers("a", "b");
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < 18; i++)
            await SendBothAsync(show, i, i < 3 ? 0 : 1);
        await Until.TrueAsync(() => LastListed() == 1_000_017, "18 are there");
        // Six seconds of delay and three target durations.
        Assert.Equal([(1_000_006, 12), (1_000_006, 12)], Windows());
        Report(5, Messages.Report(seconds: 1, latency: 15.5));
        await Until.TrueAsync(() => Stream.Status.Window!.Seconds == 20, () => $"it is to grow: {Stream.Status.Window}");
        Assert.Equal(6, Stream.Status.Window!.Delay);
        for (var i = 18; i < 26; i++)
            await SendBothAsync(show, i, 1);
        await Until.TrueAsync(() => LastListed() == 1_000_025, "26 are there");
        // Nothing has left until there was as much as is wanted.
        Assert.Equal([(1_000_006, 20), (1_000_006, 20)], Windows());

        _viewers.ForEach(viewer => Audience!.Find("live")!.Leave(viewer));
        await Until.TrueAsync(() => Stream.Status.Window.Seconds == 18, () => $"a target duration less: {Stream.Status.Window}");
    }

    [Fact]
    public async Task While_the_source_is_away_stalls_say_nothing()
    {
        StartWithViewers();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 2);
        await SendAsync(new SourceAway("gone"));
        await Clock.Wait(2);
        Report(10, Messages.Report(seconds: 1, stalls: 1, stalled: 1.9));
        await Clock.Wait(5);
        Assert.Equal(6, Stream.Status.Window!.Delay);
        await SendAsync(new SourceBack());
        await Clock.Wait(4);
        Assert.Equal(6, Stream.Status.Window!.Delay);
    }

    [Theory]
    [InlineData(LiveDelayOptions.Fixed, 12, 18)]
    [InlineData(LiveDelayOptions.Off, 6, 6)]
    public async Task Fixed_or_off_it_follows_nobody(string mode, double delay, double window)
    {
        (Options.LiveDelay.Mode, Options.LiveDelay.Delay) = (mode, TimeSpan.FromSeconds(12));
        StartWithViewers();
        var show = await GoOnAirAsync();
        Report(10, Messages.Report(seconds: 1, stalls: 1, stalled: 1.9, latency: 50));
        await PlayAsync(show, 3, 20);
        await Until.TrueAsync(() => LastListed() == 1_000_022, "23 are there");
        Assert.Equal((mode, delay), (Stream.Status.Window!.Mode, Stream.Status.Window.Delay));
        var player = (await PlayerAsync())!;
        Assert.Equal((delay, null), (player.LiveDelay, player.CatchUp));
        Assert.Equal((int)window, Windows()[0].Count);
    }

    private void StartWithViewers(params string[] renditions)
    {
        var options = new SpillwayOptions();
        options.Streams["live"] = Options;
        Audience = new AudienceServer(
            options,
            static _ => new AudienceInputs(null, null, null),
            static _ => "ws://{host}:3000/reports/live",
            Clock.Time,
            NullLogger<AudienceServer>.Instance
        );
        Start(renditions);
    }

    /// <summary>So many viewers come and tell the same.</summary>
    private void Report(int viewers, string json)
    {
        for (var i = 0; i < viewers; i++)
        {
            var viewer = new Reporter { HeardAt = Audience!.Now };
            _viewers.Add(viewer);
            Assert.Equal(Verdict.Taken, Audience.Find("live")!.Take(viewer, Encoding.UTF8.GetBytes(json), Audience.Now));
        }
    }

    private async Task SendBothAsync(Show show, int index, double pace)
    {
        if (pace > 0)
            await Clock.Wait(pace);
        foreach (var rendition in (string[])["a", "b"])
            await SendAsync(show.Segment(index, rendition));
    }

    private long LastListed() =>
        Stream.Status.Renditions.Count == 0 ? 0 : Stream.Status.Renditions.Min(static r => r.LastNumber ?? 0);

    private (long First, int Count)[] Windows() =>
        [.. Stream.OnAir!.Renditions.Select(static r => (r.Listed!.MediaSequence, r.Listed.Segments.Count))];
}
