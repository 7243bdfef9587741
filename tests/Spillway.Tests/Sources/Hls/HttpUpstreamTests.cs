using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class HttpUpstreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private readonly HttpUpstream _http = new(TimeProvider.System, SourceReach.Anywhere);
    private TestOrigin _origin = null!;

    public async ValueTask InitializeAsync() => _origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task After_redirects_the_final_address_is_the_base()
    {
        _origin["/a"] = c => Redirect(c, "/b?x=1");
        _origin["/b"] = c => Redirect(c, "/deep/c.m3u8?y=2");
        _origin["/deep/c.m3u8"] = c => c.Response.WriteAsync("text");
        var read = await _http.ReadPlaylistAsync(_origin.At("/a"), Timeout, default);
        Assert.Equal("text", Text(read));
        Assert.Equal(_origin.At("/deep/c.m3u8?y=2"), read.Location);
    }

    [Fact]
    public async Task Endless_redirects_are_given_up()
    {
        _origin["/a"] = c => Redirect(c, "/a");
        var read = await _http.ReadPlaylistAsync(_origin.At("/a"), Timeout, default);
        Assert.Equal(FetchOutcome.Failed, read.Outcome);
        Assert.True(_origin.Requests.Count <= 7);
    }

    [Fact]
    public async Task Gzip_is_undone()
    {
        _origin["/a"] = async c =>
        {
            Assert.Contains("gzip", c.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
            c.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(c.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync("text"u8.ToArray());
        };
        Assert.Equal("text", Text(await _http.ReadPlaylistAsync(_origin.At("/a"), Timeout, default)));
    }

    [Fact]
    public async Task A_bomb_and_an_endless_answer_are_cut_at_the_limit()
    {
        _origin["/bomb"] = async c =>
        {
            c.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(c.Response.Body, CompressionLevel.Fastest);
            await WriteForeverAsync(gzip, c.RequestAborted);
        };
        _origin["/endless"] = c => WriteForeverAsync(c.Response.Body, c.RequestAborted);
        Assert.Equal(FetchOutcome.TooLarge, (await _http.ReadPlaylistAsync(_origin.At("/bomb"), Timeout, default)).Outcome);
        Assert.Equal(FetchOutcome.TooLarge, (await _http.ReadPlaylistAsync(_origin.At("/endless"), Timeout, default)).Outcome);
    }

    [Theory]
    [InlineData(404, "NotFound")]
    [InlineData(410, "NotFound")]
    [InlineData(403, "Failed")]
    [InlineData(500, "Failed")]
    [InlineData(204, "Failed")]
    public async Task Other_answers_are_failures_with_their_status(int status, string outcome)
    {
        _origin["/a"] = c =>
        {
            c.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var read = await _http.ReadPlaylistAsync(_origin.At("/a?token=secret"), Timeout, default);
        Assert.Equal(outcome, read.Outcome.ToString());
        Assert.Equal($"HTTP {status}", read.Reason);
    }

    [Fact]
    public async Task A_truncated_answer_is_a_failure()
    {
        _origin["/a"] = async c =>
        {
            c.Response.ContentLength = 100;
            await c.Response.WriteAsync("only this");
            await c.Response.Body.FlushAsync();
            c.Abort();
        };
        var read = await _http.ReadSegmentAsync(_origin.At("/a?token=secret"), null, Timeout, Timeout, default);
        Assert.Equal(FetchOutcome.Failed, read.Outcome);
        Assert.DoesNotContain("secret", read.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_and_a_closed_port_are_failures()
    {
        _origin["/a"] = c =>
        {
            c.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal(FetchOutcome.Failed, (await _http.ReadPlaylistAsync(_origin.At("/a"), Timeout, default)).Outcome);
        var closed = await _http.ReadPlaylistAsync(new Uri("http://127.0.0.1:1/a?token=secret"), Timeout, default);
        Assert.Equal(FetchOutcome.Failed, closed.Outcome);
        Assert.DoesNotContain("secret", closed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_hangs_is_given_up_after_the_time_limit(bool afterHeaders)
    {
        var clock = new FakeTimeProvider();
        using var patient = new HttpUpstream(clock, SourceReach.Anywhere);
        var asked = new TaskCompletionSource();
        _origin["/a"] = async c =>
        {
            if (afterHeaders)
            {
                await c.Response.WriteAsync("half");
                await c.Response.Body.FlushAsync();
            }
            asked.SetResult();
            await Task.Delay(-1, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var reading = patient.ReadPlaylistAsync(_origin.At("/a"), PlaylistPatience.Longest, default);
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        var read = await reading;
        Assert.Equal("no whole answer within 10 s", read.Reason);
    }

    /// <summary>A segment that comes slowly is waited for longer than one that does not come at all.</summary>
    [Fact]
    public async Task A_segment_that_stalls_is_given_up_before_one_that_is_slow()
    {
        var clock = new FakeTimeProvider();
        using var patient = new HttpUpstream(clock, SourceReach.Anywhere);
        var sent = new SemaphoreSlim(0);
        var next = new SemaphoreSlim(0);
        _origin["/a"] = async c =>
        {
            for (var i = 0; i < 3; i++)
            {
                await c.Response.WriteAsync("part");
                await c.Response.Body.FlushAsync();
                sent.Release();
                await next.WaitAsync();
            }
            await Task.Delay(-1, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var reading = patient.ReadSegmentAsync(
            _origin.At("/a"),
            null,
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(2),
            default
        );
        for (var i = 0; i < 3; i++)
        {
            await sent.WaitAsync();
            // The part is read in a moment.
            await Task.Delay(50);
            clock.Advance(TimeSpan.FromSeconds(1.5));
            Assert.False(reading.IsCompleted);
            next.Release();
        }
        clock.Advance(TimeSpan.FromSeconds(0.6));
        Assert.Equal("nothing came for 2 s", (await reading).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_byte_range_is_the_same_from_servers_with_and_without_ranges(bool supported)
    {
        var bytes = Enumerable.Range(0, 300_000).Select(i => (byte)(i / 1000)).ToArray();
        _origin["/a"] = c =>
            supported
                ? Results.Bytes(bytes, enableRangeProcessing: true).ExecuteAsync(c)
                : c.Response.Body.WriteAsync(bytes).AsTask();
        var read = await _http.ReadSegmentAsync(_origin.At("/a"), new ByteRange(150_000, 2000), Timeout, Timeout, default);
        Assert.Equal(bytes[150_000..152_000], read.Bytes.ToArray());
        var past = await _http.ReadSegmentAsync(_origin.At("/a"), new ByteRange(299_000, 2000), Timeout, Timeout, default);
        Assert.Equal(FetchOutcome.Failed, past.Outcome);
    }

    [Fact]
    public async Task A_password_in_the_address_is_sent_and_not_shown()
    {
        _origin["/a"] = c => c.Response.WriteAsync(c.Request.Headers.Authorization.ToString());
        var location = new UriBuilder(_origin.At("/a?t=1")) { UserName = "me", Password = "secret" }.Uri;
        var read = await _http.ReadPlaylistAsync(location, Timeout, default);
        Assert.Equal("Basic " + Convert.ToBase64String("me:secret"u8), Text(read));
        Assert.Equal(_origin.At("/a").ToString(), Upstreams.Show(location));
    }

    private static string Text(Fetched read) => Encoding.UTF8.GetString(read.Bytes.Span);

    private static Task Redirect(HttpContext context, string to)
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    }

    private static async Task WriteForeverAsync(Stream stream, CancellationToken aborted)
    {
        var zeros = new byte[64 << 10];
        try
        {
            while (!aborted.IsCancellationRequested)
                await stream.WriteAsync(zeros, aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException) { }
    }
}
