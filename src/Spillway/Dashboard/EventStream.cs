using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Spillway.Admin;
using Spillway.Events;

namespace Spillway.Dashboard;

/// <summary>
/// <c>GET /api/v1/events</c>: server-sent events (HTML Living Standard, 9.2). <c>status</c> at once, on change and each second,
/// <c>log</c> as it happens: at first what is kept, after <c>Last-Event-ID</c> or <c>?after=NUMBER</c> what is newer. A comment says
/// that all is well when nothing else does.
/// </summary>
internal sealed class EventStream(
    StatusFeed feed,
    EventLog log,
    AdminKeys keys,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>For one event to be taken; who takes longer is dropped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly byte[] s_statusBegins = "event: status\ndata: "u8.ToArray();
    private static readonly byte[] s_ends = "\n\n"u8.ToArray();
    private static readonly byte[] s_heartbeat = ": here\n\n"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        using var listener = feed.Listen();
        if (listener is null)
        {
            context.Response.Headers.RetryAfter = "5";
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"{StatusFeed.MostListeners} follow already: close some of these pages."
            );
            return;
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        Begin(context);
        try
        {
            await FollowAsync(context, listener, over.Token);
        }
        catch (OperationCanceledException)
        {
            // He has gone, is too slow, or the server stops.
            context.Abort();
        }
    }

    private static void Begin(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        // nginx would gather them.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task FollowAsync(HttpContext context, StatusListener listener, CancellationToken over)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(over);
        await using var events = log.FollowAsync(After(context.Request), left.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            await SendAsync(context, Status(await feed.TakeAsync(over)), over);
            var lookedAt = time.GetTimestamp();
            while (!listener.IsOver)
            {
                var came = listener.Came;
                var quiet = Task.Delay(Heartbeat, time, over);
                var first = await Task.WhenAny(came, next, quiet);
                over.ThrowIfCancellationRequested();
                // Who has signed out, or whose time is over, sees no more.
                if (time.GetElapsedTime(lookedAt) >= Heartbeat)
                {
                    if (keys.Find(context).By is null)
                        return;
                    lookedAt = time.GetTimestamp();
                }
                if (next.IsCompleted)
                {
                    if (!await next)
                        return;
                    await SendAsync(context, Log(events.Current), over);
                    next = events.MoveNextAsync().AsTask();
                }
                if (listener.Take() is { } json)
                    await SendAsync(context, Status(json), over);
                else if (first == quiet)
                    await SendAsync(context, s_heartbeat, over);
            }
        }
        finally
        {
            // Its enumerator may not be disposed of while it moves.
            await left.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(HttpContext context, byte[] bytes, CancellationToken over)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
        await context.Response.Body.WriteAsync(bytes, either.Token);
        await context.Response.Body.FlushAsync(either.Token);
    }

    private static byte[] Status(byte[] json) => [.. s_statusBegins, .. json, .. s_ends];

    private static byte[] Log(OperatorEvent happened) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"event: log\nid: {happened.Number}\ndata: {JsonSerializer.Serialize(happened, LogJson.Default.OperatorEvent)}\n\n"
            )
        );

    /// <summary>The number of the last one that is known; 0: none.</summary>
    private static long After(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
        || long.TryParse(request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            ? last
            : 0;
}
