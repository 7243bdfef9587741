using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spillway.Tests.Security;

/// <summary>Bodies without end, at every door: refused at once or at a limit, and never read to their end.</summary>
public sealed class LargeBodyTests(PushedServer fixture) : IClassFixture<PushedServer>
{
    private const string Length = "Content-Length: 10000000000\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";
    private const string Admin = "Authorization: Bearer " + PushedServer.Token + "\r\n";

    [Theory]
    [InlineData("POST /api/v1/streams/live/slate", Admin + Length, "413")]
    [InlineData("POST /api/v1/streams/live/slate", Admin + Chunked, "413")]
    [InlineData("POST /api/v1/streams/live/slate", Length, "401")]
    [InlineData("POST /api/v1/streams/live/slate", Chunked, "401")]
    [InlineData("POST /api/v1/nothing", Admin + Length, "404 413")]
    [InlineData("PUT /ingest/pushed/" + PushedServer.Key + "/s.ts", Length, "413")]
    [InlineData("PUT /ingest/pushed/" + PushedServer.Key + "/s.ts", Chunked, "413")]
    [InlineData("PUT /ingest/pushed/" + PushedServer.Key + "/stream.m3u8", Chunked, "413")]
    [InlineData("PUT /ingest/pushed/" + PushedServer.Key + "/s.vtt", Chunked, "413")]
    [InlineData("PUT /ingest/pushed/wrong-key/s.ts", Length, "401")]
    [InlineData("PUT /ingest/pushed/wrong-key/s.ts", Chunked, "401")]
    [InlineData("PUT /ingest/live/s.ts", Chunked, "404")]
    [InlineData("POST /", Length, "404 405 413")]
    [InlineData("POST /", Chunked, "404 405 413")]
    [InlineData("GET /", Length, "200 413")]
    [InlineData("GET /live/playlist.m3u8", Chunked, "404 413")]
    [InlineData("POST /health", Length, "404 405 413")]
    [InlineData("GET /tracker/live", Length, "426 413")]
    [InlineData("POST /reports/live", Chunked, "404 405 426 413")]
    public async Task A_body_without_end_is_cut_off(string line, string headers, string statuses)
    {
        var (status, taken) = await FloodAsync(fixture.Server.Port, line, headers);
        Assert.Contains(status, statuses.Split(' '));
        // What the system's own buffers take, and at the encoder's door a segment and what is thrown away of it.
        Assert.InRange(taken, 0, line.StartsWith("PUT", StringComparison.Ordinal) ? 140_000_000 : 20_000_000);
        await fixture.AssertWorksAsync();
    }

    [Theory]
    [InlineData("PUT /live/playlist.m3u8", Length)]
    [InlineData("PUT /live/playlist.m3u8", Chunked)]
    public async Task The_edge_takes_no_body(string line, string headers)
    {
        var (status, taken) = await FloodAsync(fixture.Server.EdgePort, line, headers);
        Assert.Contains(status, (string[])["405", "413"]);
        Assert.InRange(taken, 0, 20_000_000);
    }

    [Theory]
    [InlineData(20_000, "414 400")]
    [InlineData(100_000, "414 400 431")]
    public async Task An_address_without_end_is_refused(int length, string statuses)
    {
        var answer = await fixture.Server.RawAsync($"GET /{new string('a', length)} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Contains(answer.Split(' ')[1], statuses.Split(' '));
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        var headers = string.Concat(Enumerable.Range(0, 500).Select(static i => $"X-{i}: {new string('a', 100)}\r\n"));
        var answer = await fixture.Server.RawAsync($"GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends for as long as the server takes it, beside reading what it answers.</summary>
    private static async Task<(string Status, long Taken)> FloodAsync(int port, string line, string headers)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, late.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"), late.Token);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(late.Token);
        var taken = 0L;
        var sending = SendAsync();
        var answer = new byte[4096];
        var length = 0;
        try
        {
            while (length < 12 && await stream.ReadAsync(answer.AsMemory(length), late.Token) is > 0 and var count)
                length += count;
            while (await stream.ReadAsync(answer.AsMemory(0, 0), late.Token) == 0 && !sending.IsCompleted)
                await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(8), late.Token));
        }
        catch (IOException)
        {
            // Reset by the server while it was still being sent to.
        }
        await answered.CancelAsync();
        await sending;
        Assert.True(length >= 12, "it has answered");
        return (Encoding.ASCII.GetString(answer, 9, 3), Interlocked.Read(ref taken));

        async Task SendAsync()
        {
            byte[] junk = headers.Contains(Chunked, StringComparison.Ordinal)
                ? [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8]
                : new byte[0x10000];
            try
            {
                while (Interlocked.Add(ref taken, junk.Length) < 1_000_000_000)
                    await stream.WriteAsync(junk, answered.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The server takes no more.
            }
        }
    }
}
