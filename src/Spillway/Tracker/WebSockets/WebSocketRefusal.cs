using System.Net.Mime;

namespace Spillway.Tracker.WebSockets;

/// <summary>What a request gets instead of a WebSocket.</summary>
internal static class WebSocketRefusal
{
    /// <param name="text">One line, with its end.</param>
    public static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
