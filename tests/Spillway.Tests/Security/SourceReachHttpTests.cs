using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Spillway.Sources;
using Spillway.Sources.Hls;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Security;

/// <summary>
/// A source's server at 127.0.0.2 that is not what it seems, and a server at 127.0.0.1 that only this machine should reach: no way
/// of writing its address leads there.
/// </summary>
public sealed class SourceReachHttpTests(RecordedHls recorded) : IClassFixture<RecordedHls>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TestFolder _folder = new();
    private TestOrigin _source = null!;
    private TestOrigin _inside = null!;

    public async ValueTask InitializeAsync()
    {
        _source = await TestOrigin.StartAsync(IPAddress.Parse("127.0.0.2"));
        _source.Serve(_folder);
        _inside = await TestOrigin.StartAsync();
        _inside["*"] = async c => await c.Response.Body.WriteAsync(recorded.First.Segments[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _inside.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}/secret")]
    [InlineData("http://127.1:{port}/secret")]
    [InlineData("http://2130706433:{port}/secret")]
    [InlineData("http://0x7f000001:{port}/secret")]
    [InlineData("http://0177.0.0.1:{port}/secret")]
    [InlineData("http://0.0.0.0:{port}/secret")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/secret")]
    [InlineData("http://[::1]:{port}/secret")]
    [InlineData("http://localhost:{port}/secret")]
    [InlineData("http://LOCALHOST:{port}/secret")]
    [InlineData("http://127.0.0.2@127.0.0.1:{port}/secret")]
    [InlineData("//127.0.0.1:{port}/secret")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data/")]
    [InlineData("http://10.255.255.1/")]
    public async Task No_address_that_is_named_leads_inside(string address)
    {
        using var http = Client();
        var named = new Uri(_source.At("/stream.m3u8"), Filled(address));
        AssertRefused(await http.ReadSegmentAsync(named, null, Patience, Patience, default));
        AssertRefused(await http.ReadPlaylistAsync(named, Patience, default));
        AssertRefused(await http.ReadKeyAsync(named, Patience, default));

        _source["/redirect"] = c => Redirect(c, Filled(address));
        _source["/twice"] = c => Redirect(c, "/redirect");
        AssertRefused(await http.ReadSegmentAsync(_source.At("/redirect"), null, Patience, Patience, default));
        AssertRefused(await http.ReadPlaylistAsync(_source.At("/twice"), Patience, default));
        Assert.Empty(_inside.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x.ts")]
    [InlineData("gopher://127.0.0.1:{port}/x.ts")]
    [InlineData("data:video/mp2t;base64,AAAA")]
    [InlineData("javascript:1")]
    public async Task Other_schemes_are_never_fetched_and_never_redirected_to(string address)
    {
        using var http = Client();
        Assert.Null(new Upstreams(null, http).Resolve(_source.At("/stream.m3u8"), Filled(address)));
        _source["/redirect"] = c => Redirect(c, Filled(address));
        var read = await http.ReadSegmentAsync(_source.At("/redirect"), null, Patience, Patience, default);
        Assert.Equal(FetchOutcome.Failed, read.Outcome);
        Assert.Empty(_inside.Requests);
    }

    [Fact]
    public async Task A_server_that_the_operator_allows_is_read()
    {
        using var http = new HttpUpstream(TimeProvider.System, new SourceReach([_source.Root], allowPrivate: true));
        var read = await http.ReadSegmentAsync(_inside.At("/x.ts"), null, Patience, Patience, default);
        Assert.True(read.IsWhole);
    }

    /// <summary>Segments, initialization sections, keys and renditions: what is inside is neither asked for nor published.</summary>
    [Fact]
    public async Task A_whole_source_that_points_inside_gives_only_what_is_its_own()
    {
        var inside = _inside.At("/secret");
        _folder.Write("s0.ts", recorded.First.Segments[0]);
        _folder.Write("s2.ts", new byte[32]);
        _source["/hop.ts"] = c => Redirect(c, inside.ToString());
        new LivePlaylist(_folder)
            .List("s0.ts")
            .List(inside.ToString())
            .List("hop.ts")
            .List("s2.ts", tags: $"#EXT-X-KEY:METHOD=AES-128,URI=\"{inside}\"\n")
            .Write();
        await using var source = FollowedSource.Start(_source.At("/stream.m3u8").ToString());
        await source.UntilAsync(static s => s.Missed.Count() == 3);
        Assert.Equal("0:0 -0:1 -0:2 -0:3", source.Story());
        Assert.All(source.Missed, static missed => Assert.Contains("is private", missed.Reason, StringComparison.Ordinal));
        Assert.Empty(_inside.Requests);
    }

    [Fact]
    public async Task A_multivariant_playlist_that_points_inside_is_not_followed()
    {
        _folder.Write("master.m3u8", $"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{_inside.At("/hd.m3u8")}\n");
        await using var source = FollowedSource.Start(_source.At("/master.m3u8").ToString());
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        Assert.Contains(source.Logged, static line => line.Contains("is private", StringComparison.Ordinal));
        Assert.Empty(_inside.Requests);
    }

    private HttpUpstream Client() => new(TimeProvider.System, new SourceReach([_source.Root], allowPrivate: false));

    private string Filled(string address) => address.Replace("{port}", $"{_inside.Root.Port}", StringComparison.Ordinal);

    private static void AssertRefused(Fetched read)
    {
        Assert.Equal(FetchOutcome.Failed, read.Outcome);
        Assert.Contains("is private", read.Reason, StringComparison.Ordinal);
    }

    private static Task Redirect(HttpContext context, string to)
    {
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = to;
        return Task.CompletedTask;
    }
}
