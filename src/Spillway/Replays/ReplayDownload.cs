using Spillway.Admin;
using Spillway.Events;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Replays;

/// <summary>
/// <c>GET /api/v1/streams/{stream}/replays/{broadcast}/file</c>: a replay as one MP4, made while it is sent; with <c>?dryRun=true</c>
/// only what it would be. One at a time: each reads every segment from the store, and goes through the line that uploads need.
/// </summary>
internal sealed class ReplayDownload(
    LiveStreams streams,
    AdminDoor door,
    EventLog log,
    IObjectStore store,
    FfmpegTool tool,
    TimeProvider time
) : IDisposable
{
    private const string Path = "/streams/{stream}/replays/{broadcast}/file";

    private readonly SemaphoreSlim _one = new(1, 1);

    public void Map(IEndpointRouteBuilder routes) => door.Map(routes, HttpMethods.Get, Path, HandleAsync);

    public void Dispose() => _one.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        var dryRun = context.Request.Query["dryRun"].ToString();
        if (dryRun is not ("" or "true" or "false"))
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status400BadRequest, "dryRun must be true or false.");
            return;
        }
        if (await streams.FindAsync(context) is not { } stream)
            return;
        try
        {
            if (await FindAsync(context, stream) is not { } entry)
                return;
            if (!await _one.WaitAsync(0, context.RequestAborted))
            {
                context.Response.Headers.RetryAfter = "60";
                await AdminDoor.SendErrorAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "A replay is being downloaded already: one at a time. Wait until it is done, or cancel it in the browser it goes to."
                );
                return;
            }
            try
            {
                await MakeAsync(context, stream, entry, dryRun == "true");
            }
            finally
            {
                _one.Release();
            }
        }
        catch (Exception exception) when (exception is ReplayException or ObjectStoreException)
        {
            Tell(stream, context, $"The download of a replay of {stream.Name} broke off: {exception.Message}");
            if (!await TrySendErrorAsync(context, exception))
                // What has been sent is not the whole, and must not look like it.
                context.Abort();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Whoever downloads has gone.
            context.Abort();
        }
    }

    private async Task MakeAsync(HttpContext context, LiveStream stream, ReplayEntry entry, bool dryRun)
    {
        var export = new ReplayExport(new ReplayBucket(stream.Name, store.Reader(time)), tool);
        var name = $"{stream.Name}-{entry.Broadcast}.mp4";
        var stretches = await export.ReadAsync(entry, context.RequestAborted);
        if (dryRun)
        {
            if (await tool.MissingAsync(context.RequestAborted))
                throw new ReplayException("ffmpeg is not installed on the server, or not in its PATH: a download needs it.");
            var file = new ReplayFile(
                name,
                stretches.Sum(static stretch => stretch.Duration.TotalSeconds),
                entry.Gaps.Seconds,
                stretches.Sum(static stretch => stretch.Keys.Count)
            );
            await AdminDoor.SendAsync(context, StatusCodes.Status200OK, file, ReplayApiJson.Default.ReplayFile);
            return;
        }
        log.Add(
            EventLevel.Info,
            stream.Name,
            EventKinds.Operator,
            $"The operator downloads the replay of {entry.Broadcast}.",
            broadcast: entry.Broadcast
        );
        context.Response.ContentType = "video/mp4";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await export.WriteAsync(stretches, context.Response.Body, context.RequestAborted);
    }

    /// <returns>Null: there is none that could be downloaded, and the answer has been sent.</returns>
    private static async Task<ReplayEntry?> FindAsync(HttpContext context, LiveStream stream)
    {
        var answer = await ReplayEndpoints.AnswerOfAsync(stream.ReplaysAsync(), context.RequestAborted);
        var broadcast = context.GetRouteValue("broadcast") as string ?? "";
        var entry = answer?.Replays.FirstOrDefault(listed => listed.Broadcast == broadcast);
        if (entry is { OnAir: false })
            return entry;
        var (status, words) =
            answer is null
                ? (
                    StatusCodes.Status503ServiceUnavailable,
                    $"{stream.Name} is just starting or stopping, or is written by another instance: try again later, or there."
                )
            : entry is null ? (StatusCodes.Status404NotFound, ReplayText.NoSuch(stream.Name, broadcast, answer.Replays))
            : (StatusCodes.Status409Conflict, $"{broadcast} is on air: it can be downloaded once it has ended.");
        await AdminDoor.SendErrorAsync(context, status, words);
        return null;
    }

    private static async Task<bool> TrySendErrorAsync(HttpContext context, Exception exception)
    {
        if (context.Response.HasStarted)
            return false;
        context.Response.Headers.ContentDisposition = default;
        await AdminDoor.SendErrorAsync(
            context,
            exception is ReplayException ? StatusCodes.Status409Conflict : StatusCodes.Status503ServiceUnavailable,
            exception.Message
        );
        return true;
    }

    private void Tell(LiveStream stream, HttpContext context, string text)
    {
        // Before that whoever asked gets it as the answer.
        if (context.Response.HasStarted)
            log.Add(
                EventLevel.Warning,
                stream.Name,
                EventKinds.Operator,
                text,
                broadcast: context.GetRouteValue("broadcast") as string
            );
    }
}

/// <summary>What a download would be.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Seconds">Of media; the gaps are left out.</param>
/// <param name="Skipped">Seconds of gaps that are left out.</param>
/// <param name="Reads">Objects that are read from the store for it: as many operations of class B.</param>
internal sealed record ReplayFile(string Name, double Seconds, double Skipped, int Reads);
