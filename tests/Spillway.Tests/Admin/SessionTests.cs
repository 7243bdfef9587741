using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Spillway.Admin;

namespace Spillway.Tests.Admin;

public sealed class SessionTests(OperatorServer running) : IClassFixture<OperatorServer>, IDisposable
{
    private const string Session = "/api/v1/session";
    private const string Inside = "/api/v1/log";

    private readonly RunningServer _server = running.Server;
    private readonly Operator _operator = new(running.Server);

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Who_shows_the_token_gets_a_cookie_that_opens_and_is_no_token()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await _operator.StatusAsync(HttpMethod.Get, Inside));
        var set = await _operator.SignInAsync();
        Assert.Matches(
            "^spillway-admin=[A-Za-z0-9_-]{43}; max-age=43200; path=/api; samesite=strict; httponly$",
            set.Replace("Max-Age", "max-age", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(Operator.Token, set, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Get, Inside));
        var (_, text) = await _operator.AskAsync(HttpMethod.Get, Session);
        var state = JsonSerializer.Deserialize(text, SessionJson.Default.SessionState)!;
        Assert.Equal("cookie", state.By);
        Assert.InRange(state.Until!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task Each_sign_in_is_a_session_of_its_own_and_signing_out_ends_only_that_one()
    {
        await _operator.SignInAsync();
        using var other = new Operator(_server);
        await other.SignInAsync();
        Assert.NotEqual(_operator.Cookie, other.Cookie);

        var (answer, _) = await _operator.AskAsync(HttpMethod.Delete, Session);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.StartsWith(
            "spillway-admin=; max-age=0",
            answer.Headers.GetValues("Set-Cookie").Single(),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await _operator.StatusAsync(HttpMethod.Get, Inside));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, Inside));
    }

    [Fact]
    public async Task The_token_goes_on_opening_by_itself_and_needs_no_page()
    {
        _operator.IsPage = false;
        _operator.Shown = Operator.Token;
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Get, Inside));
        var (_, text) = await _operator.AskAsync(HttpMethod.Get, Session);
        Assert.Equal("""{"by":"token","until":null}""", text);
        Assert.Equal(HttpStatusCode.NoContent, await _operator.StatusAsync(HttpMethod.Delete, Session));
    }

    [Theory]
    [InlineData("""{"token":"wrong-wrong-wrong"}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"token":""}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"token":null}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"token":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"token":"a-token-of-my-own","more":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""["a-token-of-my-own"]""", HttpStatusCode.BadRequest)]
    [InlineData("a-token-of-my-own", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Anything_else_gets_no_cookie_and_does_not_come_back(string body, HttpStatusCode status)
    {
        var (answer, text) = await _operator.AskAsync(HttpMethod.Post, Session, body);
        Assert.Equal(status, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain("wrong-wrong-wrong", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Operator.Token, text, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task A_cookie_that_was_made_up_opens_nothing()
    {
        await _operator.SignInAsync();
        foreach (
            var cookie in (string[])
                ["spillway-admin=", "spillway-admin=x", _operator.Cookie![..^1], $"spillway-admin={Operator.Token}"]
        )
        {
            _operator.Cookie = cookie;
            Assert.Equal(HttpStatusCode.Unauthorized, await _operator.StatusAsync(HttpMethod.Get, Inside));
        }
    }

    [Fact]
    public async Task The_password_of_a_proxy_does_not_stand_in_the_cookie_s_way()
    {
        await _operator.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Get, Inside, ("Authorization", "Basic eDp5")));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await _operator.StatusAsync(HttpMethod.Get, Inside, ("Authorization", "Bearer no-such-token"))
        );
    }

    [Fact]
    public async Task By_https_the_cookie_is_for_https_alone_also_behind_a_proxy_that_is_trusted()
    {
        // Nobody said that this proxy is one.
        Assert.DoesNotContain(
            "secure",
            await _operator.SignInAsync(("X-Forwarded-Proto", "https")),
            StringComparison.OrdinalIgnoreCase
        );
        await using var behind = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Operator.Token;
            options.Server.TrustedProxies = ["127.0.0.1"];
        });
        using var other = new Operator(behind);
        Assert.Contains("; secure;", await other.SignInAsync(("X-Forwarded-Proto", "https")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_session_ends_after_twelve_hours_and_the_oldest_goes_when_there_are_too_many()
    {
        var time = new FakeTimeProvider();
        var sessions = new AdminSessions(time);
        var (first, until) = sessions.Begin();
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromHours(12), until);
        time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(until, sessions.Find(first));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(sessions.Find(first));

        var (oldest, _) = sessions.Begin();
        for (var i = 1; i < AdminSessions.Most; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            sessions.Begin();
        }
        Assert.NotNull(sessions.Find(oldest));
        var (last, _) = sessions.Begin();
        Assert.Null(sessions.Find(oldest));
        Assert.NotNull(sessions.Find(last));
    }
}
