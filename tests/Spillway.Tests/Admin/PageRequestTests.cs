using System.Net;

namespace Spillway.Tests.Admin;

/// <summary>What a browser sends by itself must not let other pages work the switches.</summary>
public sealed class PageRequestTests(PublicServer running) : IClassFixture<PublicServer>, IAsyncLifetime
{
    private const string Switch = "/api/v1/streams/live/slate";

    private readonly RunningServer _server = running.Server;
    private readonly Operator _operator = new(running.Server);

    public async ValueTask InitializeAsync()
    {
        await _operator.SignInAsync();
        _operator.IsPage = false;
    }

    public ValueTask DisposeAsync()
    {
        _operator.Dispose();
        return default;
    }

    [Theory]
    [InlineData(null, "same-origin", null)]
    [InlineData("dashboard", "same-site", null)]
    [InlineData("dashboard", "cross-site", null)]
    [InlineData("dashboard", "none", null)]
    [InlineData("dashboard", null, null)]
    [InlineData("dashboard", null, "null")]
    [InlineData("dashboard", null, "http://127.0.0.1:1")]
    [InlineData("dashboard", null, "http://evil.example")]
    [InlineData("dashboard", null, "http://tv.example.org")]
    [InlineData("dashboard", "cross-site", "https://tv.example.org")]
    [InlineData("Dashboard", "same-origin", null)]
    [InlineData("dashboard, dashboard", "same-origin", null)]
    public async Task With_the_cookie_alone_or_from_another_origin_nothing_is_switched(
        string? header,
        string? site,
        string? origin
    )
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Delete])
        {
            var (answer, text) = await _operator.AskAsync(method, Switch, null, [.. Headers(header, site, origin)]);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method}: {answer.StatusCode} {text}");
        }
        // Reading changes nothing; and no other page gets the answer.
        var read = await _operator.AskAsync(HttpMethod.Get, "/api/v1/log", null, [.. Headers(header, site, origin)]);
        Assert.Equal(HttpStatusCode.OK, read.Answer.StatusCode);
        Assert.False(read.Answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("same-origin", null)]
    [InlineData("same-origin", "http://behind-a-proxy.example")]
    [InlineData(null, "http://127.0.0.1:PORT")]
    [InlineData(null, "https://tv.example.org")]
    public async Task Our_own_page_may(string? site, string? origin)
    {
        var (answer, text) = await _operator.AskAsync(
            HttpMethod.Post,
            Switch,
            null,
            [.. Headers("dashboard", site, origin?.Replace("PORT", $"{_server.Port}", StringComparison.Ordinal))]
        );
        // Inside: there is nothing on air that a slate could take the place of.
        Assert.True(answer.StatusCode == HttpStatusCode.Conflict, text);
    }

    [Fact]
    public async Task A_browser_is_never_told_that_another_page_may_ask()
    {
        var (answer, _) = await _operator.AskAsync(
            HttpMethod.Options,
            Switch,
            null,
            ("Origin", "http://evil.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "x-spillway")
        );
        Assert.DoesNotContain(
            answer.Headers,
            static header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase)
        );
    }

    private static IEnumerable<(string, string)> Headers(string? header, string? site, string? origin)
    {
        if (header is not null)
            yield return ("X-Spillway", header);
        if (site is not null)
            yield return ("Sec-Fetch-Site", site);
        if (origin is not null)
            yield return ("Origin", origin);
    }
}
