using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Spillway.Tests.Security;

/// <summary>Many connections that ask for nothing: who asks for something is answered all the same.</summary>
public sealed class ConnectionFloodTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly List<TcpClient> _flood = [];
    private readonly List<ClientWebSocket> _sockets = [];
    private RunningServer _server = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _flood.ForEach(static client => client.Dispose());
        _sockets.ForEach(static socket => socket.Dispose());
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Two_thousand_silent_and_dripping_connections_starve_neither_health_nor_the_dashboard()
    {
        _server = await StartAsync();
        for (var i = 0; i < 2000; i++)
            await FloodAsync(i % 2 == 0 ? "" : "GET /live/playlist.m3u8 HTTP/1.1\r\nHost: loc");
        foreach (var path in (string[])["/health/live", "/health", "/dashboard", "/api/v1/status"])
        {
            // One that is new, as of an operator who looks only now.
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            // A drop of each request comes meanwhile.
            await Task.WhenAll(_flood.Where(static (_, i) => i % 2 == 1).Select(static one => DripAsync(one)));
            using var answer = await client.GetAsync(
                new Uri($"http://127.0.0.1:{_server.Port}{path}"),
                TestContext.Current.CancellationToken
            );
            // A standby, or a page that is not built, is an answer.
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{path}: {answer}");
        }
        await OpenSocketAsync();
    }

    [Fact]
    public async Task Viewers_WebSockets_take_nobody_s_place_and_silent_connections_no_more_than_there_are()
    {
        const int Places = 20;
        _server = await StartAsync(Places);
        for (var i = 0; i < 3 * Places; i++)
            await OpenSocketAsync();
        Assert.True(await AnswersAsync(), "60 viewers at the tracker keep an operator out");

        for (var i = 0; i < 2 * Places; i++)
            await FloodAsync("");
        Assert.False(await AnswersAsync(), "there is no limit");
        Assert.All(_sockets, static socket => Assert.Equal(WebSocketState.Open, socket.State));
        _flood.ForEach(static client => client.Dispose());
        await Until.TrueAsync(AnswersAsync, () => "there is room again");
    }

    [Fact]
    public async Task The_limits_are_those_of_an_origin_with_ten_thousand_viewers()
    {
        _server = await StartAsync();
        var limits = _server.Service<IOptions<KestrelServerOptions>>().Value.Limits;
        // Viewers' sockets are limited by Tracker and Audience, which know their addresses.
        Assert.Null(limits.MaxConcurrentUpgradedConnections);
        Assert.True(_server.Service<Spillway.Configuration.SpillwayOptions>().Tracker.MaxConnections >= 10_000);
        // While ten thousand come at once each is a connection like any other until it is upgraded.
        Assert.InRange(limits.MaxConcurrentConnections!.Value, 10_000, 50_000);
        Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.InRange(limits.KeepAliveTimeout, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.NotNull(limits.MinRequestBodyDataRate);
        Assert.NotNull(limits.MinResponseDataRate);
    }

    private static Task<RunningServer> StartAsync(int? places = null) =>
        RunningServer.StartAsync(
            static options => options.Admin.Token = Token,
            services =>
            {
                if (places is { } most)
                    services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxConcurrentConnections = most);
            }
        );

    private async Task FloodAsync(string begin)
    {
        var client = new TcpClient();
        _flood.Add(client);
        await client.ConnectAsync(IPAddress.Loopback, _server.Port);
        if (begin.Length > 0)
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(begin));
    }

    private static async Task DripAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("a"u8.ToArray());
        }
        catch (IOException)
        {
            // Cut off, as it should be once its time is over.
        }
    }

    private async Task OpenSocketAsync()
    {
        var socket = new ClientWebSocket();
        _sockets.Add(socket);
        using var late = new CancellationTokenSource(s_patience);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_server.Port}/tracker/live"), late.Token);
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
        try
        {
            using var answer = await client.GetAsync(
                new Uri($"http://127.0.0.1:{_server.Port}/health/live"),
                TestContext.Current.CancellationToken
            );
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
