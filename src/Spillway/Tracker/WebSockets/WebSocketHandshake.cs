using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Spillway.Tracker.WebSockets;

/// <summary>The opening handshake of HTTP/1.1: https://www.rfc-editor.org/rfc/rfc6455#section-4.2</summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";
    private const int KeyBytes = 16;

    /// <summary>What is wrong with a request; null: it may be accepted. Sets the headers that the answer needs.</summary>
    /// <returns>A status and one line of text.</returns>
    public static (int Status, string Text)? Problem(HttpContext context, string whatThisIs)
    {
        var request = context.Request;
        if (!HttpProtocol.IsHttp11(request.Protocol))
        {
            // HTTP/2 has WebSockets of another kind (RFC 8441), and no 426.
            return (StatusCodes.Status505HttpVersionNotsupported, whatThisIs + " It speaks WebSocket over HTTP/1.1 only.\n");
        }
        if (
            !HttpMethods.IsGet(request.Method)
            || !HasToken(request.Headers.Upgrade, "websocket")
            || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
        )
        {
            AskForUpgrade(context.Response);
            return (StatusCodes.Status426UpgradeRequired, whatThisIs + "\n");
        }
        if (request.Headers.SecWebSocketVersion != Version)
        {
            AskForUpgrade(context.Response);
            context.Response.Headers.SecWebSocketVersion = Version;
            return (StatusCodes.Status426UpgradeRequired, "Sec-WebSocket-Version must be 13.\n");
        }
        if (!IsKey(request.Headers.SecWebSocketKey))
            return (StatusCodes.Status400BadRequest, "Sec-WebSocket-Key must be 16 bytes in base64.\n");
        return null;
    }

    /// <summary>Answers 101. From then on the connection's bytes, those behind TLS where there is TLS, are the caller's.</summary>
    /// <returns>
    /// The transport's own pipes: the stream of the upgraded request would copy once more each way, and measure the client's speed.
    /// </returns>
    public static async Task<IDuplexPipe> AcceptAsync(HttpContext context)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = Accept(context.Request.Headers.SecWebSocketKey.ToString());
        var transport = context.Features.GetRequiredFeature<IConnectionTransportFeature>();
        await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return transport.Transport;
    }

    private static void AskForUpgrade(HttpResponse response)
    {
        response.Headers.Upgrade = "websocket";
        response.Headers.Connection = "Upgrade";
    }

    /// <summary>The proof that the handshake was understood. SHA-1 is the protocol's choice; nothing is kept safe by it.</summary>
#pragma warning disable CA5350
    private static string Accept(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
        return Convert.ToBase64String(hash);
    }
#pragma warning restore CA5350

    private static bool IsKey(StringValues values)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        return values.Count == 1
            && values[0] is { Length: 24 } key
            && Convert.TryFromBase64String(key, bytes, out var length)
            && length == KeyBytes;
    }

    private static bool HasToken(StringValues values, string token)
    {
        foreach (var value in values)
        {
            foreach (var item in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[item].Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }
}
