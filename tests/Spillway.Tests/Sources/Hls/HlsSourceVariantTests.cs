using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class HlsSourceVariantTests(RecordedHls recorded) : IClassFixture<RecordedHls>, IDisposable
{
    private const string Low = "#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS=\"avc1.42c00d,mp4a.40.2\"\n0/stream.m3u8\n";
    private const string High = "#EXT-X-STREAM-INF:BANDWIDTH=900000\n1/stream.m3u8\n";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Variants_are_told_together_and_followed_each_in_order()
    {
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}{High}{Low}");
        var low = new LivePlaylist(_folder, "0/stream.m3u8");
        var high = new LivePlaylist(_folder, "1/stream.m3u8");
        await using var source = FollowedSource.Start(_folder.Path);
        for (var i = 0; i < 6; i++)
        {
            low.Add($"a{i}.ts", recorded.First.Segments[i]);
            high.Add($"b{i}.ts", recorded.Second.Segments[i]);
            await source.UntilSequenceAsync(0, i, "0");
            await source.UntilSequenceAsync(0, i, "1");
        }
        var found = Assert.IsType<RenditionsFound>(source.Events.First(e => e is not SourceAway));
        Assert.Equal(
            [new SourceRendition("0", 1, 300_000, "avc1.42c00d,mp4a.40.2"), new SourceRendition("1", 1, 900_000, null)],
            found.Renditions
        );
        Assert.Single(source.Events.OfType<RenditionsFound>());
        Assert.Equal("0:0 0:1 0:2 0:3 0:4 0:5", source.Story("0"));
        Assert.Equal("0:0 0:1 0:2 0:3 0:4 0:5", source.Story("1"));
        Assert.Equal(
            recorded.Second.Segments[3],
            source.Segments.First(s => s is { Rendition: "1", Sequence: 3 }).Data.ToArray()
        );
    }

    [Fact]
    public async Task A_variant_whose_playlist_is_not_there_yet_joins_later()
    {
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}{High}");
        var low = new LivePlaylist(_folder, "0/stream.m3u8");
        Add(low, recorded.First, 0, 3);
        await using var source = FollowedSource.StartFast(_folder.Path);
        await source.UntilSegmentsAsync(3);
        Assert.Equal(["0"], Names(source));
        Add(new LivePlaylist(_folder, "1/stream.m3u8"), recorded.Second, 0, 3);
        await source.UntilSequenceAsync(0, 2, "1");
        Assert.Equal(["0", "1"], Names(source));
    }

    [Fact]
    public async Task Variants_added_and_removed_are_seen_after_half_a_minute()
    {
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}");
        Add(new LivePlaylist(_folder, "0/stream.m3u8"), recorded.First, 0, 3);
        Add(new LivePlaylist(_folder, "1/stream.m3u8"), recorded.Second, 0, 3);
        await using var source = FollowedSource.StartFast(_folder.Path);
        await source.UntilSegmentsAsync(3);
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}{High}");
        await source.UntilSequenceAsync(0, 2, "1");
        Assert.Equal(["0", "1"], Names(source));
        _folder.Write("stream.m3u8", $"#EXTM3U\n{High}");
        await source.UntilAsync(s => Names(s) is ["1"]);
    }

    [Fact]
    public async Task One_variant_may_stall_without_the_other_or_the_source_being_away()
    {
        _folder.Write("master.m3u8", $"#EXTM3U\n{Low}{High}");
        var low = new LivePlaylist(_folder, "0/stream.m3u8");
        var high = new LivePlaylist(_folder, "1/stream.m3u8");
        Add(low, recorded.First, 0, 2);
        Add(high, recorded.Second, 0, 2);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSequenceAsync(0, 1, "0");
        File.Delete(_folder["1/stream.m3u8"]);
        for (var i = 2; i < 12; i++)
        {
            Add(low, recorded.First, i, 1);
            await source.UntilSequenceAsync(0, i, "0");
            await Task.Delay(100);
        }
        Add(high, recorded.Second, 2, 1);
        await source.UntilSequenceAsync(0, 2, "1");
        Assert.Equal("0:0 0:1 0:2", source.Story("1"));
        Assert.DoesNotContain(source.Events, e => e is SourceAway);
    }

    [Fact]
    public async Task A_restart_shows_in_each_variant_once()
    {
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}{High}");
        await using var source = FollowedSource.Start(_folder.Path);
        for (var run = 0; run < 3; run++)
        {
            var low = new LivePlaylist(_folder, "0/stream.m3u8");
            var high = new LivePlaylist(_folder, "1/stream.m3u8");
            for (var i = 0; i < 4; i++)
            {
                low.Add($"stream-r{run}-{i}.ts", recorded.First.Segments[4 * run + i]);
                high.Add($"stream-r{run}-{i}.ts", recorded.Second.Segments[4 * run + i]);
            }
            await source.UntilSequenceAsync(run, 3, "0");
            await source.UntilSequenceAsync(run, 3, "1");
        }
        const string Story = "0:0 0:1 0:2 0:3 1:0! 1:1 1:2 1:3 2:0! 2:1 2:2 2:3";
        Assert.Equal(Story, source.Story("0"));
        Assert.Equal(Story, source.Story("1"));
    }

    [Fact]
    public async Task A_target_duration_changed_by_a_restart_is_told_before_its_segments()
    {
        var live = new LivePlaylist(_folder);
        Add(live, recorded.First, 0, 3);
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(3);
        var again = new LivePlaylist(_folder) { TargetDuration = 4 };
        again.Add("other.ts", recorded.Second.Segments[0]);
        await source.UntilSequenceAsync(1, 0);
        Assert.Equal([1, 4], source.Events.OfType<RenditionsFound>().Select(f => f.Renditions[0].TargetDuration));
        Assert.IsType<RenditionsFound>(source.Events[^2]);
    }

    [Fact]
    public async Task The_multivariant_playlist_is_preferred_to_the_media_playlists_beside_it()
    {
        Add(new LivePlaylist(_folder, "index.m3u8"), recorded.First, 0, 1);
        _folder.Write("all.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nindex.m3u8\n");
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(1);
        Assert.Equal(["index"], Names(source));
    }

    [Fact]
    public async Task A_media_playlist_replaced_by_a_multivariant_one_gives_way_to_its_variants()
    {
        Add(new LivePlaylist(_folder), recorded.First, 0, 1);
        await using var source = FollowedSource.StartFast(_folder["stream.m3u8"]);
        await source.UntilSegmentsAsync(1);
        Add(new LivePlaylist(_folder, "0/stream.m3u8"), recorded.Second, 0, 1);
        _folder.Write("stream.m3u8", $"#EXTM3U\n{Low}");
        await source.UntilSequenceAsync(0, 0, "0");
        await source.UntilAsync(s => Names(s) is ["0"]);
    }

    [Fact]
    public async Task More_than_ten_variants_are_cut_with_a_warning()
    {
        var variants = Enumerable.Range(0, 12).Select(i => $"#EXT-X-STREAM-INF:BANDWIDTH={i + 1}\nv{i}.m3u8\n");
        for (var i = 0; i < 12; i++)
            Add(new LivePlaylist(_folder, $"v{i}.m3u8"), recorded.First, 0, 1);
        _folder.Write("master.m3u8", "#EXTM3U\n" + string.Concat(variants));
        await using var source = FollowedSource.Start(_folder.Path);
        await source.UntilSegmentsAsync(10);
        Assert.Equal(10, Names(source).Length);
        Assert.Contains(source.Logged, l => l.Contains("12 variants", StringComparison.Ordinal));
    }

    private static void Add(LivePlaylist live, Recording media, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            live.Add($"s{i}.ts", media.Segments[i]);
    }

    private static string[] Names(FollowedSource source) =>
        [.. source.Events.OfType<RenditionsFound>().LastOrDefault()?.Renditions.Select(r => r.Name) ?? []];
}
