using System.Diagnostics;
using System.Globalization;
using System.Text;
using Spillway.Sources;
using Spillway.Sources.Push;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Sources.Push;

/// <summary>What the pipeline is told of what lies in an inlet.</summary>
public sealed class PushSourceTests(RecordedHls recorded) : IClassFixture<RecordedHls>, IAsyncLifetime
{
    private PushHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_segment_is_with_the_pipeline_at_once_after_its_playlist()
    {
        await using var source = _host.Follow();
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            await _host.SendAsync($"/ingest/live/s{i}.ts", recorded.First.Segments[i]);
            var clock = Stopwatch.StartNew();
            await _host.SendAsync("/ingest/live/stream.m3u8", List(0, i + 1));
            await source.UntilSegmentsAsync(i + 1);
            waits.Add(clock.Elapsed.TotalMilliseconds);
        }
        // The first waits for a multivariant playlist; half a second is the pause without being woken.
        var median = waits.Skip(1).Order().ElementAt(5);
        TestContext.Current.SendDiagnosticMessage("median {0:0.0} ms, longest {1:0.0} ms", median, waits.Skip(1).Max());
        Assert.InRange(median, 0, 200);
    }

    [Fact]
    public async Task A_segment_that_ends_after_its_playlist_is_waited_for()
    {
        await using var source = _host.Follow();
        await _host.SendAsync("/ingest/live/stream.m3u8", List(0, 1));
        await source.UntilAsync(static s => s.Events.OfType<RenditionsFound>().Any());
        Assert.Empty(source.Events.OfType<SegmentMissed>());
        await _host.SendAsync("/ingest/live/s0.ts", recorded.First.Segments[0]);
        await source.UntilSegmentsAsync(1);
        Assert.Empty(source.Missed);
    }

    [Fact]
    public async Task A_playlist_without_a_last_line_break_is_read_at_once()
    {
        await using var source = _host.Follow();
        for (var i = 0; i < 2; i++)
            await _host.SendAsync($"/ingest/live/s{i}.ts", recorded.First.Segments[i]);
        await _host.SendAsync("/ingest/live/stream.m3u8", List(0, 2).TrimEnd());
        await source.UntilSegmentsAsync(2);
        var waits = new List<long>();
        for (var i = 2; i < 7; i++)
        {
            await _host.SendAsync($"/ingest/live/s{i}.ts", recorded.First.Segments[i]);
            var clock = Stopwatch.StartNew();
            await _host.SendAsync("/ingest/live/stream.m3u8", List(0, i + 1).TrimEnd());
            await source.UntilSegmentsAsync(i + 1);
            waits.Add(clock.ElapsedMilliseconds);
        }
        // Half a second is the pause without being woken; any of them may fall into a moment in which this machine does something else.
        Assert.InRange(waits.Min(), 0, 200);
    }

    [Fact]
    public async Task Byte_ranges_of_one_file_and_absolute_addresses_elsewhere_are_told_apart()
    {
        await using var source = _host.Follow();
        byte[] all = [.. recorded.First.Segments[0], .. recorded.First.Segments[1]];
        await _host.SendAsync("/ingest/live/all.ts", all);
        await _host.SendAsync(
            "/ingest/live/stream.m3u8",
            "#EXTM3U\n#EXT-X-VERSION:4\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
                + $"#EXTINF:1,\n#EXT-X-BYTERANGE:{recorded.First.Segments[0].Length}@0\nall.ts\n"
                + $"#EXTINF:1,\n#EXT-X-BYTERANGE:{recorded.First.Segments[1].Length}@{recorded.First.Segments[0].Length}\nall.ts\n"
                + $"#EXTINF:1,\nhttp://127.0.0.1:{_host.Port}/ingest/live/all.ts\n#EXTINF:1,\nfile:///etc/hostname\n"
                + "#EXTINF:1,\n../second/all.ts\n"
        );
        await source.UntilAsync(static s => s.Missed.Count() >= 3);
        Assert.Equal("0:0 0:1 -0:2 -0:3 -0:4", source.Story());
        Assert.Equal(recorded.First.Segments[1], source.Segments.Last().Data.ToArray());
    }

    [Fact]
    public async Task Nobody_is_warned_of_while_no_encoder_has_come()
    {
        await using var source = FollowedSource.Start((log, time) => new PushSource("live", _host.Inlet, time, log));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        Assert.Contains(
            "no encoder has published yet",
            source.Events.OfType<SourceAway>().Single().Reason,
            StringComparison.Ordinal
        );
        var logged = Assert.Single(source.Logged);
        Assert.Contains("The source is away", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_media_playlists_without_a_multivariant_one_the_first_name_is_followed_and_the_rest_told()
    {
        await using var source = _host.Follow();
        await _host.SendAsync("/ingest/live/s0.ts", recorded.First.Segments[0]);
        await _host.SendAsync("/ingest/live/b.m3u8", List(0, 1));
        await _host.SendAsync("/ingest/live/a.m3u8", List(0, 1));
        await source.UntilSegmentsAsync(1);
        await Until.TrueAsync(
            () => source.Logged.Any(static l => l.Contains("only a.m3u8 is followed", StringComparison.Ordinal)),
            () => string.Join('\n', source.Logged)
        );
        Assert.Equal(["main"], source.Segments.Select(static s => s.Rendition).Distinct());
    }

    [Fact]
    public async Task A_multivariant_playlist_whose_variants_never_come_does_not_hide_a_playlist_that_does()
    {
        await using var source = _host.Follow();
        await _host.SendAsync(
            "/ingest/live/master.m3u8",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\nhttps://cdn.example.org/live/v.m3u8\n"
        );
        using var stop = new CancellationTokenSource();
        var encoder = EncodeAsync(stop.Token);
        await source.UntilSegmentsAsync(1);
        await stop.CancelAsync();
        await encoder;

        async Task EncodeAsync(CancellationToken stopped)
        {
            for (var i = 0; i < recorded.First.Segments.Count && !stopped.IsCancellationRequested; i++)
            {
                await _host.SendAsync($"/ingest/live/s{i}.ts", recorded.First.Segments[i]);
                await _host.SendAsync("/ingest/live/v.m3u8", List(0, i + 1));
                await Task.Delay(700, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [Fact]
    public async Task A_show_that_had_ended_before_the_pipeline_started_again_is_not_shown_again()
    {
        await _host.SendAsync("/ingest/live/s0.ts", recorded.First.Segments[0]);
        await _host.SendAsync("/ingest/live/stream.m3u8", List(0, 1) + "#EXT-X-ENDLIST\n");
        await using var source = _host.Follow();
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        Assert.Empty(source.Segments);
    }

    [Fact]
    public async Task A_show_so_short_that_it_ends_with_its_first_playlist_is_shown()
    {
        await using var source = _host.Follow();
        await _host.SendAsync("/ingest/live/s0.ts", recorded.First.Segments[0]);
        await _host.SendAsync("/ingest/live/stream.m3u8", List(0, 1) + "#EXT-X-ENDLIST\n");
        await source.UntilSegmentsAsync(1);
    }

    private static string List(int first, int end)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{first}\n");
        for (var i = first; i < end; i++)
            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:1.000000,\ns{i}.ts\n");
        return text.ToString();
    }
}
