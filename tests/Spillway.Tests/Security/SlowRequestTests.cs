using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spillway.Tests.Security;

/// <summary>Clients that take their time on purpose, each to hold a connection for ever.</summary>
public sealed class SlowRequestTests(PushedServer fixture) : IClassFixture<PushedServer>
{
    private const string Slate = "POST /api/v1/streams/live/slate HTTP/1.1\r\nHost: localhost\r\n";

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData("GET /live/playlist.m3u8 HTTP/1.1\r\nHost: localhost\r\n", "X: a\r\n", 9, 20)]
    [InlineData("GET /tracker/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n", "X: a\r\n", 9, 20)]
    [InlineData(Slate + "Authorization: Bearer a-token-of-my-own\r\nContent-Length: 1000\r\n\r\n", " ", 4, 20)]
    [InlineData(Slate + "Content-Length: 1000\r\n\r\n", " ", 0, 20)]
    public async Task One_that_sends_drop_by_drop_is_cut_off(string begin, string drop, int atLeast, int atMost)
    {
        var lasted = await DripAsync(fixture.Server.Port, begin, drop, TimeSpan.FromSeconds(atMost + 5));
        Assert.InRange(lasted, TimeSpan.FromSeconds(atLeast), TimeSpan.FromSeconds(atMost));
        await fixture.AssertWorksAsync();
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task An_encoder_may_be_as_slow_as_its_show()
    {
        var begin = $"PUT /ingest/pushed/{PushedServer.Key}/s.ts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
        var patience = TimeSpan.FromSeconds(25);
        Assert.Equal(patience, await DripAsync(fixture.Server.Port, begin, " ", patience));
    }

    [Fact]
    public async Task Hundreds_that_say_nothing_keep_nobody_out()
    {
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 400; i++)
            {
                var client = new TcpClient();
                idle.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, fixture.Server.Port);
                if (i % 2 == 0)
                    await client.GetStream().WriteAsync("GET / HT"u8.ToArray());
            }
            await fixture.AssertWorksAsync();
        }
        finally
        {
            idle.ForEach(static client => client.Dispose());
        }
    }

    /// <summary>One drop a second. How long the server bore it; the limit when it still does.</summary>
    private static async Task<TimeSpan> DripAsync(int port, string begin, string drop, TimeSpan limit)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        var clock = Stopwatch.StartNew();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(begin));
        var closed = ClosedAsync(stream);
        while (clock.Elapsed < limit)
        {
            if (await Task.WhenAny(closed, Task.Delay(TimeSpan.FromSeconds(1))) == closed)
                return clock.Elapsed;
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(drop));
            }
            catch (IOException)
            {
                return clock.Elapsed;
            }
        }
        return limit;
    }

    private static async Task ClosedAsync(NetworkStream stream)
    {
        var answer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(answer) > 0) { }
        }
        catch (IOException)
        {
            // Reset: closed, too.
        }
    }
}
