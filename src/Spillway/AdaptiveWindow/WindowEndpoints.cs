using Spillway.Admin;
using Spillway.Streams;

namespace Spillway.AdaptiveWindow;

/// <summary>For the operator: <c>GET /api/v1/streams/{stream}/window</c>.</summary>
internal sealed class WindowEndpoints(LiveStreams streams, AdminDoor door)
{
    public void Map(IEndpointRouteBuilder routes) => door.Map(routes, HttpMethods.Get, "/streams/{stream}/window", ShowAsync);

    private async Task ShowAsync(HttpContext context)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        if (stream.Status.Window is { } window)
            await AdminDoor.SendAsync(context, StatusCodes.Status200OK, window, WindowJson.Default.WindowReport);
        else
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status404NotFound,
                stream.Refusal ?? $"Nothing has been on air on {stream.Name} since the start: there is no window."
            );
    }
}
