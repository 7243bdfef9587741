using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Spillway.Admin;

namespace Spillway.Tests.Admin;

public sealed class GuessLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void After_twenty_wrong_ones_of_an_address_a_minute_nothing_is_compared()
    {
        var limit = new GuessLimit(_time);
        var from = IPAddress.Parse("198.51.100.7");
        for (var i = 0; i < GuessLimit.PerMinute; i++)
            Assert.Equal(new Guess(false, null), limit.Try(from, static () => false));
        Assert.Equal(new Guess(false, 3), limit.Try(from, static () => throw new InvalidOperationException("compared")));
        Assert.True(limit.Try(IPAddress.Parse("198.51.100.8"), static () => true).IsRight);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(limit.Try(from, static () => true).IsRight);
    }

    [Fact]
    public void Right_ones_count_for_nothing()
    {
        var limit = new GuessLimit(_time);
        for (var i = 0; i < 1000; i++)
            Assert.True(limit.Try(IPAddress.Loopback, static () => true).IsRight);
    }

    [Fact]
    public void The_addresses_of_one_ipv6_network_are_one_and_of_all_together_there_is_a_limit_too()
    {
        var limit = new GuessLimit(_time);
        for (var i = 0; i < GuessLimit.PerMinute; i++)
            limit.Try(IPAddress.Parse($"2001:db8::{i + 1:x}"), static () => false);
        Assert.Equal(3, limit.Try(IPAddress.Parse("2001:db8::ffff"), static () => true).RetryAfter);

        for (var i = GuessLimit.PerMinute; i < GuessLimit.OfAllPerMinute; i++)
            Assert.Null(limit.Try(IPAddress.Parse($"198.51.100.{i}"), static () => false).RetryAfter);
        Assert.Equal(1, limit.Try(IPAddress.Parse("203.0.113.1"), static () => true).RetryAfter);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.Try(IPAddress.Parse("203.0.113.1"), static () => true).IsRight);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_it_is_the_guesser_s_address_that_counts_and_who_is_in_stays_in()
    {
        await using var server = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Operator.Token;
            options.Server.TrustedProxies = ["127.0.0.1"];
        });
        using var signedIn = new Operator(server);
        await signedIn.SignInAsync();
        using var guesser = new Operator(server);
        (string, string) from = ("X-Forwarded-For", "203.0.113.9");
        for (var i = 0; i < GuessLimit.PerMinute; i++)
        {
            guesser.Shown = i % 2 == 0 ? $"wrong-wrong-{i}" : null;
            var (wrong, _) =
                i % 2 == 0
                    ? await guesser.AskAsync(HttpMethod.Get, "/api/v1/log", null, from)
                    : await guesser.AskAsync(HttpMethod.Post, "/api/v1/session", $$"""{"token":"wrong-wrong-{{i}}"}""", from);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
        guesser.Shown = null;
        var right = $$"""{"token":"{{Operator.Token}}"}""";
        var (answer, text) = await guesser.AskAsync(HttpMethod.Post, "/api/v1/session", right, from);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 3);
        Assert.Contains("Too many wrong tokens", text, StringComparison.Ordinal);
        guesser.Shown = Operator.Token;
        Assert.Equal(HttpStatusCode.TooManyRequests, await guesser.StatusAsync(HttpMethod.Get, "/api/v1/log", from));

        Assert.Equal(
            HttpStatusCode.OK,
            await guesser.StatusAsync(HttpMethod.Get, "/api/v1/log", ("X-Forwarded-For", "203.0.113.10"))
        );
        Assert.Equal(HttpStatusCode.OK, await signedIn.StatusAsync(HttpMethod.Get, "/api/v1/log", from));
    }

    [Fact]
    public async Task Without_trust_in_a_proxy_made_up_addresses_are_no_way_around_it()
    {
        await using var server = await RunningServer.StartAsync(static options => options.Admin.Token = Operator.Token);
        using var guesser = new Operator(server) { Shown = "wrong-wrong-wrong" };
        for (var i = 0; i < GuessLimit.PerMinute; i++)
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                await guesser.StatusAsync(HttpMethod.Get, "/api/v1/log", ("X-Forwarded-For", $"203.0.113.{i}"))
            );
        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            await guesser.StatusAsync(HttpMethod.Get, "/api/v1/log", ("X-Forwarded-For", "203.0.113.200"))
        );
    }
}
