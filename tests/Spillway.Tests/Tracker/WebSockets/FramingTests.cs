using Microsoft.Extensions.Time.Testing;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.WebSockets.RawFrame;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>Right and wrong frames over real sockets; see <see cref="FramingCases"/>.</summary>
public sealed class FramingTests(FramingTests.Fixture fixture) : IClassFixture<FramingTests.Fixture>
{
    public static TheoryData<string> Cases { get; } = [.. FramingCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_case_ends_as_the_protocol_says(string name)
    {
        var (bytes, heard) = FramingCases.All[name];
        byte[] all = [.. bytes, .. Of(Text, Messages.Scrape("last"))];
        // At once, and in pieces that end anywhere: in a header, in a mask, in a character.
        foreach (var piece in (int[])[all.Length, all.Length < 2_000 ? 1 : 997])
        {
            using var client = await RawClient.ConnectAsync(fixture.Host);
            var sending = SendAsync(client, all, piece);
            Assert.Equal(heard, await client.TranscriptAsync("last"));
            await sending;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Behind_TLS_it_is_the_same(bool inline)
    {
        await using var host = await TrackerHost.StartAsync(inline: inline, secure: true);
        foreach (var (name, (bytes, heard)) in FramingCases.All.Where(static item => item.Key[0] is '1' or '2' or '5' or '9'))
        {
            using var client = await RawClient.ConnectAsync(host);
            var sending = SendAsync(client, [.. bytes, .. Of(Text, Messages.Scrape("last"))], 5_000);
            Assert.Equal((name, heard), (name, await client.TranscriptAsync("last")));
            await sending;
        }
        await host.UntilAsync(static now => now.Connections == 0);
    }

    [Fact]
    public async Task A_client_that_goes_on_after_a_fault_hears_only_the_close()
    {
        using var client = await RawClient.ConnectAsync(fixture.Host);
        await client.SendAsync(
            Of(Text, [0xFF]),
            Of(Text, Messages.Scrape("a")),
            Of(Ping, "p"),
            Of(Text, [0xFF]),
            CloseWith(1000)
        );
        Assert.Equal("close 1007 end", await client.TranscriptAsync("last"));
    }

    [Fact]
    public async Task Of_a_message_that_is_too_large_the_rest_is_thrown_away_and_the_close_arrives()
    {
        using var client = await RawClient.ConnectAsync(fixture.Host);
        var sending = SendAsync(client, [.. Of(Text, new string('x', 3_000_000)), .. CloseWith(1000)], 100_000);
        Assert.Equal("close 1009 end", await client.TranscriptAsync("last"));
        await sending;
    }

    [Fact]
    public async Task One_that_does_not_answer_a_close_is_cut_off()
    {
        var time = new FakeTimeProvider();
        await using var host = await TrackerHost.StartAsync(time: time);
        using var client = await RawClient.ConnectAsync(host);
        await client.SendAsync(Of(Text, [0xFF]));
        Assert.Equal(Close, (await client.NextAsync())!.Value.Opcode);
        Assert.Equal(1, host.Counters.Connections);
        await host.UntilAsync(static now => now.Connections == 0, () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(25));
        Assert.Null(await client.NextAsync());
    }

    [Fact]
    public async Task One_that_is_silent_is_pinged_and_what_it_answers_keeps_it()
    {
        var time = new FakeTimeProvider();
        await using var host = await TrackerHost.StartAsync(new TrackerOptions { Ping = TimeSpan.FromSeconds(20) }, time: time);
        using var client = await RawClient.ConnectAsync(host);
        await host.UntilAsync(static now => now.Connections == 1);
        for (var round = 0; round < 3; round++)
        {
            var next = client.NextAsync();
            while (!next.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(5);
            }
            var (opcode, payload) = (await next)!.Value;
            Assert.Equal((Ping, 0), (opcode, payload.Length));
            await client.SendAsync(Of(Pong, ""), Of(Text, Messages.Scrape("a")));
            Assert.Equal("files(a)", await client.TranscriptAsync("a"));
        }
        // It stays silent now.
        await host.UntilAsync(static now => now.Connections == 0, () => time.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task One_that_shuts_down_its_side_without_a_close_has_gone()
    {
        await using var host = await TrackerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host);
        await client.SendAsync(Of(Text, Messages.Announce("h", "a")));
        await host.UntilAsync(static now => now.Peers == 1);
        client.Shutdown();
        await host.UntilAsync(static now => now is { Connections: 0, Peers: 0 });
        Assert.Equal(Text, (await client.NextAsync())!.Value.Opcode);
        Assert.Null(await client.NextAsync());
    }

    [Fact]
    public async Task At_shutdown_the_close_says_that_the_server_goes()
    {
        await using var host = await TrackerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host);
        await host.UntilAsync(static now => now.Connections == 1);
        var stopping = host.StopAsync();
        Assert.Equal("close 1001 end", await client.TranscriptAsync("last"));
        await stopping;
    }

    private static async Task SendAsync(RawClient client, byte[] bytes, int piece)
    {
        try
        {
            await client.SendAsync(bytes, piece);
        }
        catch (IOException)
        {
            // The server had enough.
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal TrackerHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TrackerHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
