using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Spillway.Tests.Sources.Hls;

/// <summary>A web server whose answers a test changes while it runs.</summary>
internal sealed class TestOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal);

    private int _busy;

    private TestOrigin(WebApplication app) => _app = app;

    /// <summary>It works on an answer: what <see cref="LingerAsync"/> waits for does not count.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    public Uri Root { get; private set; } = null!;

    /// <summary>Path and query of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Comes before the answers; returns true when it has answered.</summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    public RequestDelegate this[string path]
    {
        set => _answers[path] = value;
    }

    /// <param name="address">All of 127.0.0.0/8 are this machine's; null: 127.0.0.1.</param>
    public static async Task<TestOrigin> StartAsync(System.Net.IPAddress? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(address ?? System.Net.IPAddress.Loopback, 0));
        var origin = new TestOrigin(builder.Build());
        origin._app.Run(origin.AnswerAsync);
        await origin._app.StartAsync();
        origin.Root = new Uri(origin._app.Urls.First());
        return origin;
    }

    /// <summary>Serves a folder's files, read anew for each request.</summary>
    public void Serve(TestFolder folder) =>
        this["*"] = async context =>
        {
            var path = folder[context.Request.Path.Value!.TrimStart('/')];
            if (!File.Exists(path))
            {
                context.Response.StatusCode = 404;
                return;
            }
            var bytes = await File.ReadAllBytesAsync(path);
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        };

    /// <summary>For answers that take their time on a clock that stands still while somebody is at work.</summary>
    public async Task LingerAsync(Task wait)
    {
        Interlocked.Decrement(ref _busy);
        try
        {
            await wait;
        }
        finally
        {
            Interlocked.Increment(ref _busy);
        }
    }

    public Uri At(string path) => new(Root, path);

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Path + context.Request.QueryString);
        Interlocked.Increment(ref _busy);
        try
        {
            if (Fault is { } fault && await fault(context))
                return;
            if (_answers.TryGetValue(context.Request.Path, out var answer) || _answers.TryGetValue("*", out answer))
                await answer(context);
            else
                context.Response.StatusCode = 404;
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }
}
