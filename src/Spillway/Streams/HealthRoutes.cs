using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spillway.Streams;

/// <summary><c>/health</c> for people, <c>/health/live</c> and <c>/health/ready</c> for supervisors.</summary>
internal static class HealthRoutes
{
    /// <param name="report">As of now.</param>
    /// <param name="brief">What anybody may know of it, when the request is somebody's who may not know the rest; null: all of it.</param>
    /// <param name="isDown">It is sent with 503.</param>
    /// <param name="unready">Why no viewers should be sent here now, in a word; null: they may.</param>
    public static void MapHealth<T>(
        this IEndpointRouteBuilder routes,
        Func<T> report,
        JsonTypeInfo<T> type,
        Func<HttpContext, T, byte[]?> brief,
        Func<T, bool> isDown,
        Func<string?> unready
    )
    {
        routes.MapGet(
            "/health",
            context =>
            {
                var now = report();
                SetStatus(context, isDown(now));
                context.Response.ContentType = "application/json";
                context.Response.Headers.CacheControl = "no-store";
                return brief(context, now) is { } known
                    ? context.Response.Body.WriteAsync(known, context.RequestAborted).AsTask()
                    : JsonSerializer.SerializeAsync(context.Response.Body, now, type, context.RequestAborted);
            }
        );
        // Alive: the process answers. Ready: it can be sent viewers.
        routes.MapGet("/health/live", static context => context.Response.WriteAsync("ok\n"));
        routes.MapGet(
            "/health/ready",
            context =>
            {
                var word = unready();
                SetStatus(context, word is not null);
                return context.Response.WriteAsync($"{word ?? "ok"}\n");
            }
        );
    }

    private static void SetStatus(HttpContext context, bool isDown) =>
        context.Response.StatusCode = isDown ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
}
