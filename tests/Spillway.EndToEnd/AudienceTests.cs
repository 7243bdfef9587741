using System.Net.Http.Headers;
using System.Text.Json;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>What viewers report of themselves, against what they show of themselves.</summary>
public sealed class AudienceTests : EndToEndTest
{
    private const string Token = "a-token-of-my-own";
    private const double Every = 2;

    /// <summary>Bytes a second of both renditions together, and the segment that has come since.</summary>
    private const long OneReport = 4_000_000;

    [Fact(Timeout = 120_000)]
    public async Task The_server_knows_what_viewers_got_and_from_where_to_the_byte_and_within_one_report()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(
            source.Folder,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["SPILLWAY__ADMIN__TOKEN"] = Token,
                ["SPILLWAY__AUDIENCE__AFTER"] = "4s",
                ["SPILLWAY__AUDIENCE__EVERY"] = $"{Every}s",
            }
        );
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        List<Viewer> viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 2, TimeSpan.FromSeconds(30));
        await Until.TrueAsync(
            async () => (await ToldAsync(viewers)).All(static told => told.Reports >= 3),
            TimeSpan.FromSeconds(40),
            () => "both have reported three times"
        );

        // Reports are on their way all the time: a moment in which none was.
        var (shown, audience, told) = (Array.Empty<ViewerFigures>(), default(JsonElement), Array.Empty<Told>());
        await Until.TrueAsync(
            async () =>
            {
                told = await ToldAsync(viewers);
                audience = await AudienceAsync(server);
                shown = await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()));
                var toldSince = await ToldAsync(viewers);
                return audience.GetProperty("wholeBroadcast").ValueKind == JsonValueKind.Object
                    && Value(audience, "wholeBroadcast", "fromEdge") == told.Sum(static viewer => viewer.BytesFromEdge)
                    && told.SequenceEqual(toldSince);
            },
            TimeSpan.FromSeconds(20),
            () => $"the server has heard what was told: {audience} and {string.Join(' ', told.Select(static t => t.ToString()))}"
        );
        Assert.Equal(told.Sum(static viewer => viewer.BytesFromPeers), Value(audience, "wholeBroadcast", "fromPeers"));
        Assert.Equal(told.Sum(static viewer => viewer.BytesToPeers), Value(audience, "wholeBroadcast", "toPeers"));
        foreach (var (figures, viewer) in shown.Zip(told))
        {
            Assert.InRange(figures.BytesFromEdge - viewer.BytesFromEdge, 0, OneReport);
            Assert.InRange(figures.BytesFromPeers - viewer.BytesFromPeers, 0, OneReport);
        }
        Assert.Equal(2, audience.GetProperty("reporters").GetInt32());
        Assert.Equal(2, Value(audience, "viewers"));
        Assert.Equal(1, Value(audience, "sharing"));
        Assert.InRange(Value(audience, "now", "latency"), 4, 30);
        Assert.InRange(Value(audience, "wholeBroadcast", "startUp"), 0.05, 30);
        var messages = audience.GetProperty("messages");
        Assert.True(messages.GetProperty("taken").GetInt64() >= 6, $"{messages}");
        foreach (var kind in (string[])["malformed", "implausible", "tooOften", "refused"])
            Assert.Equal(0, messages.GetProperty(kind).GetInt64());
        Assert.Equal("ok", (await server.HealthAsync()).Status);

        // Whoever closes the page tells what has come since, and is gone.
        await viewers[0].Page.CloseAsync(new() { RunBeforeUnload = false });
        await Until.TrueAsync(
            async () => (await AudienceAsync(server)).GetProperty("reporters").GetInt32() == 1,
            TimeSpan.FromSeconds(10),
            () => "one is left"
        );
    }

    private static Task<Told[]> ToldAsync(IEnumerable<Viewer> viewers) =>
        Task.WhenAll(viewers.Select(static viewer => viewer.ReadAsync<Told>("spillway.told")));

    private static double Value(JsonElement of, params string[] path) =>
        path.Aggregate(of, static (element, name) => element.GetProperty(name)).GetProperty("value").GetDouble();

    private static async Task<JsonElement> AudienceAsync(SpillwayProcess server)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"{server.Origin}api/v1/streams/live/audience"));
    }

    /// <summary>What the player has told the server.</summary>
    private sealed record Told(long Reports, long BytesFromPeers, long BytesFromEdge, long BytesToPeers);
}
