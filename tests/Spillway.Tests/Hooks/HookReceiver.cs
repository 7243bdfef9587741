using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Hooks;

/// <summary>A real web server that takes a hook's messages, checks their signatures, and answers as a test wants.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly byte[] s_key = Convert.FromBase64String(Secret["whsec_".Length..]);
    private readonly TestOrigin _origin;

    private HookReceiver(TestOrigin origin) => _origin = origin;

    public Uri Address => _origin.At("/hook");

    /// <summary>Every try that was well signed.</summary>
    public ConcurrentQueue<Received> Tries { get; } = new();

    /// <summary>What was wrong with others.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Answers a try; the status is 200 unless it is set.</summary>
    public Func<HttpContext, Received, Task> Answer { get; set; } = static (_, _) => Task.CompletedTask;

    public static async Task<HookReceiver> StartAsync()
    {
        var receiver = new HookReceiver(await TestOrigin.StartAsync());
        receiver._origin["*"] = receiver.TakeAsync;
        return receiver;
    }

    public string Kinds => string.Join(' ', Tries.Select(static t => t.Kind));

    public Task UntilAsync(int tries) =>
        Until.TrueAsync(() => Tries.Count >= tries, () => $"{tries} tries: {Kinds} {string.Join(' ', Faults)}");

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        var (id, at) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{at}."), .. body.ToArray()];
        var signature = "v1," + Convert.ToBase64String(HMACSHA256.HashData(s_key, signed));
        if (headers["webhook-signature"] != signature)
            Faults.Enqueue("wrong signature");
        if (context.Request.Method != "POST" || context.Request.ContentType != "application/json")
            Faults.Enqueue($"{context.Request.Method} {context.Request.ContentType}");
        var root = JsonDocument.Parse(body.ToArray()).RootElement;
        var received = new Received(
            id,
            long.Parse(at, CultureInfo.InvariantCulture),
            root.GetProperty("type").GetString()!,
            root
        );
        Tries.Enqueue(received);
        await Answer(context, received);
    }
}

/// <param name="Timestamp">Seconds since 1970.</param>
internal sealed record Received(string Id, long Timestamp, string Kind, JsonElement Body);
