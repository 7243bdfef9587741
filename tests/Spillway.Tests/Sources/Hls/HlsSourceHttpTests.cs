using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class HlsSourceHttpTests(RecordedHls recorded) : IClassFixture<RecordedHls>, IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _origin.Serve(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Every first and second request for a thing fails; nothing may be lost or come twice.</summary>
    [Theory]
    [InlineData("404")]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("cut")]
    [InlineData("reset")]
    [InlineData("slow")]
    public async Task A_fault_shorter_than_the_window_loses_and_doubles_nothing(string fault)
    {
        var asked = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var live = new LivePlaylist(_folder, window: 8) { TargetDuration = 2 };
        Add(live, 0, 3);
        await using var source = FollowedSource.Start(_origin.At("/stream.m3u8").ToString());
        await source.UntilSegmentsAsync(3);
        _origin.Fault = c =>
        {
            // A segment's first two requests fail, and two of three for the playlist.
            var path = c.Request.Path.Value!;
            var count = asked.AddOrUpdate(path, 1, (_, n) => n + 1);
            var fails = path.EndsWith(".m3u8", StringComparison.Ordinal) ? count % 3 != 0 : count <= 2;
            return fails ? FailAsync(c, fault) : Task.FromResult(false);
        };
        for (var i = 3; i < 5; i++)
        {
            Add(live, i, 1);
            await source.UntilSegmentsAsync(i + 1);
        }
        Assert.Equal("0:0 0:1 0:2 0:3 0:4", source.Story());
        Assert.Equal(recorded.First.Segments.Take(5), source.Segments.Select(s => s.Data.ToArray()));
        Assert.True(asked.Count >= 3);
    }

    [Fact]
    public async Task Stale_answers_between_fresh_ones_change_nothing()
    {
        var live = new LivePlaylist(_folder);
        var versions = new List<string>();
        var count = 0;
        _origin.Fault = async c =>
        {
            if (!c.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal) || ++count % 2 == 0)
                return false;
            string stale;
            lock (versions)
                stale = versions[Math.Max(0, versions.Count - 3)];
            await c.Response.WriteAsync(stale);
            return true;
        };
        for (var i = 0; i < 3; i++)
            Advance(i);
        await using var source = FollowedSource.Start(_origin.At("/stream.m3u8").ToString());
        for (var i = 3; i < 12; i++)
        {
            Advance(i);
            await source.UntilSequenceAsync(0, i);
        }
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 12).Select(i => $"0:{i}")), source.Story());

        void Advance(int i)
        {
            Add(live, i, 1);
            lock (versions)
                versions.Add(live.Text);
        }
    }

    [Fact]
    public async Task A_restart_with_other_names_is_one_new_run()
    {
        var live = new LivePlaylist(_folder);
        Add(live, 0, 5);
        await using var source = FollowedSource.Start(_origin.At("/stream.m3u8").ToString());
        await source.UntilSegmentsAsync(5);
        var again = new LivePlaylist(_folder);
        for (var i = 0; i < 3; i++)
            again.Add($"again{i}.ts", recorded.Second.Segments[i]);
        await source.UntilSequenceAsync(1, 2);
        Assert.Equal("0:0 0:1 0:2 0:3 0:4 1:0! 1:1 1:2", source.Story());
    }

    [Fact]
    public async Task Tokens_are_sent_and_never_shown()
    {
        _folder.Write("hls/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhd.m3u8?token=SECRET\n");
        var live = new LivePlaylist(_folder, "hls/hd.m3u8");
        for (var i = 0; i < 3; i++)
        {
            _folder.Write($"hls/s{i}.ts", recorded.First.Segments[i]);
            live.List($"/hls/s{i}.ts?token=SECRET");
        }
        live.Write();
        _origin.Fault = c =>
        {
            if (c.Request.Path == "/start")
            {
                c.Response.Redirect("/hls/master.m3u8?token=SECRET");
                return Task.FromResult(true);
            }
            var allowed =
                c.Request.Query["token"] == "SECRET" && !c.Request.Path.Value!.EndsWith("s1.ts", StringComparison.Ordinal);
            if (!allowed)
                c.Response.StatusCode = 403;
            return Task.FromResult(!allowed);
        };
        await using var source = FollowedSource.Start(_origin.At("/start?token=SECRET").ToString());
        await source.UntilSegmentsAsync(2);
        Assert.Equal("0:0 -0:1 0:2", source.Story());
        Assert.Equal("hd", source.Segments.First().Rendition);
        Assert.NotEmpty(source.Logged);
        Assert.DoesNotContain(source.Logged, l => l.Contains("SECRET", StringComparison.Ordinal));
        Assert.DoesNotContain(source.Missed, m => m.Reason.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreachable_source_is_away_once_and_comes_back()
    {
        var live = new LivePlaylist(_folder);
        Add(live, 0, 3);
        await using var source = FollowedSource.StartFast(_origin.At("/stream.m3u8").ToString());
        await source.UntilSegmentsAsync(3);
        _origin.Fault = c => FailAsync(c, "500");
        await source.UntilAsync(s => s.Events.OfType<SourceAway>().Any());
        await Task.Delay(500);
        _origin.Fault = null;
        Add(live, 3, 1);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 away back 0:3", source.Story());
        Assert.Contains("HTTP 500", source.Events.OfType<SourceAway>().Single().Reason, StringComparison.Ordinal);
        Assert.InRange(source.Logged.Count(l => l.Contains("HTTP 500. Check", StringComparison.Ordinal)), 1, 12);
    }

    [Fact]
    public async Task A_server_that_hangs_is_away_in_time_and_comes_back()
    {
        var live = new LivePlaylist(_folder);
        Add(live, 0, 3);
        await using var source = FollowedSource.StartFast(_origin.At("/stream.m3u8").ToString());
        await source.UntilSegmentsAsync(3);
        _origin.Fault = async c =>
        {
            await Task.Delay(-1, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await source.UntilAsync(s => s.Events.OfType<SourceAway>().Any());
        _origin.Fault = null;
        Add(live, 3, 1);
        await source.UntilSegmentsAsync(4);
        Assert.Equal("0:0 0:1 0:2 away back 0:3", source.Story());
    }

    [Fact]
    public async Task A_page_instead_of_a_playlist_is_told_with_the_remedy()
    {
        _folder.Write("index.html", "<!doctype html><html></html>\n");
        await using var source = FollowedSource.StartFast(_origin.At("/index.html").ToString());
        await source.UntilAsync(s => s.Events.OfType<SourceAway>().Any());
        Assert.Contains(source.Logged, l => l.Contains("must give the playlist itself, not a page", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_playlist_in_a_folder_may_name_segments_on_a_server_that_the_operator_allows()
    {
        _folder.Write("s0.ts", recorded.First.Segments[0]);
        using var local = new TestFolder();
        new LivePlaylist(local).List(_origin.At("/s0.ts").ToString()).Write();
        await using var source = FollowedSource.Start((self, time) => new HlsSource(local.Path, time, self, allowPrivate: true));
        await source.UntilSegmentsAsync(1);
        Assert.Equal(recorded.First.Segments[0], source.Segments.Single().Data.ToArray());
    }

    [Theory]
    [InlineData(8, true, 4)]
    [InlineData(8, false, 2)]
    public void A_server_elsewhere_is_asked_once_a_target_duration(int target, bool changed, int halves)
    {
        using var http = new HttpUpstream(TimeProvider.System, SourceReach.Anywhere);
        var interval = http.PollInterval(new Uri("https://example.org/a.m3u8"), TimeSpan.FromSeconds(target), changed);
        Assert.Equal(TimeSpan.FromSeconds(target * halves / 4.0), interval);
        Assert.Equal(
            TimeSpan.FromSeconds(1),
            http.PollInterval(new Uri("http://127.0.0.1:8080/a.m3u8"), TimeSpan.FromSeconds(target), changed)
        );
    }

    private void Add(LivePlaylist live, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            live.Add($"s{i}.ts", recorded.First.Segments[i]);
    }

    private async Task<bool> FailAsync(HttpContext context, string fault)
    {
        var response = context.Response;
        var path = _folder[context.Request.Path.Value!.TrimStart('/')];
        var whole = File.Exists(path) ? await File.ReadAllBytesAsync(path) : Encoding.UTF8.GetBytes("nothing");
        switch (fault)
        {
            case "404" or "500":
                response.StatusCode = fault == "404" ? 404 : 500;
                break;
            case "html":
                await response.WriteAsync("<html>Please log in</html>\n");
                break;
            case "empty":
                break;
            case "truncated":
                // With 200 and a length that fits: a file half written.
                await response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                break;
            case "cut":
                response.ContentLength = whole.Length;
                await response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "reset":
                context.Abort();
                break;
            case "slow":
                foreach (var part in whole.Chunk(1 + whole.Length / 5))
                {
                    await response.Body.WriteAsync(part);
                    await response.Body.FlushAsync();
                    await Task.Delay(30);
                }
                break;
        }
        return true;
    }
}
