using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;
using Spillway.Timeline;

namespace Spillway.Tests.Slate;

/// <summary>The slate in a broadcast: in pauses, by hand, and when there can be none. Every version is held against the rules of HLS.</summary>
public sealed class SlateOnAirTests : OnAirTest, IDisposable
{
    private static readonly FfmpegTool s_missing = new("not-there", "not-there", TimeSpan.FromSeconds(5));

    private readonly string _data = Directory.CreateTempSubdirectory("spillway-slate-data-").FullName;

    public SlateOnAirTests()
    {
        Options.Window = 100;
        UseTool(FfmpegTool.Installed);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData(Show.Plain)]
    [InlineData(Show.Fragments)]
    public async Task A_pause_is_filled_by_the_slate_and_the_show_goes_on_after_it(string kind)
    {
        Start();
        var show = await OnAirWithSlateAsync(kind);
        await SendAsync(new SourceAway("nothing new"));
        await UntilStateAsync("slate");
        await UntilListedAsync(20);
        await SendAsync(new SourceBack());
        await PlayAsync(show, 3, 4, run: 1);
        await UntilStateAsync("live");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 3 4 5 6", StringComparison.Ordinal),
            () => "the show is back"
        );
        var playlist = await PlaylistAsync();
        Assert.Matches("^0 1 2 (s )+3 4 5 6$", Story(show, playlist));
        AssertRepeats(playlist, 12);
        Assert.True(playlist.Segments.Single(segment => IndexIn(show, segment) == 3).Discontinuity);
        Assert.Equal(0, Stream.Status.Gaps);
        Assert.Null(Stream.Status.SlateProblem);
        // On change only: offline, live, slate, live.
        Assert.Equal(4, Store.Line.Stored.Count(static put => put.Key == "live/player.json"));
    }

    [Fact]
    public async Task Two_renditions_show_the_slate_together()
    {
        Start("low", "high");
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(show.Segment(i, "low"));
            await SendAsync(show.Segment(i, "high"));
        }
        await UntilSlateAsync();
        await SendAsync(new SourceAway("gone"));
        await UntilListedAsync(18);
        await SendAsync(new SourceBack());
        for (var i = 3; i < 6; i++)
        {
            await SendAsync(show.Segment(i, "high", run: 1));
            await SendAsync(show.Segment(i, "low", run: 1));
            await Clock.Wait(1);
        }
        await UntilStateAsync("live");
        await Until.TrueAsync(
            async () =>
                Story(show, await PlaylistAsync(0)).EndsWith(" 5", StringComparison.Ordinal)
                && Story(show, await PlaylistAsync(1)).EndsWith(" 5", StringComparison.Ordinal),
            () => "both are back"
        );
        var (low, high) = (await PlaylistAsync(0), await PlaylistAsync(1));
        Assert.Equal(low.Segments.Select(Where), high.Segments.Select(Where));
        Assert.All(
            high.Segments.Where(IsSlate),
            static segment => Assert.Contains("/high/", segment.Uri, StringComparison.Ordinal)
        );

        static (bool, DateTimeOffset?, TimeSpan) Where(MediaSegment s) => (s.Discontinuity, s.ProgramDateTime, s.Duration);
    }

    [Fact]
    public async Task By_hand_the_source_is_dropped_until_the_slate_is_taken_off()
    {
        Options.Grace = TimeSpan.FromSeconds(5);
        Start();
        var show = await OnAirWithSlateAsync();
        await PlayAsync(show, 3, 2);
        await UntilListedAsync(5);
        var on = await Stream.SetSlateAsync(true);
        Assert.Null(on.Refusal);
        Assert.Equal(("slate", true), (on.Status.State, on.ByHand));
        // Longer than Grace, with a source that is there all the time, misses some and starts anew.
        await PlayAsync(show, 5, 4);
        await SendAsync(new SegmentMissed("0", 0, 9, false, TimeSpan.FromSeconds(1), "it was gone"));
        await PlayAsync(show, 10, 4, run: 1);
        Assert.Null((await Stream.SetSlateAsync(true)).Refusal);
        await UntilStateAsync("slate");
        var off = await Stream.SetSlateAsync(false);
        Assert.Null(off.Refusal);
        // Until the show's next segment is there.
        Assert.Equal(("slate", false), (off.Status.State, off.ByHand));
        await PlayAsync(show, 14, 3, run: 1);
        await UntilStateAsync("live");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 14 15 16", StringComparison.Ordinal),
            () => "the show is back"
        );
        var playlist = await PlaylistAsync();
        Assert.Matches("^0 1 2 (s )*3 4 (s )+14 15 16$", Story(show, playlist));
        Assert.True(playlist.Segments.Single(segment => IndexIn(show, segment) == 14).Discontinuity);
        Assert.Single(MediaPlaylistKeys);
        Assert.Equal(0, Stream.Status.Gaps);
    }

    [Fact]
    public async Task By_hand_a_source_that_goes_away_as_well_ends_the_broadcast_after_its_grace()
    {
        Options.Grace = TimeSpan.FromSeconds(8);
        Start();
        var show = await OnAirWithSlateAsync();
        Assert.Null((await Stream.SetSlateAsync(true)).Refusal);
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("ended");
        await Until.TrueAsync(async () => (await PlaylistAsync()).Ended, () => "its playlist has ended");
        Assert.Equal("Nothing is on air on live.", (await Stream.SetSlateAsync(true)).Refusal);
        // What comes then is a show of its own and not behind the slate.
        await SendAsync(new SourceBack());
        await PlayAsync(show, 5, 3, run: 1);
        await UntilStateAsync("live");
    }

    [Fact]
    public async Task Other_renditions_of_the_source_wait_behind_the_slate_by_hand()
    {
        Start();
        var show = await OnAirWithSlateAsync();
        Assert.Null((await Stream.SetSlateAsync(true)).Refusal);
        await SendAsync(new RenditionsFound([Made.Rendition("low", target: 1), Made.Rendition("high", target: 1)]));
        await SendAsync(show.Segment(3, "low", run: 1));
        await UntilListedAsync(12);
        Assert.Single(MediaPlaylistKeys);
        Assert.Null((await Stream.SetSlateAsync(false)).Refusal);
        for (var i = 4; i < 8; i++)
        {
            await SendAsync(show.Segment(i, "low", run: 1));
            await SendAsync(show.Segment(i, "high", run: 1));
        }
        await Until.TrueAsync(async () => (await MultivariantAsync()).Variants.Count == 2, () => "the next broadcast begins");
        await UntilStateAsync("live");
    }

    [Fact]
    public async Task Without_ffmpeg_there_are_gaps_and_health_says_so()
    {
        UseTool(s_missing);
        Start();
        var show = await GoOnAirAsync();
        await Until.TrueAsync(
            () => Stream.Status.SlateProblem?.StartsWith("ffmpeg is not installed", StringComparison.Ordinal) == true,
            () => $"it is told: {Stream.Status}"
        );
        Assert.Equal(Stream.Status.SlateProblem, (await Stream.SetSlateAsync(true)).Refusal);
        await SendAsync(new SourceAway("gone"));
        await UntilListedAsync(5);
        Assert.StartsWith("0 1 2", Story(show, await PlaylistAsync()), StringComparison.Ordinal);
        Assert.Contains((await PlaylistAsync()).Segments, static segment => segment.Gap);
        Assert.Equal("live", Stream.Status.State);
    }

    [Fact]
    public async Task None_means_gaps_and_is_no_problem()
    {
        Options.Slate = StreamOptions.NoSlate;
        Start();
        await GoOnAirAsync();
        Assert.Null(Stream.Status.SlateProblem);
        Assert.Equal("live has no slate: its setting Slate is \"none\".", (await Stream.SetSlateAsync(true)).Refusal);
        Assert.Null((await Stream.SetSlateAsync(false)).Refusal);
        Assert.Empty(Directory.GetDirectories(_data));
    }

    [Fact]
    public async Task A_show_that_cannot_be_matched_has_gaps_and_the_reason_is_told()
    {
        Start();
        for (var i = 0; i < 3; i++)
            await SendAsync(Made.Segment(sequence: i, measured: 1, declared: 1, bytes: 1000 + i, video: "hvc1.1.6.L93.B0"));
        await UntilStateAsync("live");
        Assert.Equal(
            "No slate can be made for rendition 0, since its picture is hvc1.1.6.L93.B0; a slate is made for H.264 (avc1) only: "
                + "pauses are shown as gaps. Set Slate to \"none\" if that is meant to be so.",
            Stream.Status.SlateProblem
        );
    }

    [Fact]
    public async Task A_slate_that_the_store_refuses_is_listed_only_once_it_is_stored()
    {
        Store.Line.Rule = static key => key.Contains("/slate/", StringComparison.Ordinal) ? PutFault.Lost : null;
        Start();
        var show = await GoOnAirAsync();
        await Until.TrueAsync(() => Stream.Status.SlateProblem?.Contains("could not be stored") == true, "it is told");
        await SendAsync(new SourceAway("gone"));
        await UntilListedAsync(5);
        Assert.Contains((await PlaylistAsync()).Segments, static segment => segment.Gap);
        Store.Line.Rule = static _ => null;
        await UntilStateAsync("slate");
        Assert.Null(Stream.Status.SlateProblem);
        Assert.NotNull(show);
    }

    [Fact]
    public async Task After_a_restart_nothing_is_encoded_or_stored_again()
    {
        Start();
        var show = await OnAirWithSlateAsync();
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("slate");
        var stored = Slates();
        await StopAsync();
        UseTool(s_missing);
        Start();
        await PlayAsync(show, 5, 3, atOnce: true);
        await UntilSlateAsync();
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("slate");
        Assert.Equal(stored, Slates());
        Assert.Equal(12, stored);

        int Slates() => Store.Line.Puts.Count(static put => put.Key.Contains("/slate/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Show.Plain)]
    [InlineData(Show.Fragments)]
    public async Task A_process_that_starts_without_a_source_goes_on_with_the_slate_that_is_listed(string kind)
    {
        Start();
        var show = await OnAirWithSlateAsync(kind);
        await SendAsync(new SourceAway("gone"));
        await UntilListedAsync(22);
        await KillAsync();
        // Neither ffmpeg nor what it made before: all there is is in the bucket.
        Slates = new SlateMaker(Path.Combine(_data, "empty"), s_missing, NullLogger<SlateMaker>.Instance);
        Start();
        await Until.TrueAsync(() => Stream.OnAir?.HasSlate == true, "it is known from the playlist");
        // Said a moment after it is on air.
        await UntilStateAsync("slate");
        await SendAsync(new SourceAway("gone"));
        await UntilListedAsync(40);
        await SendAsync(new SourceBack());
        await PlayAsync(show, 3, 4, run: 1);
        await UntilStateAsync("live");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 3 4 5 6", StringComparison.Ordinal),
            () => "the show is back"
        );
        Assert.Matches("^0 1 2 (s )+3 4 5 6$", Story(show, await PlaylistAsync()));
        Assert.Single(MediaPlaylistKeys);
    }

    [Fact]
    public async Task A_slate_by_hand_stays_over_a_restart()
    {
        Start();
        var show = await OnAirWithSlateAsync();
        Assert.Null((await Stream.SetSlateAsync(true)).Refusal);
        await UntilStateAsync("slate");
        await Until.TrueAsync(async () => (await PlayerAsync())!.SlateByHand == true, () => "the next process can know");
        await UntilListedAsync(6);
        await KillAsync();
        Start();
        await PlayAsync(show, 1, 6, atOnce: true);
        await UntilListedAsync(12);
        Assert.Equal("slate", Stream.Status.State);
        Assert.Null((await Stream.SetSlateAsync(false)).Refusal);
        await PlayAsync(show, 7, 3);
        await UntilStateAsync("live");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 7 8 9", StringComparison.Ordinal),
            () => "the show is back"
        );
        Assert.Matches("^0 1 2 (s )+7 8 9$", Story(show, await PlaylistAsync()));
        Assert.Null((await PlayerAsync())!.SlateByHand);
    }

    private void UseTool(FfmpegTool tool) => Slates = new SlateMaker(_data, tool, NullLogger<SlateMaker>.Instance);

    private async Task<Show> OnAirWithSlateAsync(string kind = Show.Plain)
    {
        var show = await Show.GetAsync(kind);
        await PlayAsync(show, 0, 3, atOnce: true);
        await UntilSlateAsync();
        return show;
    }

    /// <summary>On air, and its slate is there; no time passes while it is made.</summary>
    private async Task UntilSlateAsync()
    {
        await UntilStateAsync("live");
        Clock.StandsStill = true;
        await Until.TrueAsync(() => Stream.OnAir?.HasSlate == true, () => $"the slate is there: {Stream.Status}");
        Clock.StandsStill = false;
    }

    private static bool IsSlate(MediaSegment segment) => segment.Uri.StartsWith("../../slate/", StringComparison.Ordinal);

    /// <summary>Each repetition begins with a DISCONTINUITY, and nothing else in it does.</summary>
    private static void AssertRepeats(MediaPlaylist playlist, int length)
    {
        var slate = playlist.Segments.Where(IsSlate).ToList();
        Assert.True(slate.Count > length, $"{slate.Count} of the slate are listed");
        for (var i = 0; i < slate.Count; i++)
        {
            Assert.Equal(slate[i % length].Uri, slate[i].Uri);
            Assert.Equal(i % length == 0, slate[i].Discontinuity);
        }
    }

    private static new string Story(Show show, MediaPlaylist playlist) =>
        string.Join(
                ' ',
                playlist.Segments.Select(s =>
                    s.Gap ? "-"
                    : IsSlate(s) ? "s"
                    : $"{IndexIn(show, s)}"
                )
            )
            .TrimEnd(' ', '-');
}
