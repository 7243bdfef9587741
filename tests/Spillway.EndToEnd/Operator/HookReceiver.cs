using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Spillway.EndToEnd.Operator;

/// <summary>A desk that is told what happens: refuses the first try of all with 500, and takes what comes after it.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<HookTry> _tries = new();

    private HookReceiver(WebApplication app) => _app = app;

    public string Address => $"{_app.Urls.First()}/desk";

    public IReadOnlyList<HookTry> Tries => [.. _tries];

    /// <summary>The kinds that were delivered, in order.</summary>
    public IReadOnlyList<string> Delivered => [.. _tries.Where(static one => one.Status == 204).Select(static one => one.Kind)];

    public static async Task<HookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new HookReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var (id, at) = (
            context.Request.Headers["webhook-id"].ToString(),
            context.Request.Headers["webhook-timestamp"].ToString()
        );
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{at}."), .. body.ToArray()];
        using var json = JsonDocument.Parse(body.ToArray());
        var data = json.RootElement.GetProperty("data");
        context.Response.StatusCode = _tries.IsEmpty ? 500 : 204;
        _tries.Enqueue(
            new HookTry(
                id,
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, CultureInfo.InvariantCulture)),
                json.RootElement.GetProperty("type").GetString()!,
                data.GetProperty("number").GetInt64(),
                data.GetProperty("broadcast").GetString(),
                context.Request.Headers["webhook-signature"] == $"v1,{Convert.ToBase64String(Sign(signed))}",
                context.Response.StatusCode
            )
        );
    }

    /// <summary>HMAC-SHA256 as RFC 2104, section 2, defines it, by nothing but the hash: what is tested has the library's.</summary>
    private static byte[] Sign(byte[] message)
    {
        var key = new byte[64];
        Convert.FromBase64String(Secret["whsec_".Length..]).CopyTo(key, 0);
        var inner = SHA256.HashData([.. key.Select(static b => (byte)(b ^ 0x36)), .. message]);
        return SHA256.HashData([.. key.Select(static b => (byte)(b ^ 0x5c)), .. inner]);
    }
}

/// <param name="At">When it was tried, as it says itself.</param>
/// <param name="Number">The event's.</param>
/// <param name="IsGenuine">Its signature is right.</param>
/// <param name="Status">What it was answered.</param>
internal sealed record HookTry(
    string Id,
    DateTimeOffset At,
    string Kind,
    long Number,
    string? Broadcast,
    bool IsGenuine,
    int Status
);
