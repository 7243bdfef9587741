using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Spillway.Configuration;
using Spillway.Replays;
using Spillway.Storage;

namespace Spillway.Tests.Replays;

/// <summary>The list over HTTP, for whoever has the token, and the command that asks the server which runs.</summary>
public sealed class ReplayEndpointsTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";
    private const string Path = "/api/v1/streams/live/replays";

    private RunningServer _server = null!;
    private SpillwayOptions _options = null!;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(options =>
        {
            options.Admin.Token = Token;
            options.Streams["live"].Replay.Count = 10;
            _options = options;
            // What an earlier run has kept.
            var list = new ReplaysDocument
            {
                Replays =
                [
                    new()
                    {
                        Broadcast = "20261121T190000Z-aaaa",
                        Title = "Yesterday",
                        Begin = new DateTimeOffset(2026, 11, 21, 19, 0, 0, TimeSpan.Zero),
                        End = new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.Zero),
                        Duration = 3600,
                        Gaps = new ReplayGaps(0, 0),
                        Bytes = 5,
                        Playlists = ["20261121T190000Z-aaaa/replay.m3u8"],
                    },
                ],
            };
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(EmbeddedFolders.ObjectsOf(options.Data), "live"));
            File.WriteAllBytes(System.IO.Path.Combine(folder.FullName, "replays.json"), list.ToJson());
        });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_list_is_read_and_a_replay_is_deleted_and_what_is_on_air_is_not()
    {
        await _server.GoOnAirAsync();
        JsonElement[] replays = [];
        await Until.TrueAsync(
            async () => (replays = await ListAsync()).Length == 2,
            () => $"what is on air is listed: {string.Join(", ", replays)}"
        );
        Assert.True(replays[0].GetProperty("onAir").GetBoolean());
        var onAir = replays[0].GetProperty("broadcast").GetString();
        Assert.Equal("Yesterday", replays[1].GetProperty("title").GetString());

        await AssertAnswerAsync(HttpStatusCode.Conflict, $"{Path}/{onAir}", "is on air: it can be deleted once it has ended");
        await AssertAnswerAsync(HttpStatusCode.NotFound, $"{Path}/yesterday", $"There are: {onAir}, 20261121T190000Z-aaaa.");
        await AssertAnswerAsync(HttpStatusCode.NotFound, "/api/v1/streams/other/replays/x", "there is: live.");
        await AssertAnswerAsync(HttpStatusCode.Unauthorized, $"{Path}/{onAir}", "admin token", token: "not-that-token");
        await AssertAnswerAsync(HttpStatusCode.OK, $"{Path}/20261121T190000Z-aaaa", onAir!);
        using var edge = await _server.GetEdgeAsync("/live/replays.json");
        var stored = JsonDocument.Parse(await edge.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, stored.RootElement.GetProperty("replays").GetArrayLength());
    }

    [Fact]
    public async Task The_command_asks_the_server_that_runs()
    {
        await Until.TrueAsync(async () => (await ListAsync()).Length == 1, () => "it has read its list");
        var options = new SpillwayOptions
        {
            Data = _options.Data,
            Admin = _options.Admin,
            Server = new ServerOptions { Port = _server.Port },
        };
        var desk = new ReplayDesk(options, "live", TimeProvider.System);
        var wrong = await Assert.ThrowsAsync<ReplayException>(() => desk.DeleteAsync("x", TestContext.Current.CancellationToken));
        Assert.Contains("There is: 20261121T190000Z-aaaa.", wrong.Message, StringComparison.Ordinal);
        var done = await desk.DeleteAsync("20261121T190000Z-aaaa", TestContext.Current.CancellationToken);
        Assert.Contains("the running Spillway has taken it off the list", done, StringComparison.Ordinal);
        Assert.Empty(await ListAsync());

        options.Admin = new() { Token = "another-token-than-that" };
        var refused = await Assert.ThrowsAsync<ReplayException>(() =>
            desk.DeleteAsync("x", TestContext.Current.CancellationToken)
        );
        Assert.Contains("does not take this Admin:Token", refused.Message, StringComparison.Ordinal);
    }

    private async Task<JsonElement[]> ListAsync()
    {
        using var answer = await SendAsync(HttpMethod.Get, Path, Token);
        if (answer.StatusCode != HttpStatusCode.OK)
            return [];
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("replays").EnumerateArray()];
    }

    private async Task AssertAnswerAsync(HttpStatusCode status, string path, string words, string token = Token)
    {
        using var answer = await SendAsync(HttpMethod.Delete, path, token);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{_server.Port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
