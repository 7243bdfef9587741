using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spillway.Checks;

/// <param name="Status">Of the HTTP answer; 0: there was none.</param>
/// <param name="Upgraded">The WebSocket opened.</param>
/// <param name="Answered">Both messages were.</param>
/// <param name="Problem">Why there was no answer.</param>
internal readonly record struct TrackerSight(int Status, bool Upgraded, bool Answered, string? Problem);

/// <summary>Opens the origin's WebSockets as a player does.</summary>
internal static class TrackerProbe
{
    private const int LongestMessage = 64 * 1024;
    private const int IdLength = 20;

    /// <summary>A tracker's: announces to a swarm that nobody is in, scrapes it, and leaves.</summary>
    public static Task<TrackerSight> TryAsync(
        Uri address,
        string origin,
        TimeSpan patience,
        CancellationToken cancellationToken
    ) => TryAsync(address, origin, TalkAsync, patience, cancellationToken);

    /// <summary>That of the viewers' reports, which only listens: it is left at once, and must say goodbye.</summary>
    public static Task<TrackerSight> TryReportsAsync(
        Uri address,
        string origin,
        TimeSpan patience,
        CancellationToken cancellationToken
    ) => TryAsync(address, origin, LeaveAsync, patience, cancellationToken);

    private static async Task<TrackerSight> TryAsync(
        Uri address,
        string origin,
        Func<ClientWebSocket, CancellationToken, Task<bool>> talk,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(address, late.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(0, false, false, $"no answer within {patience.TotalSeconds:0.#} s");
        }
        catch (WebSocketException exception)
        {
            return (int)socket.HttpStatusCode is var status and > 0
                ? new(status, false, false, null)
                : new(0, false, false, EdgeReader.Describe(exception));
        }
        late.CancelAfter(patience);
        try
        {
            return new((int)HttpStatusCode.SwitchingProtocols, true, await talk(socket, late.Token), null);
        }
        catch (Exception exception)
            when (exception is WebSocketException or JsonException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return new((int)HttpStatusCode.SwitchingProtocols, true, false, "the connection broke off");
        }
    }

    private static async Task<bool> TalkAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var (swarm, peer) = (NewId(), NewId());
        await SendAsync(socket, Message("announce", swarm, peer, "started"), cancellationToken);
        await SendAsync(socket, Message("scrape", swarm, null, null), cancellationToken);
        var (isAnnounced, isScraped) = (false, false);
        while (!isAnnounced || !isScraped)
        {
            if (await ReceiveAsync(socket, cancellationToken) is not { } json)
                return false;
            using var answer = JsonDocument.Parse(json);
            // A failure is an answer: a swarm that no stream has may be refused.
            var action = answer.RootElement.TryGetProperty("action", out var value) ? value.GetString() : null;
            isAnnounced |= action == "announce";
            isScraped |= action == "scrape";
        }
        await SendAsync(socket, Message("announce", swarm, peer, "stopped"), cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        return true;
    }

    private static async Task<bool> LeaveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        return true;
    }

    private static byte[] Message(string action, string swarm, string? peer, string? what)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("action", action);
            json.WriteString("info_hash", swarm);
            if (peer is not null)
                json.WriteString("peer_id", peer);
            if (what is not null)
                json.WriteString("event", what);
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] message, CancellationToken cancellationToken) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <returns>Null: the other side has ended it, or said too much.</returns>
    private static async Task<string?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close || message.Length > LongestMessage)
                return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
        }
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
}
