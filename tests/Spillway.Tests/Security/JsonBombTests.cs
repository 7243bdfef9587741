using System.Net;
using System.Net.WebSockets;
using System.Text;
using Spillway.Tests.Tracker;

namespace Spillway.Tests.Security;

/// <summary>JSON made to exhaust or to break whoever reads it, at every door that reads some.</summary>
public sealed class JsonBombTests(PushedServer fixture) : IClassFixture<PushedServer>
{
    public static TheoryData<string, string> Bombs =>
        new()
        {
            { "arrays in arrays", new string('[', 30_000) + new string(']', 30_000) },
            { "objects in objects", string.Concat(Enumerable.Repeat("{\"a\":", 9_000)) + "1" + new string('}', 9_000) },
            { "arrays that never close", new string('[', 60_000) },
            { "nesting where a member is read", "{\"action\":" + new string('[', 20_000) + new string(']', 20_000) + "}" },
            { "nesting where a report is read", "{\"v\":" + new string('[', 400) + new string(']', 400) + "}" },
            { "a number of 50,000 digits", "{\"on\":" + new string('9', 50_000) + "}" },
            { "a number that no double holds", """{"v":1e99999,"offers":1e99999,"on":1e99999}""" },
            { "a number with an exponent of 10,000 digits", "{\"v\":1e" + new string('9', 10_000) + "}" },
            { "a string of 60,000 letters", "{\"action\":\"" + new string('a', 60_000) + "\"}" },
            { "a name of 60,000 letters", "{\"" + new string('a', 60_000) + "\":1}" },
            { "5,000 members of one name", "{" + string.Join(',', Enumerable.Repeat("\"on\":true", 5_000)) + "}" },
            { "half a surrogate pair", "{\"action\":\"\\ud800\",\"on\":\"\\udfff\"}" },
            { "escapes in a row", "{\"action\":\"" + string.Concat(Enumerable.Repeat("\\u0000", 5_000)) + "\"}" },
            { "nothing but white space", new string(' ', 60_000) },
            { "no JSON", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]>" },
        };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task A_bomb_harms_nobody(string what, string bomb)
    {
        Assert.NotEmpty(what);
        await ToOperatorAsync(bomb);
        await ToSocketAsync("tracker", bomb);
        await ToSocketAsync("reports", bomb);
        using var viewer = await TrackerHost.ConnectAsync(fixture.Server.Port, "live", "127.0.0.1");
        await viewer.SendAsync("""{"action":"scrape"}""");
        Assert.NotNull(await viewer.NextAsync());
        await fixture.AssertWorksAsync();
    }

    private async Task ToOperatorAsync(string bomb)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"http://127.0.0.1:{fixture.Server.Port}/api/v1/streams/live/slate"
        );
        request.Headers.Authorization = new("Bearer", PushedServer.Token);
        request.Content = new StringContent(bomb, Encoding.UTF8, "application/json");
        using var answer = await fixture.Server.Client.SendAsync(request);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge]);
    }

    /// <summary>It is dropped, answered or closed; the server does not wait, and does not fall.</summary>
    private async Task ToSocketAsync(string door, string bomb)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{fixture.Server.Port}/{door}/live"), late.Token);
        try
        {
            for (var i = 0; i < 3; i++)
                await socket.SendAsync(Encoding.UTF8.GetBytes(bomb), WebSocketMessageType.Text, true, late.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token);
            var buffer = new byte[8192];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), late.Token)).MessageType != WebSocketMessageType.Close) { }
        }
        catch (WebSocketException)
        {
            // Closed in the middle of it.
        }
    }
}
