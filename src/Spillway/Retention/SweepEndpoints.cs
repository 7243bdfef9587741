using Spillway.Admin;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Retention;

/// <summary>
/// The sweep by hand: <c>GET /api/v1/streams/{stream}/sweep</c> rehearses, <c>POST</c> does it, unless <c>?dryRun=true</c>.
/// </summary>
internal sealed class SweepEndpoints(LiveStreams streams, AdminDoor door)
{
    private const string Path = "/streams/{stream}/sweep";

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Get, Path, context => SweepAsync(context, dryRun: true));
        door.Map(routes, HttpMethods.Post, Path, PostAsync);
    }

    private Task PostAsync(HttpContext context) =>
        context.Request.Query["dryRun"].ToString() switch
        {
            "" or "false" => SweepAsync(context, dryRun: false),
            "true" => SweepAsync(context, dryRun: true),
            _ => AdminDoor.SendErrorAsync(context, StatusCodes.Status400BadRequest, "dryRun must be true or false."),
        };

    private async Task SweepAsync(HttpContext context, bool dryRun)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        if (stream.Sweeps?.Current is not { } sweeper)
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status409Conflict,
                $"This Spillway does not write {stream.Name} now{(stream.Status.Superseded is { } why ? $" ({why})" : "")}: "
                    + "only the writer sweeps. Ask there, or try again in some seconds if this one is just starting."
            );
            return;
        }
        try
        {
            var result = await sweeper.SweepAsync(dryRun, context.RequestAborted);
            await AdminDoor.SendAsync(context, StatusCodes.Status200OK, result, SweepJson.Default.SweepResult);
        }
        catch (ObjectStoreException exception)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"{stream.Name} is just stopping: nothing more was deleted."
            );
        }
    }
}
