using System.Net;
using Spillway.Timeline;

namespace Spillway.Tests;

/// <summary>Servers with settings of their own.</summary>
public sealed class ServerSettingTests
{
    [Fact]
    public async Task Before_anything_is_on_air_playlists_are_not_there_yet_and_nobody_keeps_that()
    {
        await using var server = await RunningServer.StartAsync(static options =>
            options.Streams["second"] = new StreamOptions { Source = options.Streams["live"].Source }
        );
        await server.UntilWriterAsync();
        foreach (
            var path in (string[])["/live/playlist.m3u8", "/hls/stream.m3u8", "/live/0/playlist.m3u8", "/second/playlist.m3u8"]
        )
        {
            using var answer = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter!.Delta);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.Matches("^Nothing is on air on (live|second) yet\\.\n$", await answer.Content.ReadAsStringAsync());
        }
        using var unknown = await server.GetAsync("/third/playlist.m3u8");
        Assert.Contains("live, second", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var health = await server.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("\"chunks\": 0", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_allowed_hosts_get_an_address()
    {
        await using var server = await RunningServer.StartAsync(static options =>
            options.Server.AllowedHosts = ["tv.example.org"]
        );
        using var allowed = await server.GetAsync("/", static request => request.Headers.Host = "tv.example.org:3000");
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        using var other = await server.GetAsync("/", static request => request.Headers.Host = "evil.example.org");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        var line = await other.Content.ReadAsStringAsync();
        Assert.Contains("Server:AllowedHosts", line, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", line, StringComparison.Ordinal);
        // Supervisors ask by address.
        using var health = await server.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_trusted_proxy_says_for_which_host_it_asks(string proxy)
    {
        await using var server = await RunningServer.StartAsync(options => options.Server.TrustedProxies = [proxy]);
        var page = await server.TextAsync("/", static request => request.Headers.Add("X-Forwarded-Host", "tv.example.org"));
        Assert.Contains($"http://tv.example.org:{server.EdgePort}/watch/", page, StringComparison.Ordinal);
        var bad = await server.TextAsync(
            "/",
            static request => request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "\"><script>")
        );
        Assert.DoesNotContain("\"><script>", bad, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_proxy_than_the_trusted_one_is_not_believed()
    {
        await using var server = await RunningServer.StartAsync(static options => options.Server.TrustedProxies = ["10.0.0.0/8"]);
        var page = await server.TextAsync("/", static request => request.Headers.Add("X-Forwarded-Host", "tv.example.org"));
        Assert.Contains($"http://127.0.0.1:{server.EdgePort}/watch/", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_address_of_the_edge_stands_whatever_the_host()
    {
        await using var server = await RunningServer.StartAsync(static options =>
            options.Storage.PublicUrl = "https://edge.example.org"
        );
        var page = await server.TextAsync("/", static request => request.Headers.Host = "tv.example.org");
        Assert.Contains("<base href=\"https://edge.example.org/watch/\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_are_as_set()
    {
        await using var server = await RunningServer.StartAsync(static options =>
            options.Server.PlaylistAliases = ["/old/live.m3u8"]
        );
        Assert.StartsWith("Nothing is on air", await server.TextAsync("/old/live.m3u8"), StringComparison.Ordinal);
        Assert.Equal("", await server.TextAsync("/hls/stream.m3u8"));
    }

    [Fact]
    public async Task A_folder_that_another_Spillway_has_is_refused()
    {
        var data = "";
        await using var server = await RunningServer.StartAsync(options => data = options.Data);
        var exception = await Assert.ThrowsAsync<Spillway.Storage.DataFolderInUseException>(() =>
            RunningServer.StartAsync(options => options.Data = data)
        );
        Assert.Contains(data, exception.Message, StringComparison.Ordinal);
    }
}
