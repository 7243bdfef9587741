using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Audience;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;
using Spillway.Tests.Tracker;

namespace Spillway.Tests.Audience;

/// <summary>Viewers' reports over real sockets in the whole server: who gets in, who is thrown out, and what the operator reads.</summary>
public sealed class ReportSocketTests
{
    private const string Token = "a-token-of-my-own";

    [Fact]
    public async Task What_a_viewer_reports_the_operator_reads_and_nobody_else()
    {
        await using var server = await StartAsync();
        await server.GoOnAirAsync();
        await Until.TrueAsync(
            () => Audience(server).Of(server.Stream.OnAir!.Id) is null && Broadcast(server) is not null,
            "it knows what is on air"
        );
        using var viewer = await ConnectAsync(server);
        await viewer.SendAsync(Messages.Report(fromPeers: 30_000, fromEdge: 10_000));
        await TakenAsync(server, 1);

        var view = await ViewAsync(server);
        Assert.Equal((1, 1.0, server.Stream.OnAir!.Id), (view.Reporters, view.Share, view.Broadcast));
        Assert.Equal((0.75, 30_000.0), (view.Now.ShareFromPeers!.Value, view.WholeBroadcast!.FromPeers.Value));
        using var health = JsonDocument.Parse(await server.TextAsync("/health"));
        var stream = health.RootElement.GetProperty("streams")[0].GetProperty("audience");
        Assert.Equal(1, stream.GetProperty("viewers").GetProperty("value").GetDouble());
        Assert.Equal(0.75, stream.GetProperty("fromPeers").GetProperty("value").GetDouble());
        using var refused = await server.GetAsync("/api/v1/streams/live/audience");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        // The report of the broadcast tells it, too, and keeps it when the viewer has gone.
        await viewer.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await Until.TrueAsync(
            () => server.Stream.Reports!.Find(server.Stream.OnAir.Id) is { Ways.FromPeers.Value: 30_000, Audience: not null },
            "the broadcast's report has it"
        );
        Assert.Equal(0, (await ViewAsync(server)).Reporters);
    }

    [Fact]
    public async Task Peers_that_give_nothing_for_minutes_are_an_alarm_in_health()
    {
        await using var clock = new FastClock(static () => false, TimeSpan.FromSeconds(1));
        await using var server = await StartAsync(services: services => services.AddSingleton<TimeProvider>(clock.Time));
        var viewers = new List<ClientWebSocket>();
        for (var i = 0; i < 3; i++)
            viewers.Add(await ConnectAsync(server));
        await ReportAsync(fromPeers: 0);
        Assert.Null((await HealthAsync()).Advice);
        await Until.TrueAsync(
            async () =>
            {
                await ReportAsync(fromPeers: 0);
                return (await HealthAsync()).Advice is not null;
            },
            () => "it is said"
        );
        var (status, advice) = await HealthAsync();
        Assert.Equal("degraded", status);
        Assert.Contains("0 % of the bytes come from peers", advice, StringComparison.Ordinal);
        // What peers give ends it.
        await Until.TrueAsync(
            async () =>
            {
                await ReportAsync(fromPeers: 1_000_000);
                return (await HealthAsync()).Advice is null;
            },
            () => "it is over"
        );
        viewers.ForEach(static viewer => viewer.Dispose());

        async Task ReportAsync(long fromPeers)
        {
            await clock.Wait(30);
            foreach (var viewer in viewers)
                await viewer.SendAsync(Messages.Report(fromPeers: fromPeers, seconds: 29));
        }

        async Task<(string? Status, string? Advice)> HealthAsync()
        {
            using var health = JsonDocument.Parse(await server.TextAsync("/health"));
            var stream = health.RootElement.GetProperty("streams")[0];
            return (
                health.RootElement.GetProperty("status").GetString(),
                stream.TryGetProperty("peersAdvice", out var advice) ? advice.GetString() : null
            );
        }
    }

    [Fact]
    public async Task A_socket_counts_at_the_origin_as_soon_as_it_is_open()
    {
        await using var server = await StartAsync();
        using var viewer = await ConnectAsync(server);
        using var health = JsonDocument.Parse(await server.TextAsync("/health"));
        Assert.Equal(1, health.RootElement.GetProperty("origin").GetProperty("sockets").GetInt64());
    }

