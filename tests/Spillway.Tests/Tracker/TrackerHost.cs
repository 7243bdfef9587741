using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>The tracker behind a real Kestrel on a free port.</summary>
internal sealed class TrackerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TrackerHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());
    public TrackerServer Server => _app.Services.GetRequiredService<TrackerServer>();
    public TrackerCounters Counters => Server.Count();

    public static async Task<TrackerHost> StartAsync(
        TrackerOptions? options = null,
        string[]? streams = null,
        Func<string, TrackerId, bool>? isAllowed = null,
        TimeProvider? time = null,
        bool inline = false,
        bool secure = false
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (inline)
            TrackerTransport.UseInline(builder.WebHost);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (secure)
                        listen.UseHttps(SelfSigned());
                }
            )
        );
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddTracker(
            options ?? new TrackerOptions(),
            streams ?? ["live"],
            isAllowed is null ? null : _ => isAllowed
        );
        var host = builder.Build();
        host.MapTracker();
        await host.StartAsync();
        return new TrackerHost(host);
    }

    /// <param name="stream">Which tracker.</param>
    /// <param name="address">The client's own: all of 127.0.0.0/8 are this machine's.</param>
    /// <param name="set">Changes the request.</param>
    public Task<ClientWebSocket> ConnectAsync(
        string stream = "live",
        string address = "127.0.0.1",
        Action<ClientWebSocketOptions>? set = null
    ) => ConnectAsync(Address.Port, stream, address, set);

    public static async Task<ClientWebSocket> ConnectAsync(
        int port,
        string stream,
        string address,
        Action<ClientWebSocketOptions>? set = null
    )
    {
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await client.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(client, ownsSocket: true);
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        set?.Invoke(socket.Options);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/tracker/{stream}"), invoker, default);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        // One that was only made, and not loaded, serves no TLS on some systems.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Waits, up to 30 s, until the counters are as they should be.</summary>
    public async Task UntilAsync(Func<TrackerCounters, bool> condition, Action? meanwhile = null)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition(Counters))
        {
            meanwhile?.Invoke();
            await Task.Delay(10, timeout.Token);
        }
    }
}

internal static class ClientSockets
{
    public static Task SendAsync(this ClientWebSocket socket, string text, bool isBinary = false) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes(text),
            isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
            endOfMessage: true,
            default
        );

    /// <summary>The next message; fails after 30 s, or on a close.</summary>
    public static async Task<JsonObject> NextAsync(this ClientWebSocket socket)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[128 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage)
                return JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
        }
    }

    /// <summary>The server's close, after whatever it still sends; fails after 30 s.</summary>
    public static async Task<WebSocketCloseStatus?> CloseOfServerAsync(this ClientWebSocket socket)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), timeout.Token)).MessageType != WebSocketMessageType.Close) { }
        return socket.CloseStatus;
    }
}
