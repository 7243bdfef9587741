using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Admin;
using Spillway.Events;

namespace Spillway.Dashboard;

/// <summary><c>GET /api/v1/status</c>, <c>/events</c>, <c>/log</c> and <c>/openapi.json</c>.</summary>
internal sealed class DashboardEndpoints(AdminDoor door, StatusFeed feed, EventStream events, EventLog log)
{
    private const int DefaultLimit = 100;

    private static readonly Lazy<byte[]> s_document = new(static () => Carried("openapi/openapi.json"));

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Get, "/status", StatusAsync);
        door.Map(routes, HttpMethods.Get, "/events", events.HandleAsync);
        door.Map(routes, HttpMethods.Get, "/log", LogAsync);
        door.Map(routes, HttpMethods.Get, "/openapi.json", DocumentAsync);
    }

    private async Task StatusAsync(HttpContext context)
    {
        var json = await feed.TakeAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private Task LogAsync(HttpContext context)
    {
        var (text, stream) = (context.Request.Query["limit"].ToString(), context.Request.Query["stream"].ToString());
        var limit = DefaultLimit;
        if (
            text.Length > 0
            && (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > EventLog.Kept
            )
        )
            return AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"limit must be a whole number from 1 to {EventLog.Kept}."
            );
        var wanted = log.Recent.Where(happened => stream.Length == 0 || happened.Stream == stream).TakeLast(limit);
        return AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new RecentEvents([.. wanted.Reverse()], log.Last),
            LogJson.Default.RecentEvents
        );
    }

    private static Task DocumentAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(s_document.Value, context.RequestAborted).AsTask();
    }

    private static byte[] Carried(string name)
    {
        using var stream = typeof(DashboardEndpoints).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>Answer of <c>GET /api/v1/log</c>.</summary>
/// <param name="Events">The newest first.</param>
/// <param name="Last">Number of the newest of all; 0: none yet.</param>
internal sealed record RecentEvents(IReadOnlyList<OperatorEvent> Events, long Last);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OperatorEvent))]
[JsonSerializable(typeof(RecentEvents))]
internal sealed partial class LogJson : JsonSerializerContext;