    [Fact]
    public async Task Hostile_messages_close_their_own_connection_only()
    {
        await using var server = await StartAsync();
        using var honest = await ConnectAsync(server);
        await honest.SendAsync(Messages.Report());
        await TakenAsync(server, 1);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ClosedAfterAsync(new string(' ', PlaybackReport.Largest + 1)));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ClosedAfterAsync(new string('7', 1_000_000)));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAfterAsync("null", times: 5));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAfterAsync(Messages.Report(), times: 5, isBinary: true));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAfterAsync(Messages.With("fromEdge", "-1"), times: 5));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAfterAsync(Messages.Report(seconds: 0.01), times: 40));

        var view = await ViewAsync(server);
        Assert.Equal(1, view.Reporters);
        Assert.True(view.Messages is { Malformed: >= 12, Implausible: >= 5, TooOften: >= 5 }, $"{view.Messages}");
        await honest.SendAsync(Messages.Report(seconds: 1, fromPeers: 2_000_000));
        await Until.TrueAsync(
            () => Audience(server).View("live").WholeBroadcast!.FromPeers.Value >= 3_000_000,
            "the other one is heard"
        );

        async Task<WebSocketCloseStatus?> ClosedAfterAsync(string text, int times = 1, bool isBinary = false)
        {
            using var socket = await ConnectAsync(server);
            try
            {
                for (var i = 0; i < times; i++)
                    await socket.SendAsync(text, isBinary);
            }
            catch (WebSocketException)
            {
                // It was closed before it had sent all.
            }
            return await socket.CloseOfServerAsync();
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_of_a_message_gives_its_place_back()
    {
        await using var server = await StartAsync(static options => options.Audience.MaxConnectionsPerStream = 1);
        using var broken = await ConnectAsync(server);
        await broken.SendAsync("{\"v\":"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, default);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => ConnectAsync(server));
        broken.Abort();
        await Until.TrueAsync(async () => await TryAsync(server), () => "the place is free again");
    }

    [Fact]
    public async Task One_who_is_silent_for_too_long_is_cut_off_and_one_who_reports_is_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        using var there = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions());
        using var here = WebSocket.CreateFromStream(accepted.GetStream(), new WebSocketCreationOptions { IsServer = true });
        var now = TimeSpan.Zero;
        var audience = new StreamAudience(new AudienceOptions());
        var socket = new ReportSocket(here, audience, () => now);
        var running = socket.RunAsync(default);
        now = TimeSpan.FromSeconds(100);
        await there.SendAsync(Encoding.UTF8.GetBytes(Messages.Report()), WebSocketMessageType.Text, true, default);
        await Until.TrueAsync(() => audience.Summary().Reporters == 1, "it is heard");
        now = TimeSpan.FromSeconds(219);
        socket.AbortIfSilent(TimeSpan.FromSeconds(120));
        Assert.Equal(WebSocketState.Open, here.State);
        now = TimeSpan.FromSeconds(221);
        socket.AbortIfSilent(TimeSpan.FromSeconds(120));
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, audience.Summary().Reporters);
    }

    [Fact]
    public async Task Places_are_counted_by_stream_and_address_and_those_refused_are_there_nevertheless()
    {
        await using var server = await StartAsync(static options =>
        {
            options.Server.TrustedProxies = ["127.0.0.1"];
            options.Audience.MaxConnectionsPerAddress = 1;
            options.Audience.MaxConnectionsPerStream = 2;
        });
        using var one = await ConnectAsync(server, "203.0.113.1");
        Assert.Contains("503", (await RefusedAsync("198.51.100.9, 203.0.113.1")).Message, StringComparison.Ordinal);
        using var two = await ConnectAsync(server, "203.0.113.2");
        Assert.Contains("503", (await RefusedAsync("203.0.113.3")).Message, StringComparison.Ordinal);
        Assert.Equal(2, (await ViewAsync(server)).Messages.Refused);

        Task<WebSocketException> RefusedAsync(string address) =>
            Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server, address));
    }

    [Fact]
    public async Task Only_pages_that_may_use_the_tracker_may_report_and_only_by_WebSocket_and_on_streams_that_are_there()
    {
        await using var server = await StartAsync(static options => options.Tracker.Origins = ["https://tv.example.org"]);
        using var good = await ConnectAsync(server, set: static o => o.SetRequestHeader("Origin", "https://tv.example.org"));
        foreach (var origin in (string?[])["https://evil.example.org", null])
        {
            var error = await Assert.ThrowsAsync<WebSocketException>(() =>
                ConnectAsync(
                    server,
                    set: o =>
                    {
                        if (origin is not null)
                            o.SetRequestHeader("Origin", origin);
                    }
                )
            );
            Assert.Contains("403", error.Message, StringComparison.Ordinal);
        }
        using var plain = await server.GetAsync("/reports/live");
        Assert.Equal((HttpStatusCode)426, plain.StatusCode);
        using var unknown = await server.GetAsync("/reports/nothing");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Where_nobody_is_to_report_nobody_is_asked()
    {
        await using var server = await StartAsync(static options => options.Audience.Reporters = 0);
        await server.GoOnAirAsync();
        using var socket = await server.GetAsync("/reports/live");
        Assert.Equal(HttpStatusCode.NotFound, socket.StatusCode);
        var player = await PlayerAsync(server);
        Assert.Null(player.Reports);
        Assert.True(player.Peers.Enabled);
    }

    [Fact]
    public async Task Players_are_told_where_to_report_and_that_P2P_is_off_while_too_few_watch()
    {
        await using var server = await StartAsync(static options => options.Streams["live"].P2PFromViewers = 2);
        await server.GoOnAirAsync();
        var player = await PlayerAsync(server);
        Assert.Equal(new ReportSettings($"ws://{{host}}:{server.Port}/reports/live", 1, 30, 180), player.Reports);
        Assert.False(player.Peers.Enabled);
        using var one = await ConnectAsync(server);
        using var two = await ConnectAsync(server);
        await one.SendAsync(Messages.Report(p2p: false));
        await two.SendAsync(Messages.Report(p2p: false));
        // At most every ten seconds.
        await Until.TrueAsync(async () => (await PlayerAsync(server)).Peers.Enabled, () => "P2P is on");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Players_are_told_what_the_viewers_have_from_each_other_where_that_is_set(bool isSet)
    {
        await using var server = await StartAsync(options => options.Streams["live"].ShowSavings = isSet);
        await server.GoOnAirAsync();
        Assert.Null((await PlayerAsync(server)).FromViewers);
        using var viewer = await ConnectAsync(server);
        await viewer.SendAsync(Messages.Report(fromPeers: 2_840_000, fromEdge: 1_160_000));
        await TakenAsync(server, 1);
        if (isSet)
            await Until.TrueAsync(async () => (await PlayerAsync(server)).FromViewers == 0.7, () => "it is told in twentieths");
        else
            Assert.Null((await PlayerAsync(server)).FromViewers);
    }

    [Fact]
    public async Task When_the_server_stops_viewers_are_told_so()
    {
        var server = await StartAsync();
        using var viewer = await ConnectAsync(server);
        await viewer.SendAsync(Messages.Report());
        await TakenAsync(server, 1);
        var closing = viewer.CloseOfServerAsync();
        await server.DisposeAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await closing);
    }

    private static Task<RunningServer> StartAsync(
        Action<Spillway.Configuration.SpillwayOptions>? set = null,
        Action<IServiceCollection>? services = null
    ) =>
        RunningServer.StartAsync(
            options =>
            {
                options.Admin.Token = Token;
                set?.Invoke(options);
            },
            services
        );

    private static Task<ClientWebSocket> ConnectAsync(
        RunningServer server,
        string? forwardedFor = null,
        Action<ClientWebSocketOptions>? set = null
    ) =>
        TrackerHost.ConnectAsync(
            server.Port,
            "../reports/live",
            "127.0.0.1",
            options =>
            {
                if (forwardedFor is not null)
                    options.SetRequestHeader("X-Forwarded-For", forwardedFor);
                set?.Invoke(options);
            }
        );

    private static async Task<bool> TryAsync(RunningServer server)
    {
        try
        {
            using var socket = await ConnectAsync(server);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private static StreamAudience Audience(RunningServer server) => server.Service<AudienceServer>().Find("live")!;

    private static string? Broadcast(RunningServer server) => Audience(server).View("live").Broadcast;

    private static Task TakenAsync(RunningServer server, long reports) =>
        Until.TrueAsync(() => Audience(server).View("live").Messages.Taken >= reports, "the report is taken");

    private static async Task<AudienceView> ViewAsync(RunningServer server)
    {
        using var answer = await server.GetAsync(
            "/api/v1/streams/live/audience",
            static request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), AudienceJson.Default.AudienceView)!;
    }

    private static async Task<PlayerDocument> PlayerAsync(RunningServer server) =>
        PlayerDocument.Read((await server.Service<IObjectStore>().FindAsync("live/player.json")).Body.Span)!;
}
