using System.Text;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class FolderUpstreamTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly TestFolder _folder = new();
    private readonly HttpUpstream _http = new(TimeProvider.System, SourceReach.Anywhere);

    public void Dispose()
    {
        _folder.Dispose();
        _http.Dispose();
    }

    [Theory]
    [InlineData("plain.ts", "plain.ts")]
    [InlineData("0/deep.ts", "0/deep.ts")]
    [InlineData("with%20space.ts", "with space.ts")]
    [InlineData("hash#1.ts", "hash#1.ts")]
    [InlineData("12:30:01.ts", "12:30:01.ts")]
    [InlineData("literal%20.ts", "literal%20.ts")]
    [InlineData("plain.ts?token=1", "plain.ts")]
    [InlineData("0/../plain.ts", "plain.ts")]
    public async Task A_name_in_the_playlist_finds_its_file(string uri, string file)
    {
        _folder.Write(file, "content");
        var read = await ReadAsync(uri);
        Assert.Equal("content", Encoding.UTF8.GetString(read.Bytes.Span));
    }

    [Theory]
    [InlineData("../secret.ts")]
    [InlineData("..%2fsecret.ts")]
    [InlineData("%2e%2e/secret.ts")]
    [InlineData("0/../../secret.ts")]
    [InlineData("/etc/hostname")]
    [InlineData("file:///etc/hostname")]
    [InlineData("file://host/etc/hostname")]
    [InlineData("//host/etc/hostname")]
    [InlineData("ftp://127.0.0.1/x.ts")]
    [InlineData("data:text/plain,x")]
    public async Task Nothing_outside_of_the_folder_is_read(string uri)
    {
        _folder.Write("secret.ts", "secret");
        Directory.CreateDirectory(_folder["hls"]);
        var upstreams = new Upstreams(new FolderUpstream(_folder["hls"]), _http);
        var location = upstreams.Resolve(FolderUpstream.FileUri(_folder["hls/stream.m3u8"]), uri);
        // Either it is refused by its looks, or where it leads is.
        if (location is null)
            return;
        var read = await upstreams.For(location).ReadSegmentAsync(location, null, Timeout, Timeout, default);
        Assert.Equal(FetchOutcome.Failed, read.Outcome);
        Assert.Contains("outside", read.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_playlist_from_the_network_cannot_name_files_of_this_machine()
    {
        var upstreams = new Upstreams(null, _http);
        Assert.Null(upstreams.Resolve(new Uri("https://example.org/a.m3u8"), "file:///etc/hostname"));
        Assert.NotNull(upstreams.Resolve(new Uri("https://example.org/a.m3u8"), "/etc/hostname"));
    }

    [Fact]
    public void A_folders_playlist_may_name_http_urls()
    {
        var upstreams = new Upstreams(new FolderUpstream(_folder.Path), _http);
        var location = upstreams.Resolve(FolderUpstream.FileUri(_folder["a.m3u8"]), "http://127.0.0.1/a.ts");
        Assert.Same(_http, upstreams.For(location!));
    }

    [Fact]
    public async Task A_range_is_read_in_full_or_not_at_all()
    {
        _folder.Write("one.ts", "0123456789");
        Assert.Equal("345", Encoding.UTF8.GetString((await ReadAsync("one.ts", new ByteRange(3, 3))).Bytes.Span));
        Assert.Equal(FetchOutcome.Failed, (await ReadAsync("one.ts", new ByteRange(8, 3))).Outcome);
        Assert.Equal(FetchOutcome.Failed, (await ReadAsync("one.ts", new ByteRange(long.MaxValue, 3))).Outcome);
        Assert.Equal(FetchOutcome.TooLarge, (await ReadAsync("one.ts", new ByteRange(0, 1L << 40))).Outcome);
    }

    [Fact]
    public async Task What_is_missing_too_large_or_a_folder_is_a_value()
    {
        Assert.Equal(FetchOutcome.NotFound, (await ReadAsync("none.ts")).Outcome);
        Assert.Equal(FetchOutcome.NotFound, (await ReadAsync("no/such/none.ts")).Outcome);
        Directory.CreateDirectory(_folder["dir.ts"]);
        Assert.Equal(FetchOutcome.Failed, (await ReadAsync("dir.ts")).Outcome);
        using (var large = File.Create(_folder["large.ts"]))
            large.SetLength(UpstreamLimits.Segment + 1);
        Assert.Equal(FetchOutcome.TooLarge, (await ReadAsync("large.ts")).Outcome);
    }

    private async Task<Fetched> ReadAsync(string uri, ByteRange? range = null)
    {
        var upstreams = new Upstreams(new FolderUpstream(_folder.Path), _http);
        var location = upstreams.Resolve(FolderUpstream.FileUri(_folder["stream.m3u8"]), uri);
        Assert.NotNull(location);
        return await upstreams.For(location).ReadSegmentAsync(location, range, Timeout, Timeout, default);
    }
}
