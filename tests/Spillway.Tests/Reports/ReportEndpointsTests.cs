using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Spillway.Events;
using Spillway.Reports;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Reports;

/// <summary>The reports over HTTP, for whoever has the token.</summary>
public sealed class ReportEndpointsTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";
    private const string Path = "/api/v1/streams/live/broadcasts";

    private RunningServer _server = null!;
    private IObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(static options => options.Admin.Token = Token);
        _store = _server.Service<IObjectStore>();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Broadcasts_are_listed_newest_first_page_by_page()
    {
        for (var i = 1; i <= 5; i++)
            await PutAsync($"2025112{i}T190000Z-0000", $"Show {i}");
        await _store.StoreAsync("live/20251126T190000Z-0000/report.json", TestObjects.Bytes("garbage"));
        await _server.GoOnAirAsync();
        await Until.TrueAsync(
            async () => (await ListAsync()).Broadcasts[0].State == "onAir",
            () => "the one on air is among them"
        );

        var all = await ListAsync();
        Assert.Equal(["onAir", "unreadable", .. Enumerable.Repeat("ended", 5)], all.Broadcasts.Select(static b => b.State));
        Assert.Equal(_server.Stream.Status.Broadcast, all.Broadcasts[0].Broadcast);
        Assert.Equal("A show", all.Broadcasts[0].Title);
        Assert.True(all.Broadcasts[0].Segments >= 6);
        Assert.Null(all.Next);
        var (seen, next) = (new List<string>(), (string?)null);
        do
        {
            var page = await ListAsync($"?limit=3{(next is null ? "" : $"&before={next}")}");
            Assert.InRange(page.Broadcasts.Count, 1, 3);
            seen.AddRange(page.Broadcasts.Select(static b => b.Broadcast));
            next = page.Next;
        } while (next is not null);
        Assert.Equal(all.Broadcasts.Select(static b => b.Broadcast), seen);
    }

    [Fact]
    public async Task The_store_is_listed_once_an_hour_and_each_final_report_read_once()
    {
        // The stream itself has read what it begins with.
        await Until.TrueAsync(
            async () => (await _store.LookAsync("live/player.json")).Object is not null,
            () => "the stream says that it is offline"
        );
        await PutAsync("20261121T190000Z-0000", "Show 1");
        await ListAsync();
        var before = _server.Service<CountingObjectStore>().Of("live").Operations;
        for (var i = 0; i < 5; i++)
            await ListAsync();
        await AskAsync($"{Path}/20261121T190000Z-0000", HttpStatusCode.OK);
        var after = _server.Service<CountingObjectStore>().Of("live").Operations;
        Assert.Equal((before.Lists, before.Gets), (after.Lists, after.Gets));
    }

    [Fact]
    public async Task One_report_is_had_by_its_id_and_says_null_for_what_nobody_measured()
    {
        await _server.GoOnAirAsync();
        var id = _server.Stream.Status.Broadcast!;
        await Until.TrueAsync(() => _server.Stream.Reports!.Find(id) is not null, "it is told of");
        var body = await AskAsync($"{Path}/{id}", HttpStatusCode.OK);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("ways").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("cost").ValueKind);
        Assert.Equal(0, json.RootElement.GetProperty("viewers").GetProperty("peak").GetInt32());
        // The embedded edge's requests are seen here.
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("edge").ValueKind);
        Assert.True(json.RootElement.GetProperty("operations").GetProperty("classA").GetInt64() > 6);
        var health = await _server.TextAsync("/health");
        Assert.Contains("\"operations\": {", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_is_deleted_for_good_and_never_that_of_what_is_on_air()
    {
        await PutAsync("20261121T190000Z-0000", "Show 1");
        await _store.StoreAsync("live/20261122T190000Z-0000/report.json", TestObjects.Bytes("garbage"));
        // Another writer's, left a minute ago, and one whose writer never came back.
        await PutAsync("20261123T190000Z-0000", "Show 3", BroadcastReport.OnAir, _store.Now);
        await PutAsync("20261124T190000Z-0000", "Show 4", BroadcastReport.OnAir, _store.Now.AddHours(-1));
        await _server.GoOnAirAsync();
        var onAir = _server.Stream.Status.Broadcast!;
        await Until.TrueAsync(() => _server.Stream.Reports!.Find(onAir) is not null, "it is told of");

        foreach (var id in (string[])[onAir, "20261123T190000Z-0000"])
            Assert.Contains(
                "on air or just ending",
                await AskAsync($"{Path}/{id}", HttpStatusCode.Conflict, HttpMethod.Delete),
                StringComparison.Ordinal
            );
        foreach (var id in (string[])["20261121T190000Z-0000", "20261122T190000Z-0000", "20261124T190000Z-0000"])
        {
            await AskAsync($"{Path}/{id}", HttpStatusCode.OK, HttpMethod.Delete);
            await AskAsync($"{Path}/{id}", HttpStatusCode.NotFound, HttpMethod.Delete);
            await AskAsync($"{Path}/{id}", HttpStatusCode.NotFound);
            Assert.Null((await _store.LookAsync($"live/{id}/report.json")).Object);
            Assert.Contains(_server.Service<EventLog>().Recent, told => told.Kind == EventKinds.Operator && told.Broadcast == id);
        }
        Assert.Equivalent(
            new[] { onAir, "20261123T190000Z-0000" },
            (await ListAsync()).Broadcasts.Select(static b => b.Broadcast),
            strict: true
        );
        await AskAsync($"{Path}/..%2Fplayer.json", HttpStatusCode.NotFound, HttpMethod.Delete);

        // Of its own end, once that is stored.
        await AskAsync("/api/v1/streams/live/end", HttpStatusCode.OK, HttpMethod.Post);
        await Until.TrueAsync(() => _server.Stream.Reports!.Find(onAir)?.State == BroadcastReport.Ended, "its report is final");
        await AskAsync($"{Path}/{onAir}", HttpStatusCode.OK, HttpMethod.Delete);
        Assert.Equal(["20261123T190000Z-0000"], (await ListAsync()).Broadcasts.Select(static b => b.Broadcast));
    }

    [Theory]
    [InlineData("?limit=0", HttpStatusCode.BadRequest, "limit must be")]
    [InlineData("?limit=101", HttpStatusCode.BadRequest, "limit must be")]
    [InlineData("?limit=x", HttpStatusCode.BadRequest, "limit must be")]
    [InlineData("?before=yesterday", HttpStatusCode.BadRequest, "before must be")]
    [InlineData("/yesterday", HttpStatusCode.NotFound, "no report of such a broadcast")]
    [InlineData("/20261121T190000Z-0000", HttpStatusCode.NotFound, "no report of such a broadcast")]
    public async Task What_cannot_be_answered_is_refused_in_words(string path, HttpStatusCode status, string words) =>
        Assert.Contains(words, await AskAsync(Path + path, status), StringComparison.Ordinal);

    [Fact]
    public async Task Nobody_gets_in_without_the_token()
    {
        using var answer = await _server.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        await AskAsync("/api/v1/streams/none/broadcasts", HttpStatusCode.NotFound);
    }

    private Task PutAsync(string id, string title, string state = BroadcastReport.Ended, DateTimeOffset asOf = default) =>
        _store.StoreAsync(
            $"live/{id}/report.json",
            new BroadcastReport
            {
                State = state,
                Stream = "live",
                Broadcast = id,
                Title = title,
                AsOf = asOf,
            }.ToJson()
        );

    private async Task<BroadcastList> ListAsync(string query = "") =>
        JsonSerializer.Deserialize(await AskAsync(Path + query, HttpStatusCode.OK), ReportsJson.Default.BroadcastList)!;

    private async Task<string> AskAsync(string path, HttpStatusCode status, HttpMethod? method = null)
    {
        using var answer = await _server.GetAsync(
            path,
            static request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token),
            method
        );
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {said}");
        return said;
    }
}
