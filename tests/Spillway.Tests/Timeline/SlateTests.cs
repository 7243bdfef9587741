using Spillway.Playlists;
using Spillway.Timeline;

namespace Spillway.Tests.Timeline;

/// <summary>The slate in the timeline; its histories are in <see cref="TimelineHistoryTests"/>.</summary>
public sealed class SlateTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3.6);

    private readonly BroadcastTimeline _timeline = new(
        new BroadcastSettings(3, 6, TimeSpan.FromSeconds(60), 1_000_000, 0),
        ["0", "1"]
    );
    private TimeSpan _now;

    [Fact]
    public void A_pause_of_the_whole_source_shows_the_slate_in_all_renditions_in_step()
    {
        Assert.True(_timeline.SetSlate(Slates(2, 2)));
        BothBring(0);
        Assert.False(At(3.5));
        Assert.True(At(3.6));
        foreach (var name in (string[])["0", "1"])
        {
            var segments = Playlist(name).Segments;
            Assert.Equal(
                ["1000000-x.m4s", $"../../slate/{name}/0.m4s", $"../../slate/{name}/1.m4s"],
                segments.Select(s => s.Uri)
            );
            Assert.Equal([false, true, false], segments.Select(s => s.Discontinuity));
            Assert.Equal(["init-a.mp4", "../../slate/init.mp4", "../../slate/init.mp4"], segments.Select(s => s.Map!.Uri));
            Assert.Equal([0, 2, 4], segments.Select(s => (s.ProgramDateTime!.Value - s_start).TotalSeconds));
        }
    }

    [Fact]
    public void As_much_is_listed_as_time_has_passed_and_each_repetition_is_a_discontinuity()
    {
        _timeline.SetSlate(Slates(2, 2));
        BothBring(0);
        for (var seconds = 3.6; seconds < 40; seconds += 0.2)
        {
            At(seconds);
            var listed = Playlist("0").Segments.Skip(1).Sum(s => s.Duration.TotalSeconds);
            Assert.InRange(listed, seconds - 0.2, seconds + 2.2);
        }
        var segments = Playlist("1").Segments;
        Assert.Equal(segments.Skip(1).Select((_, i) => i % 2 == 0), segments.Skip(1).Select(s => s.Discontinuity));
        Assert.Equal(_timeline.NextDiscontinuity - 1, segments.Count(s => s.Discontinuity));
    }

    [Fact]
    public void The_source_is_back_with_a_discontinuity_and_its_own_map_and_dates_go_on()
    {
        _timeline.SetSlate(Slates(2));
        BothBring(0);
        At(3.6);
        BothBring(2);
        var segments = Playlist("0").Segments;
        var last = segments[^1];
        Assert.True(last.Discontinuity);
        Assert.Equal(("init-a.mp4", false), (last.Map!.Uri, last.Gap));
        Assert.True(last.ProgramDateTime >= segments[^2].ProgramDateTime + segments[^2].Duration);
        Assert.Equal(Playlist("1").Segments[^1].ProgramDateTime, last.ProgramDateTime);
        PlaylistWriter.Write(Playlist("0"));
    }

    [Fact]
    public void A_gap_behind_the_slate_has_the_map_of_the_show()
    {
        _timeline.SetSlate(Slates(2));
        BothBring(0);
        At(3.6);
        // One is back, the other is not: never the slate for one alone.
        Bring("0", 2);
        for (var i = 1; i < 8; i++)
        {
            _now += TimeSpan.FromSeconds(2);
            Bring("0", 2 + 2 * i);
            _timeline.Fill(_now, s_patience);
        }
        var behind = Playlist("1")
            .Segments.SkipWhile(s => s.Map!.Uri == "init-a.mp4")
            .SkipWhile(s => s.Map!.Uri != "init-a.mp4")
            .ToList();
        Assert.NotEmpty(behind);
        Assert.All(behind, s => Assert.True(s.Gap));
        Assert.True(behind[0].Discontinuity);
        Assert.Equal(Playlist("0").Segments.Count(s => s.Discontinuity), Playlist("1").Segments.Count(s => s.Discontinuity));
    }

    [Fact]
    public void By_hand_it_begins_at_once_and_ends_with_the_next_segment()
    {
        Assert.False(_timeline.BeginSlate(_now));
        BothBring(0);
        Assert.False(_timeline.BeginSlate(_now));
        _timeline.SetSlate(Slates(2));
        _now = TimeSpan.FromSeconds(1);
        Assert.True(_timeline.BeginSlate(_now));
        Assert.Equal(2, Playlist("0").Segments.Count);
        Assert.False(At(2.9));
        Assert.True(At(3.0));
        BothBring(6);
        Assert.Equal([false, true, true, true], Playlist("1").Segments.Select(s => s.Discontinuity));
    }

    [Fact]
    public void Slate_behind_an_upload_waits_for_it()
    {
        _timeline.SetSlate(Slates(2));
        BothBring(0);
        var pending = Add("0", 2)!;
        Add("1", 2)!.State = EntryState.Stored;
        At(3.6);
        Assert.Single(Playlist("0").Segments);
        Assert.Equal(4, Playlist("1").Segments.Count);
        pending.State = EntryState.Stored;
        Assert.Equal(4, Playlist("0").Segments.Count);
    }

    [Fact]
    public void A_slate_that_cannot_be_listed_leaves_gaps()
    {
        Assert.False(_timeline.SetSlate(Slates(4)));
        var lacking = Slates(2);
        lacking.Remove("1");
        Assert.False(_timeline.SetSlate(lacking));
        var uneven = Slates(2);
        uneven["1"] = Slates(2, 2)["1"];
        Assert.False(_timeline.SetSlate(uneven));
        // MPEG-TS beside fragmented MP4 cannot be said in one playlist.
        Assert.True(_timeline.SetSlate(Slates(section: null, 2)));
        BothBring(0);
        At(3.6);
        Assert.True(Playlist("0").Segments[^1].Gap);
        Assert.False(_timeline.BeginSlate(_now));
    }

    [Fact]
    public void It_may_come_while_gaps_are_listed_already()
    {
        BothBring(0);
        At(3.6);
        At(3.8);
        _timeline.SetSlate(Slates(2));
        At(7.4);
        Assert.Equal([false, true, false, false], Playlist("0").Segments.Select(s => s.Gap));
    }

    [Fact]
    public void An_hour_of_gaps_is_no_more_than_a_window()
    {
        BothBring(0);
        At(3600);
        At(3603.6);
        Assert.InRange(Playlist("0").Segments.Count, 2, 60);
        BothBring(2);
        Assert.True(Playlist("0").Segments[^1].ProgramDateTime >= s_start.AddSeconds(3603));
    }

    private bool At(double seconds) => _timeline.Fill(_now = TimeSpan.FromSeconds(seconds), s_patience);

    private void BothBring(double timestamp)
    {
        Bring("0", timestamp);
        Bring("1", timestamp);
    }

    private void Bring(string rendition, double timestamp) => Add(rendition, timestamp)!.State = EntryState.Stored;

    private TimelineEntry? Add(string rendition, double timestamp) =>
        _timeline.Add(
            new MediaPiece
            {
                Rendition = rendition,
                Run = 0,
                Duration = TimeSpan.FromSeconds(2),
                Timestamp = TimeSpan.FromSeconds(timestamp),
                InitializationSection = "init-a.mp4",
            },
            number => $"{number}-x.m4s",
            _now,
            s_start + _now
        );

    private MediaPlaylist Playlist(string rendition) => _timeline.Playlist(rendition, ended: false)!;

    private static Dictionary<string, IReadOnlyList<SlateSegment>> Slates(params int[] seconds) =>
        Slates("../../slate/init.mp4", seconds);

    private static Dictionary<string, IReadOnlyList<SlateSegment>> Slates(string? section, params int[] seconds) =>
        new(StringComparer.Ordinal) { ["0"] = Slate("0", section, seconds), ["1"] = Slate("1", section, seconds) };

    private static SlateSegment[] Slate(string rendition, string? section, int[] seconds) =>
        [.. seconds.Select((s, i) => new SlateSegment($"../../slate/{rendition}/{i}.m4s", TimeSpan.FromSeconds(s), section))];
}
