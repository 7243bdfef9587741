using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Spillway.Dashboard;
using Spillway.Events;
using Spillway.Tests.Admin;

namespace Spillway.Tests.Dashboard;

public sealed class EventStreamTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(static options => options.Admin.Token = Operator.Token);
        await _server.UntilWriterAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_status_comes_at_once_then_each_second_and_the_same_for_all()
    {
        var asked = System.Diagnostics.Stopwatch.GetTimestamp();
        using var one = await OpenAsync();
        using var other = await OpenAsync();
        Assert.Equal("text/event-stream", one.Answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", one.Answer.Headers.CacheControl!.ToString());
        Assert.Equal("no", one.Answer.Headers.GetValues("X-Accel-Buffering").Single());
        var first = await one.NextAsync("status");
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(asked, first.At), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await other.NextAsync("status");
        // None is made for one only from here on.
        await Until.TrueAsync(() => _server.Service<StatusFeed>().Listeners == 2, "both listen");
        var before = _server.Service<StatusFeed>().Made;
        var (mine, others) = (new List<string>(), new List<string>());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (mine.Intersect(others, StringComparer.Ordinal).Count() < 3)
        {
            mine.Add((await one.NextAsync("status")).Data);
            others.Add((await other.NextAsync("status")).Data);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{mine.Count} came");
        }
        var made = _server.Service<StatusFeed>().Made - before;
        // Some of what they had in common may have been made before.
        Assert.InRange(made, 1, clock.Elapsed.TotalSeconds + 3);
        Assert.Equal(2, JsonSerializer.Deserialize(mine[^1], StatusJson.Default.StatusDocument)!.Server.Listeners);
    }

    [Fact]
    public async Task While_nobody_listens_nothing_is_made()
    {
        var feed = _server.Service<StatusFeed>();
        using (var one = await OpenAsync())
            await one.NextAsync("status");
        await Until.TrueAsync(() => feed.Listeners == 0, "it is noticed that he has gone");
        var made = feed.Made;
        await Task.Delay(StatusFeed.Every * 1.2);
        Assert.Equal(made, feed.Made);
        // The next one gets his own.
        using var next = await OpenAsync();
        await next.NextAsync("status");
        await next.NextAsync("status");
        Assert.True(feed.Made > made);
    }

    [Fact]
    public async Task What_matters_is_told_at_once_and_in_the_log()
    {
        await _server.GoOnAirAsync();
        using var reader = await OpenAsync();
        await reader.NextAsync("status");
        foreach (var kind in (string[])[EventKinds.Writer, EventKinds.OnAir])
            await reader.NextAsync("log", data => data.Contains($"\"kind\":\"{kind}\"", StringComparison.Ordinal));

        // Statuses that nothing has caused are a second apart. One try that is seen to come sooner proves the point; the others may
        // fall into a moment in which this machine does something else.
        var apart = new List<TimeSpan>();
        do
        {
            Assert.True(apart.Count < 10, $"told after {string.Join(", ", apart)}");
            var before = await StatusAsync(reader);
            var on = !before.Streams[0].Switches.Peers;
            await _server.Stream.SetPeersAsync(on)!;
            StatusDocument told;
            while ((told = await StatusAsync(reader)).Streams[0].Switches.Peers != on)
                before = told;
            apart.Add(told.AsOf - before.AsOf);
        } while (apart[^1] > StatusFeed.Every / 2);
    }

    private static async Task<StatusDocument> StatusAsync(SseReader reader) =>
        JsonSerializer.Deserialize((await reader.NextAsync("status")).Data, StatusJson.Default.StatusDocument)!;

    [Fact]
    public async Task Who_comes_again_gets_the_events_he_has_missed_and_no_other()
    {
        var log = _server.Service<Spillway.Events.EventLog>();
        var known = log.Add(EventLevel.Info, null, EventKinds.Operator, "one\r\ndata: more");
        log.Add(EventLevel.Warning, "live", EventKinds.Operator, "two", "a remedy");
        using var reader = await OpenAsync(("Last-Event-ID", $"{known.Number}"));
        var missed = await reader.NextAsync("log");
        Assert.Equal($"{known.Number + 1}", missed.Id);
        Assert.Equal("two", JsonSerializer.Deserialize(missed.Data, LogJson.Default.OperatorEvent)!.Text);
        log.Add(EventLevel.Info, null, EventKinds.Operator, "three");
        Assert.Equal($"{known.Number + 2}", (await reader.NextAsync("log")).Id);

        // A line's end in a text ends no line of the events.
        using var all = await OpenAsync(("Last-Event-ID", "x"));
        var first = await all.NextAsync("log", static data => data.Contains("one", StringComparison.Ordinal));
        Assert.Equal("one\r\ndata: more", JsonSerializer.Deserialize(first.Data, LogJson.Default.OperatorEvent)!.Text);
    }

    [Fact]
    public async Task Only_so_many_listen_and_a_place_is_free_again_when_one_goes()
    {
        var readers = new List<SseReader>();
        for (var i = 0; i < StatusFeed.MostListeners; i++)
            readers.Add(await OpenAsync());
        using (var refused = await OpenAsync(expected: HttpStatusCode.ServiceUnavailable))
            Assert.Equal(TimeSpan.FromSeconds(5), refused.Answer.Headers.RetryAfter!.Delta);
        readers[0].Dispose();
        await Until.TrueAsync(() => _server.Service<StatusFeed>().Listeners < StatusFeed.MostListeners, "a place is free");
        using (var next = await OpenAsync())
            await next.NextAsync("status");
        readers.ForEach(static reader => reader.Dispose());
    }

    [Fact]
    public async Task Who_does_not_read_costs_no_more_than_the_newest_and_holds_up_nobody()
    {
        using var slow = new System.Net.Sockets.TcpClient();
        slow.ReceiveBufferSize = 1024;
        await slow.ConnectAsync(IPAddress.Loopback, _server.Port);
        await slow.GetStream()
            .WriteAsync(
                System.Text.Encoding.ASCII.GetBytes(
                    $"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Operator.Token}\r\n\r\n"
                )
            );
        using var reader = await OpenAsync();
        for (var i = 0; i < 3; i++)
            await reader.NextAsync("status");

        var listener = new StatusListener(static _ => { });
        for (var i = 0; i < 1000; i++)
            listener.Tell(BitConverter.GetBytes(i));
        Assert.Equal(BitConverter.GetBytes(999), listener.Take()!);
        Assert.Null(listener.Take());
        Assert.False(listener.Came.IsCompleted);
    }

    [Fact]
    public async Task The_log_can_be_asked_for_by_stream_and_number()
    {
        var log = _server.Service<Spillway.Events.EventLog>();
        for (var i = 1; i <= 5; i++)
            log.Add(EventLevel.Info, i % 2 == 0 ? "live" : "other", EventKinds.Operator, $"event {i}");
        using var one = new Operator(_server) { Shown = Operator.Token };
        var (_, text) = await one.AskAsync(HttpMethod.Get, "/api/v1/log?stream=other&limit=2");
        var events = JsonSerializer.Deserialize(text, LogJson.Default.RecentEvents)!;
        Assert.Equal(["event 5", "event 3"], events.Events.Select(static happened => happened.Text));
        Assert.Equal(log.Last, events.Last);
        foreach (var limit in (string[])["0", "501", "-1", "x", "99999999999999999999"])
            Assert.Equal(HttpStatusCode.BadRequest, await one.StatusAsync(HttpMethod.Get, $"/api/v1/log?limit={limit}"));
    }

    private async Task<SseReader> OpenAsync(
        (string Name, string Value)? header = null,
        HttpStatusCode expected = HttpStatusCode.OK
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server.Port}/api/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Operator.Token);
        if (header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        var reader = await SseReader.OpenAsync(_server.Client, request);
        Assert.Equal(expected, reader.Answer.StatusCode);
        return reader;
    }
}
