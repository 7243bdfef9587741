using System.Text;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class HlsSourceFolderTests(RecordedHls recorded) : IClassFixture<RecordedHls>, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Segments_come_whole_in_order_and_once()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        for (var i = 3; i < 12; i++)
        {
            Add(live, recorded.First, i, 1);
            await source.UntilSegmentsAsync(i + 1);
        }
        Assert.Equal("0:0 0:1 0:2 0:3 0:4 0:5 0:6 0:7 0:8 0:9 0:10 0:11", source.Story());
        Assert.Equal(recorded.First.Segments.Take(12), source.Segments.Select(s => s.Data.ToArray()));
        Assert.Equal(new SourceRendition("main", 1, null, null), Assert.Single(Found(source)[0].Renditions));
        Assert.IsType<RenditionsFound>(source.Events[0]);
        Assert.All(source.Segments, s => Assert.True(s.Media.IsWhole));
    }

    [Fact]
    public async Task A_playlist_rewritten_unchanged_brings_nothing()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder["stream.m3u8"]);
        await source.UntilSegmentsAsync(3);
        for (var i = 0; i < 40; i++)
        {
            live.Write();
            await Task.Delay(5);
        }
        Add(live, recorded.First, 3, 1);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 0:3", source.Story());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.8)]
    public async Task A_file_listed_before_it_is_written_is_waited_for(double share)
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        var whole = recorded.First.Segments[3];
        _folder.Write("s3.ts", whole.AsMemory(0, (int)(whole.Length / 188 * share) * 188));
        live.List("s3.ts");
        Add(live, recorded.First, 4, 1);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        // It grows, now and then in the middle of a packet, for as long as the follower looks on.
        for (var part = (int)(whole.Length * share); part < whole.Length; part += whole.Length / 8)
        {
            _folder.Write("s3.ts", whole.AsMemory(0, part));
            await Task.Delay(60);
        }
        _folder.Write("s3.ts", whole);
        await source.UntilSegmentsAsync(5);
        Assert.Equal("0:0 0:1 0:2 0:3 0:4", source.Story());
        Assert.Equal(whole, source.Segments.ElementAt(3).Data.ToArray());
    }

    [Fact]
    public async Task A_listed_file_that_never_comes_is_missed_and_the_next_ones_follow()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        live.List("never.ts", 1.2);
        Add(live, recorded.First, 4, 1);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 -0:3 0:4", source.Story());
        var missed = Assert.Single(source.Missed);
        Assert.Equal("there is no such file", missed.Reason);
        Assert.Equal(TimeSpan.FromSeconds(1.2), missed.DeclaredDuration);
    }

    [Fact]
    public async Task A_declared_duration_that_is_far_too_long_is_not_believed()
    {
        var live = new LivePlaylist(_folder) { TargetDuration = 6 };
        await using var source = FollowedSource.StartFast(_folder.Path);
        for (var i = 0; i < 4; i++)
            live.Add($"s{i}.ts", recorded.First.Segments[i], duration: 6);
        await source.UntilSegmentsAsync(4);
        Assert.Empty(source.Missed);
    }

    [Fact]
    public async Task A_playlist_torn_anywhere_does_no_harm()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 9);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(6);
        Add(live, recorded.First, 9, 4);
        await source.UntilSegmentsAsync(10);
        var text = Encoding.UTF8.GetBytes(live.Text);
        for (var length = 0; length < text.Length; length += 3)
        {
            // As Owncast does: truncated and written in place.
            _folder.Write("stream.m3u8", text.AsMemory(0, length));
            await Task.Delay(4);
        }
        Add(live, recorded.First, 13, 1);
        await source.UntilSequenceAsync(0, 13);
        Assert.Equal("0:3 0:4 0:5 0:6 0:7 0:8 0:9 0:10 0:11 0:12 0:13", source.Story());
    }

    [Fact]
    public async Task A_name_cut_in_the_middle_is_not_taken_for_a_segment()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        for (var i = 3; i < 8; i++)
        {
            _folder.Write($"s{i}.ts", recorded.First.Segments[i]);
            live.List($"s{i}.ts");
            _folder.Write("stream.m3u8", live.Text[..^4]);
            await Task.Delay(80);
            live.Write();
            await source.UntilSequenceAsync(0, i);
        }
        Assert.Equal("0:0 0:1 0:2 0:3 0:4 0:5 0:6 0:7", source.Story());
    }

    [Fact]
    public async Task A_playlist_without_a_last_line_end_is_read_all_the_same()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        _folder.Write("stream.m3u8", live.Text.TrimEnd());
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        Assert.Equal("0:0 0:1 0:2", source.Story());
    }

    [Fact]
    public async Task Five_restarts_with_the_same_names_are_five_runs()
    {
        await using var source = FollowedSource.Start(_folder.Path);
        for (var run = 0; run <= 5; run++)
        {
            var live = new LivePlaylist(_folder);
            var media = run % 2 == 0 ? recorded.First : recorded.Second;
            for (var i = 0; i < 8; i++)
            {
                live.Add($"s{i}.ts", media.Segments[i + run], tags: i == 0 ? Date(run) : "");
                await source.UntilSequenceAsync(run, i);
            }
        }
        var story = Enumerable
            .Range(0, 6)
            .SelectMany(r => Enumerable.Range(0, 8).Select(i => $"{r}:{i}{(r > 0 && i == 0 ? "!" : "")}"));
        Assert.Equal(string.Join(' ', story), source.Story());
        foreach (var segment in source.Segments)
        {
            var media = segment.Run % 2 == 0 ? recorded.First : recorded.Second;
            Assert.Equal(media.Segments[(int)segment.Sequence + segment.Run], segment.Data.ToArray());
        }
    }

    [Fact]
    public async Task A_restart_in_the_middle_of_the_window_loses_nothing_of_the_new_run()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 10);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(6);
        var again = new LivePlaylist(_folder);
        for (var i = 0; i < 3; i++)
        {
            _folder.Write($"new{i}.ts", recorded.Second.Segments[i]);
            again.List($"new{i}.ts");
        }
        again.Write();
        await source.UntilSegmentsAsync(9);
        Assert.Equal("0:4 0:5 0:6 0:7 0:8 0:9 1:0! 1:1 1:2", source.Story());
    }

    [Fact]
    public async Task An_initialization_section_overwritten_at_a_restart_is_read_again()
    {
        const string Map = "#EXT-X-MAP:URI=\"init.mp4\"\n";
        await using var source = FollowedSource.Start(_folder.Path);
        foreach (var (media, run) in new[] { (recorded.FirstFragments, 0), (recorded.SecondFragments, 1) })
        {
            _folder.Write("init.mp4", media.Init!);
            var live = new LivePlaylist(_folder) { Header = Map };
            for (var i = 0; i < 4; i++)
            {
                live.Add($"s{i}.m4s", media.Segments[i], tags: i == 0 ? Date(run) : "");
                await source.UntilSequenceAsync(run, i);
            }
        }
        Assert.Equal("0:0 0:1 0:2 0:3 1:0! 1:1 1:2 1:3", source.Story());
        foreach (var segment in source.Segments)
        {
            var first = source.Segments.First(s => s.Run == segment.Run).InitializationSection!.Value;
            Assert.True(first.Equals(segment.InitializationSection!.Value), "the same memory for the same content");
            var media = segment.Run == 0 ? recorded.FirstFragments : recorded.SecondFragments;
            Assert.Equal(media.Init, first.ToArray());
        }
    }

    [Fact]
    public async Task A_section_in_the_middle_of_being_written_is_read_again()
    {
        var init = recorded.FirstFragments.Init!;
        _folder.Write("init.mp4", init.AsMemory(0, 40));
        var live = new LivePlaylist(_folder) { Header = "#EXT-X-MAP:URI=\"init.mp4\"\n" };
        live.Add("s0.m4s", recorded.FirstFragments.Segments[0]);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilAsync(s => s.Events.Count > 0);
        await Task.Delay(300);
        _folder.Write("init.mp4", init);
        await source.UntilSegmentsAsync(1);
        Assert.Equal(init, source.Segments.Single().InitializationSection!.Value.ToArray());
    }

    [Fact]
    public async Task Byte_ranges_of_one_file_become_segments()
    {
        var media = recorded.First.Segments;
        _folder.Write("all.ts", media.Take(4).SelectMany(s => s).ToArray());
        var live = new LivePlaylist(_folder);
        for (var i = 0; i < 4; i++)
            live.List(
                "all.ts",
                tags: i == 0 ? $"#EXT-X-BYTERANGE:{media[0].Length}@0\n" : $"#EXT-X-BYTERANGE:{media[i].Length}\n"
            );
        live.Write();
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(4);
        Assert.Equal(media.Take(4), source.Segments.Select(s => s.Data.ToArray()));
    }

    [Fact]
    public async Task Gaps_and_discontinuities_of_the_source_are_passed_on()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 2);
        live.List("gap.ts", tags: "#EXT-X-GAP\n");
        live.Add("x.ts", recorded.Second.Segments[0], tags: "#EXT-X-DISCONTINUITY\n");
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        Assert.Equal("0:0 0:1 -0:2 0:3!", source.Story());
    }

    [Fact]
    public async Task Files_outside_of_the_folder_are_missed_not_read()
    {
        _folder.Write("secret.ts", recorded.First.Segments[0]);
        var live = new LivePlaylist(_folder, "hls/stream.m3u8");
        live.List("../secret.ts").Write();
        live.Add("s1.ts", recorded.First.Segments[1]);
        await using var source = FollowedSource.Start(_folder["hls"]);
        await source.UntilSegmentsAsync(1);
        Assert.Equal("-0:0 0:1", source.Story());
    }

    [Fact]
    public async Task The_end_is_told_and_going_on_after_it_too()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        live.Ended = true;
        Add(live, recorded.First, 3, 1);
        await source.UntilAsync(s => s.Events.Contains(new SourceAway("ended")));
        live.Ended = false;
        Add(live, recorded.First, 4, 1);
        await source.UntilSequenceAsync(0, 4);
        Assert.Equal("0:0 0:1 0:2 0:3 away back 0:4", source.Story());
    }

    [Fact]
    public async Task The_old_show_in_the_folder_is_not_shown_again()
    {
        var live = new LivePlaylist(_folder) { Ended = true };
        Add(live, recorded.First, 0, 5);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilAsync(s => s.Events.Contains(new SourceAway("ended")));
        var next = new LivePlaylist(_folder);
        next.Add("other0.ts", recorded.Second.Segments[0]);
        await source.UntilSegmentsAsync(1);
        Assert.Equal("away back 1:0!", source.Story());
    }

    [Fact]
    public async Task The_end_of_an_Owncast_stream_its_offline_clip_and_the_next_stream_are_told_apart()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        live.Ended = true;
        live.Add("offline.ts", recorded.Second.Segments[0], tags: "#EXT-X-DISCONTINUITY\n");
        await source.UntilAsync(s => s.Events.Contains(new SourceAway("ended")));
        var clip = new LivePlaylist(_folder) { Ended = true, Header = "#EXT-X-PLAYLIST-TYPE:EVENT\n" };
        clip.Add("stream-offline-1.ts", recorded.Second.Segments[1]);
        await Task.Delay(600);
        var next = new LivePlaylist(_folder);
        next.Add("stream-next-0.ts", recorded.Second.Segments[2]);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 away back 2:0!", source.Story());
        Assert.Equal(recorded.Second.Segments[2], source.Segments.Last().Data.ToArray());
    }

    [Fact]
    public async Task Silence_is_told_once_and_the_return_too()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.StartFast(_folder.Path);
        await source.UntilAsync(s => s.Events.OfType<SourceAway>().Any());
        await Task.Delay(500);
        Add(live, recorded.First, 3, 1);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 away back 0:3", source.Story());
        Assert.Contains("no new segment for 6 s", source.Events.OfType<SourceAway>().Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypted_segments_are_away_with_the_reason_and_clear_ones_come()
    {
        var live = new LivePlaylist(_folder) { Header = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"key\"\n" };
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilAsync(s =>
            s.Events.OfType<SourceAway>().Any(a => a.Reason.Contains("encrypted", StringComparison.Ordinal))
        );
        live.Add("clear.ts", recorded.First.Segments[3], tags: "#EXT-X-KEY:METHOD=NONE\n");
        await source.UntilSegmentsAsync(1);
        Assert.Equal("away back 0:3", source.Story());
        Assert.Contains(source.Logged, l => l.Contains("Publish the stream without encryption", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_yet_is_waited_for()
    {
        await using var source = FollowedSource.StartFast(_folder["later/hls"]);
        await source.UntilAsync(s => s.Events.OfType<SourceAway>().Any());
        Assert.Contains(
            source.Logged,
            l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("does not exist", StringComparison.Ordinal)
        );
        var live = new LivePlaylist(_folder, "later/hls/index.m3u8");
        live.Add("s0.ts", recorded.First.Segments[0]);
        await source.UntilSegmentsAsync(1);
        Assert.Equal("away back 0:0", source.Story());
    }

    [Fact]
    public async Task What_leaves_the_window_while_the_pipeline_is_slow_is_missed_not_lost_silently()
    {
        var live = new LivePlaylist(_folder, window: 3);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path, capacity: 1);
        await source.UntilSegmentsAsync(1);
        // Nobody takes events now; the window moves on and what left it is deleted.
        for (var i = 3; i < 16; i++)
        {
            Add(live, recorded.First, i, 1);
            await Task.Delay(60);
        }
        for (var i = 0; i < 13; i++)
            File.Delete(_folder[$"s{i}.ts"]);
        await source.UntilSequenceAsync(0, 15);
        var numbers = source.Segments.Select(s => s.Sequence).Concat(source.Missed.Select(m => m.Sequence));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (long)i), numbers.Order());
        Assert.InRange(source.Missed.Count(), 5, 13);
        Assert.DoesNotContain("away", source.Story(), StringComparison.Ordinal);
    }

    private static void Add(LivePlaylist live, Recording media, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            live.Add($"s{i}.ts", media.Segments[i]);
    }

    private static string Date(int run) => $"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T19:{10 + run}:00.000Z\n";

    private static List<RenditionsFound> Found(FollowedSource source) => [.. source.Events.OfType<RenditionsFound>()];
}
