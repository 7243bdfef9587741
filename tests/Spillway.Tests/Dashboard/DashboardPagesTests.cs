using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Dashboard;

namespace Spillway.Tests.Dashboard;

/// <summary>A server with a small page in place of the dashboard, which need not be built.</summary>
public sealed class PageServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await RunningServer.StartAsync(
            static options =>
            {
                options.Server.PlaylistAliases = [];
                options.Streams["live"].Fallback = "https://owncast.example:8443/hls/stream.m3u8";
            },
            static services =>
                services.AddSingleton(
                    new DashboardPages(
                        new Dictionary<string, byte[]>(StringComparer.Ordinal)
                        {
                            ["index.html"] = "<!doctype html><title>Spillway</title>"u8.ToArray(),
                            ["assets/main-1a2b.js"] = [.. Enumerable.Repeat((byte)' ', 5000)],
                        }
                    )
                )
        );

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>What pages this server gives, and what they may do.</summary>
public sealed class DashboardPagesTests(PageServer running) : IClassFixture<PageServer>
{
    private readonly RunningServer _server = running.Server;

    [Fact]
    public async Task The_page_needs_no_token_and_stands_in_its_folder()
    {
        using var moved = await _server.GetAsync("/dashboard");
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal("dashboard/", moved.Headers.Location!.OriginalString);
        using var page = await _server.GetAsync("/dashboard/");
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Contains("<title>Spillway</title>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        using var known = await _server.GetAsync("/dashboard/", request => request.Headers.IfNoneMatch.Add(page.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task Assets_are_kept_for_ever_and_compressed()
    {
        using var asset = await _server.GetAsync(
            "/dashboard/assets/main-1a2b.js",
            static request => request.Headers.AcceptEncoding.ParseAdd("br")
        );
        Assert.Equal("public, max-age=31536000, immutable", asset.Headers.CacheControl!.ToString());
        Assert.Equal(["br"], asset.Content.Headers.ContentEncoding);
        Assert.Contains("javascript", asset.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        Assert.True(asset.Content.Headers.ContentLength < 100);
        using var head = await _server.GetAsync("/dashboard/assets/main-1a2b.js", method: HttpMethod.Head);
        Assert.Equal(5000, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/assets/main-1a2b.js")]
    [InlineData("/dashboard/none")]
    public async Task No_script_but_its_own_runs_and_nobody_frames_it(string path)
    {
        using var answer = await _server.GetAsync(path);
        var policy = Policy(answer);
        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal("'self'", policy["script-src"]);
        Assert.Equal("'self'", policy["connect-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.DoesNotContain(policy, static directive => directive.Value.Contains("unsafe", StringComparison.Ordinal));
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/dashboard/none.js")]
    [InlineData("/dashboard/../Spillway.dll")]
    [InlineData("/dashboard/..%2f..%2fetc/passwd")]
    [InlineData("/dashboard/assets/")]
    [InlineData("/dashboard/%00")]
    public async Task What_was_not_built_into_it_is_not_there(string path)
    {
        using var answer = await _server.GetAsync(path);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task A_build_without_the_page_says_how_to_have_it()
    {
        await using var server = await RunningServer.StartAsync(replace: static services =>
            services.AddSingleton(new DashboardPages([]))
        );
        using var answer = await server.GetAsync("/dashboard/");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("make build", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_player_page_runs_what_the_edge_has_and_may_be_embedded()
    {
        using var answer = await _server.GetAsync("/watch/live");
        var (policy, edge) = (Policy(answer), $"http://127.0.0.1:{_server.EdgePort}");
        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal(edge, policy["script-src"]);
        Assert.Equal(edge, policy["base-uri"]);
        Assert.Equal($"{edge} blob:", policy["worker-src"]);
        // The way back may lead anywhere.
        Assert.Equal($"{edge} * blob:", policy["media-src"]);
        Assert.Equal($"'self' {edge} * ws: wss:", policy["connect-src"]);
        Assert.DoesNotContain("frame-ancestors", policy.Keys);
        Assert.DoesNotContain(
            policy,
            static directive => directive.Key != "style-src" && directive.Value.Contains("unsafe", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            "*",
            Spillway.Dashboard.PagePolicy.Player(edge, "").Replace("img-src *", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.False(answer.Headers.Contains("X-Frame-Options"));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task An_ipv6_edge_cannot_be_named_in_a_policy_so_it_is_the_scheme()
    {
        using var answer = await _server.GetAsync("/watch/live", static request => request.Headers.Host = "[::1]:3000");
        Assert.Equal("http:", Policy(answer)["script-src"]);
    }

    private static Dictionary<string, string> Policy(HttpResponseMessage answer) =>
        answer
            .Headers.GetValues("Content-Security-Policy")
            .Single()
            .Split(';', StringSplitOptions.TrimEntries)
            .Select(static directive => directive.Split(' ', 2))
            .ToDictionary(static parts => parts[0], static parts => parts.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
}
