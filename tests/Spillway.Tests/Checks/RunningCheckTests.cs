using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Spillway.Checks;
using Spillway.Configuration;
using Spillway.EndToEnd.Servers;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Sources.Hls;
using Spillway.TestSupport;
using Spillway.Timeline;

namespace Spillway.Tests.Checks;

/// <summary>The check beside a Spillway that runs, and the way from outside to its tracker.</summary>
public sealed class RunningCheckTests : IAsyncLifetime
{
    private readonly SpillwayOptions _options = Checked.Options();
    private RunningServer _server = null!;
    private StunServer _stun = null!;

    public async ValueTask InitializeAsync()
    {
        _stun = new StunServer();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _stun.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_runs_is_asked_and_its_ports_are_its_own()
    {
        var found = await RunAsync();
        Assert.Empty(found.Trouble());
        found.AssertSaid(MachineFindings.Running, "; live offline, writer");
        found.AssertSaid(MachineFindings.Ports, $"Server:EdgePort {_server.EdgePort} is the running Spillway's");
        found.AssertSaid(StoreFindings.Held, "belongs to the Spillway that runs here");
        found.AssertSaid(EdgeFindings.Reads, $"http://localhost:{_server.EdgePort}/live/player.json");
        found.AssertSaid(TrackerFindings.Answers, $"ws://127.0.0.1:{_server.Port}/tracker/live");
        found.AssertSaid(TrackerFindings.Reports, $"ws://127.0.0.1:{_server.Port}/reports/live opened and closed");
        found.AssertSaid(TrackerFindings.Stun, "seen as 127.0.0.1:");
        // Nothing of the probe stays in the swarms.
        await Until.TrueAsync(() => _server.Service<Spillway.Tracker.TrackerServer>().Count().Connections == 0, "all have left");
    }

    [Fact]
    public async Task The_RTMP_port_is_the_running_server_s_and_nobody_publishes()
    {
        await _server.DisposeAsync();
        var port = FreePort.Next();
        await StartAsync(options =>
        {
            options.Streams["live"].Source = StreamOptions.Rtmp;
            options.Rtmp.Port = port;
        });
        _options.Streams["live"] = new StreamOptions { Source = StreamOptions.Rtmp, Slate = StreamOptions.NoSlate };
        _options.Rtmp.Port = port;
        await Until.TrueAsync(() => _server.Stream.Status.SourceAway is not null, "it is seen that nobody publishes");
        var found = await RunAsync();
        Assert.Empty(found.Trouble());
        found.AssertSaid(MachineFindings.Ports, $"Rtmp:Port {port} is the running Spillway's");
        found.AssertSaid(SourceFindings.Key, PublishKeys.FileName);
        found.AssertSaid(SourceFindings.Away, "Nobody publishes now");
    }

    [Fact]
    public async Task Before_the_first_start_there_is_no_key()
    {
        _options.Streams["live"].Key = "";
        _options.Data = Path.Combine(Path.GetTempPath(), $"spillway-never-{Guid.NewGuid():n}");
        (await RunAsync()).AssertSaid(SourceFindings.NoKey, "no key yet", "Start Spillway");
        Assert.False(Directory.Exists(_options.Data));
    }

    [Fact]
    public async Task A_server_with_other_streams_is_found()
    {
        _options.Streams["second"] = new StreamOptions
        {
            Source = StreamOptions.Push,
            Key = "another-key",
            P2P = false,
            Slate = "none",
        };
        (await RunAsync()).AssertOnly(MachineFindings.OtherStreams, null, "has no stream second", "Restart it");
    }

    [Fact]
    public async Task What_the_running_server_says_of_itself_is_passed_on()
    {
        await using var other = await TestOrigin.StartAsync();
        other["/health"] = static context =>
            context.Response.WriteAsync(
                """
                {"status":"degraded","signaling":"connected","streams":[{"name":"live","state":"live","role":"writer",
                "storeFault":"The store answered 403.","sourceAdvice":"the encoder's keyframe interval is 10 s: set it to 2 s"}]}
                """
            );
        _options.Server.Port = other.Root.Port;
        _options.Server.EdgePort = 0;
        _options.Streams["live"].P2P = false;
        var found = await Checked.RunAsync(_options);
        found.AssertSaid(MachineFindings.RunningTrouble, "live: The store answered 403.", "log");
        found.AssertSaid(SourceFindings.Advice, "The encoder's keyframe interval is 10 s", "encoder");
    }

    [Fact]
    public async Task Where_nobody_runs_the_tracker_is_not_tried()
    {
        _options.Server.Port = FreePort.Next();
        _options.Server.EdgePort = 0;
        var found = await Checked.RunAsync(_options);
        found.AssertSaid(TrackerFindings.NotRunning, "does not run", "while it runs");
        Assert.Empty(found.Trouble("tracker"));
    }

    [Fact]
    public async Task A_proxy_that_drops_the_upgrade_is_found()
    {
        await using var proxy = await FaultProxy.StartAsync(new Uri($"http://127.0.0.1:{_server.Port}"));
        _options.Server.PublicUrl = proxy.Address.ToString().TrimEnd('/');
        var found = await RunAsync();
        found.AssertOnly(
            TrackerFindings.NoUpgrade,
            null,
            "answers 426 instead of opening a WebSocket",
            "proxy_set_header Upgrade"
        );
    }

    [Fact]
    public async Task A_public_address_that_nobody_answers_at_is_found()
    {
        _options.Server.PublicUrl = $"http://127.0.0.1:{FreePort.Next()}";
        (await RunAsync()).AssertOnly(TrackerFindings.Unreachable, null, "connection refused", "Server.PublicUrl");
    }

    [Theory]
    [InlineData(404, "tracker.elsewhere")]
    [InlineData(302, "tracker.elsewhere")]
    [InlineData(200, "tracker.no-upgrade")]
    [InlineData(502, "tracker.unreachable")]
    [InlineData(503, "tracker.full")]
    [InlineData(403, "tracker.origin-refused")]
    public async Task A_public_address_that_leads_elsewhere_is_found(int status, string id)
    {
        await using var other = await TestOrigin.StartAsync();
        other["/tracker/live"] = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        _options.Server.PublicUrl = other.Root.ToString().TrimEnd('/');
        var kind = FindingCatalog.All.Single(kind => kind.Id == id);
        (await RunAsync()).AssertOnly(kind, null, $"{status}", "");
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answers 404 instead")]
    [InlineData("", "cannot be reached")]
    public async Task A_proxy_that_passes_on_the_tracker_and_not_the_reports_is_found(string answer, string seen)
    {
        await using var proxy = new PathProxy(_server.Port, "/reports/", answer);
        _options.Server.PublicUrl = proxy.Address;
        var found = await RunAsync();
        found.AssertOnly(TrackerFindings.ReportsLost, null, $"/reports/live {seen}", "pass /reports/ on to this server's port");
        found.AssertSaid(TrackerFindings.Answers, proxy.Address["http://".Length..]);

        // Also where viewers share nothing; and nobody is to report where the settings say so.
        _options.Streams["live"].P2P = false;
        (await RunAsync()).AssertOnly(TrackerFindings.ReportsLost, null, "/reports/live", "/reports/");
        _options.Audience.Reporters = 0;
        Assert.Empty((await RunAsync()).Trouble());
    }

    [Fact]
    public async Task A_WebSocket_that_stays_silent_is_found()
    {
        await using var other = await TestOrigin.StartAsync();
        other["/tracker/live"] = static async context =>
        {
            // By hand: the test's server has no middleware for it. A server that upgrades, and says nothing.
            var accept = Convert.ToBase64String(
#pragma warning disable CA5350
                System.Security.Cryptography.SHA1.HashData(
                    System.Text.Encoding.ASCII.GetBytes(
                        $"{context.Request.Headers.SecWebSocketKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                    )
                )
#pragma warning restore CA5350
            );
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketAccept = accept;
            var upgrade = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpUpgradeFeature>()!;
            await using var stream = await upgrade.UpgradeAsync();
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            while (socket.State == WebSocketState.Open)
                await socket.ReceiveAsync(new byte[1024], context.RequestAborted);
        };
        _options.Server.PublicUrl = other.Root.ToString().TrimEnd('/');
        var found = await RunAsync(Checked.Quick with { Answer = TimeSpan.FromSeconds(0.7) });
        found.AssertOnly(TrackerFindings.Silent, null, "answered neither an announce nor a scrape", "buffer");
    }

    [Fact]
    public async Task A_list_of_pages_that_forgets_the_edge_s_own_is_found()
    {
        await _server.DisposeAsync();
        await StartAsync(static options => options.Tracker.Origins = ["https://tv.example.org"]);
        _options.Tracker.Origins = ["https://tv.example.org"];
        _options.Server.PublicUrl = "";
        var found = await RunAsync();
        found.AssertOnly(
            TrackerFindings.OriginRefused,
            null,
            "Tracker.Origins does not list them",
            "Add the page's origin to Tracker.Origins"
        );
        Assert.Contains(
            found.Findings,
            one => one.Seen.Contains($"http://localhost:{_server.EdgePort} (403)", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_tracker_that_is_full_is_found()
    {
        await _server.DisposeAsync();
        await StartAsync(static options => options.Tracker.MaxConnections = 1);
        using var viewer = new ClientWebSocket();
        await viewer.ConnectAsync(new Uri($"ws://127.0.0.1:{_server.Port}/tracker/live"), TestContext.Current.CancellationToken);
        (await RunAsync()).AssertOnly(TrackerFindings.Full, null, "503", "Tracker.MaxConnections");
    }

    /// <summary>A host that takes connections and never says a word is the slowest fault there is.</summary>
    [Fact]
    public async Task With_everything_dead_it_ends_in_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var dead = $"http://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}";
        _options.Storage = new StorageOptions
        {
            Endpoint = dead,
            Bucket = "shows",
            AccessKeyId = "key",
            SecretAccessKey = "secret",
            PublicUrl = dead,
        };
        _options.Server.PublicUrl = dead;
        _options.Streams["live"].Source = $"{dead}/hls/stream.m3u8";
        _options.Streams["live"].Fallback = $"{dead}/hls/0/stream.m3u8";
        _options.Tracker.Nodes = ["t1"];
        _options.Tracker.Stun = ["stuns:" + dead["http://".Length..], "stun:127.0.0.1:1"];
        var limits = new CheckLimits { Answer = TimeSpan.FromSeconds(0.5), Part = TimeSpan.FromSeconds(2) };
        var start = TimeProvider.System.GetTimestamp();
        var found = await RunAsync(limits);
        var took = TimeProvider.System.GetElapsedTime(start);
        Assert.InRange(took, TimeSpan.Zero, limits.Answer + limits.Part + TimeSpan.FromSeconds(4));
        Assert.Equal(
            [
                EdgeFindings.Unreachable.Id,
                MachineFindings.Unfinished.Id,
                SourceFindings.NoFallback.Id,
                StoreFindings.Unreachable.Id,
                TrackerFindings.StunDead.Id,
                TrackerFindings.Unreachable.Id,
            ],
            found.Trouble()
        );
        // By the real limits: asking whether somebody runs here, the longest part, and cleaning up.
        var real = new CheckLimits();
        Assert.InRange(real.Answer + real.Part + BucketCheck.CleanUp, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Dead_and_missing_STUN_servers_are_found()
    {
        _options.Tracker.Stun = [_stun.Address, "stun:127.0.0.1:1"];
        (await RunAsync()).AssertOnly(TrackerFindings.StunDead, null, "stun:127.0.0.1:1: nothing listens there", "Tracker.Stun");
        _options.Tracker.Stun = [];
        (await RunAsync()).AssertSaid(TrackerFindings.NoStun, "Tracker.Stun is empty");
    }

    private async Task StartAsync(Action<SpillwayOptions>? set = null)
    {
        _server = await RunningServer.StartAsync(set);
        await _server.UntilWriterAsync();
        _options.Server.Port = _server.Port;
        _options.Server.EdgePort = _server.EdgePort;
        _options.Data = _server.Service<SpillwayOptions>().Data;
        _options.Tracker.Stun = [_stun.Address];
        _options.Streams["live"].P2P = true;
    }

    private Task<Checked> RunAsync(CheckLimits? limits = null) => Checked.RunAsync(_options, limits: limits);
}
