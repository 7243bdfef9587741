using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spillway.Configuration;
using Spillway.Sources.Rtmp;

namespace Spillway;

/// <summary>
/// The origin's port, with the embedded store the edge's, and RTMP's when encoders may come by it. Which of the first two a
/// request came in by is marked on its connection: a Host header cannot pretend.
/// </summary>
/// <param name="options">Settings.</param>
/// <param name="isNode">A tracker alone: nothing but the first port.</param>
internal sealed class Ports(SpillwayOptions options, bool isNode = false)
{
    private IServerAddressesFeature? _addresses;

    private bool HasEdge => !isNode && options.Storage.Bucket.Length == 0;

    private bool HasRtmp => !isNode && options.TakesRtmp();

    /// <summary>The port really bound, also when 0 was asked for; the asked one before the start.</summary>
    public int Origin => Bound(0) ?? options.Server.Port;

    public int Edge => (HasEdge ? Bound(1) : null) ?? options.Server.EdgePort;

    /// <summary>As <see cref="Origin"/>; of no meaning when nothing listens there.</summary>
    public int Rtmp => (HasRtmp ? Bound(HasEdge ? 2 : 1) : null) ?? options.Rtmp.Port;

    public void Listen(IWebHostBuilder host) =>
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits);
            kestrel.ListenAnyIP(options.Server.Port, Secure);
            if (HasEdge)
            {
                kestrel.ListenAnyIP(
                    options.Server.EdgePort,
                    static listen =>
                        listen.Use(next =>
                            connection =>
                            {
                                connection.Features.Set(new EdgeConnection());
                                return next(connection);
                            }
                        )
                );
            }
            if (HasRtmp)
                kestrel.ListenAnyIP(options.Rtmp.Port, static listen => listen.UseConnectionHandler<RtmpServer>());
        });

    /// <summary>
    /// Of every port, for whoever is slow, large or many on purpose. What encoders send is exempt where it must be: PushEndpoint.
    /// WebSockets do not count as connections here; Tracker and Audience have limits of their own.
    /// </summary>
    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = 64 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Proxies keep theirs for about a minute.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        limits.MaxConcurrentConnections = 20_000;
    }

    public void Of(WebApplication app) =>
        _addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();

    /// <summary>
    /// A line for each port that another program has, in the operator's words; Kestrel would say so, too, with a stack trace.
    /// </summary>
    public IEnumerable<string> Taken()
    {
        if (IsTaken(options.Server.Port))
            yield return InUse("Server:Port", options.Server.Port, "--port");
        if (HasEdge && IsTaken(options.Server.EdgePort))
            yield return InUse("Server:EdgePort", options.Server.EdgePort, "--edge-port");
        if (HasRtmp && IsTaken(options.Rtmp.Port))
            yield return InUse("Rtmp:Port", options.Rtmp.Port, "SPILLWAY__RTMP__PORT");
    }

    public static string InUse(string setting, int port, string option) =>
        $"{setting}: port {port} is in use by another program; choose another with {option}.";

    public static bool IsTaken(int port)
    {
        if (port == 0)
            return false;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(socket.DualMode ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen();
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    public static bool IsEdge(HttpContext context) => context.Features.Get<EdgeConnection>() is not null;

    private void Secure(ListenOptions listen)
    {
        // By HTTP/2 browsers would ask for WebSockets of another kind (RFC 8441) on the page's own connection, and not fall back.
        listen.Protocols = HttpProtocols.Http1;
        if (options.Server.Certificate.Length > 0)
            listen.UseHttps(
                System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(options.Server.Certificate)
            );
    }

    private int? Bound(int index) =>
        _addresses?.Addresses.ElementAtOrDefault(index) is { } address && BindingAddress.Parse(address) is { Port: > 0 } bound
            ? bound.Port
            : null;

    private sealed class EdgeConnection;
}
