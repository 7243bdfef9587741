using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Streams;
using Spillway.Tests.Tracker;

namespace Spillway.Tests.Metrics;

/// <summary>Who may read <c>/metrics</c> and the detail of <c>/health</c>, through real sockets.</summary>
public sealed class ReadersDoorTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";

    /// <summary>All that the old system's users and load balancers read.</summary>
    private static readonly string[] s_public = ["status", "torrents", "peers", "chunks", "manifestChunks", "signaling"];

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(static options => options.Admin.Token = Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string, string> Strangers =>
        new()
        {
            { "X-Forwarded-For", "198.51.100.7" },
            { "Forwarded", "for=127.0.0.1" },
            { "CF-Connecting-IP", "127.0.0.1" },
            { "Host", "tv.example.org" },
            { "Host", "localhost.example.org" },
        };

    [Fact]
    public async Task A_program_on_this_machine_reads_all()
    {
        Assert.Equal(HttpStatusCode.OK, (await MetricsAsync()).Status);
        Assert.Contains("streams", await HealthAsync());
        Assert.Contains("origin", await HealthAsync());
        Assert.Equal(HttpStatusCode.OK, (await MetricsAsync(static request => request.Headers.Host = "localhost")).Status);
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Whoever_comes_through_a_proxy_or_by_another_name_reads_the_old_members_only(string header, string value)
    {
        void Strange(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation(header, value);

        var refused = await MetricsAsync(Strange);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.DoesNotContain("spillway_", refused.Text, StringComparison.Ordinal);
        Assert.Contains("Admin:PublicMetrics", refused.Text, StringComparison.Ordinal);
        Assert.Equal(s_public, await HealthAsync(Strange));
        Assert.Equal("ok\n", await _server.TextAsync("/health/live", Strange));
        Assert.Equal("ok\n", await _server.TextAsync("/health/ready", Strange));
    }

    [Fact]
    public async Task The_token_opens_both_from_anywhere_and_another_does_not()
    {
        void With(HttpRequestMessage request, string token)
        {
            request.Headers.Add("X-Forwarded-For", "198.51.100.7");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        Assert.Equal(HttpStatusCode.OK, (await MetricsAsync(request => With(request, Token))).Status);
        Assert.Contains("streams", await HealthAsync(request => With(request, Token)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await MetricsAsync(request => With(request, "another-token"))).Status);
        Assert.Equal(s_public, await HealthAsync(request => With(request, "another-token")));
    }

    /// <summary>Else this would be the place to guess it.</summary>
    [Fact]
    public void Guessing_the_token_here_is_as_limited_as_at_the_operators_door()
    {
        var token = AdminToken.Open(new SpillwayOptions { Admin = { Token = Token } });
        var door = new ReadersDoor(token, new GuessLimit(new FakeTimeProvider()));
        bool Opens(string shown)
        {
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = IPAddress.Parse("198.51.100.7");
            context.Request.Headers.Authorization = $"Bearer {shown}";
            return door.IsOpen(context, isPublic: false);
        }

        Assert.True(Opens(Token));
        for (var guess = 0; guess < GuessLimit.PerMinute; guess++)
            Assert.False(Opens($"guess-number-{guess}"));
        // Nothing is compared any more: nobody learns which guess was right.
        Assert.False(Opens(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_setting_opens_each_of_them_to_all(bool metrics)
    {
        await using var server = await RunningServer.StartAsync(options =>
            (options.Admin.PublicMetrics, options.Admin.PublicHealth) = (metrics, !metrics)
        );
        static void Strange(HttpRequestMessage request) => request.Headers.Host = "tv.example.org";

        Assert.Equal(metrics ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await MetricsAsync(Strange, server)).Status);
        Assert.Equal(!metrics, (await HealthAsync(Strange, server)).Contains("streams"));
    }

    /// <summary>Believed headers move into others, so a proxy on this machine does not make its clients local.</summary>
    [Fact]
    public async Task A_trusted_proxy_on_this_machine_makes_nobody_local()
    {
        await using var server = await RunningServer.StartAsync(static options => options.Server.TrustedProxies = ["127.0.0.1"]);
        static void Forwarded(HttpRequestMessage request)
        {
            request.Headers.Add("X-Forwarded-For", "127.0.0.1");
            request.Headers.Add("X-Forwarded-Host", "localhost");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await MetricsAsync(Forwarded, server)).Status);
        Assert.Equal(s_public, await HealthAsync(Forwarded, server));
    }

    [Fact]
    public async Task A_refused_reader_costs_what_any_stranger_costs_and_a_scrape_is_no_viewer()
    {
        var counters = _server.Service<OriginCounters>();
        await MetricsAsync(static request => request.Headers.Host = "tv.example.org");
        Assert.Equal((1, 0), (counters.Others, counters.Scrapes));
        await MetricsAsync();
        Assert.Equal((1, 1), (counters.Others, counters.Scrapes));
        Assert.Equal(
            HttpStatusCode.MethodNotAllowed,
            (await MetricsAsync(static request => request.Method = HttpMethod.Post)).Status
        );
    }

    [Fact]
    public async Task A_tracker_alone_has_metrics_too_by_the_same_rule()
    {
        await using var node = await RunningNode.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var address = new Uri($"http://127.0.0.1:{node.Port}/metrics");
        var scrape = Scrape.Read(await http.GetStringAsync(address));
        Assert.Equal(0, scrape["spillway_tracker_connections"]);
        Assert.DoesNotContain("spillway_stream_state", scrape.Families.Keys);
        using var strange = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = "t1.example.org" } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(strange)).StatusCode);
    }

    private async Task<(HttpStatusCode Status, string Text)> MetricsAsync(
        Action<HttpRequestMessage>? set = null,
        RunningServer? server = null
    )
    {
        using var answer = await (server ?? _server).GetAsync("/metrics", set);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string[]> HealthAsync(Action<HttpRequestMessage>? set = null, RunningServer? server = null)
    {
        using var answer = await (server ?? _server).GetAsync("/health", set);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var health = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        return [.. health.Select(static member => member.Key)];
    }
}
