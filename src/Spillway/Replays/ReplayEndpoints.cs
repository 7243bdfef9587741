using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Admin;
using Spillway.Events;
using Spillway.Streams;

namespace Spillway.Replays;

/// <summary>The operator's list of replays: <c>GET /api/v1/streams/{stream}/replays</c>, and <c>DELETE …/replays/{broadcast}</c>.</summary>
internal sealed class ReplayEndpoints(LiveStreams streams, AdminDoor door, EventLog log)
{
    private const string Path = "/streams/{stream}/replays";

    /// <summary>A stream that starts or stops at this moment has no loop that would answer, and a store that is away no answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Get, Path, ListAsync);
        door.Map(routes, HttpMethods.Delete, Path + "/{broadcast}", DeleteAsync);
    }

    /// <param name="asked">Null: there is none to ask.</param>
    /// <returns>Null: nobody answers.</returns>
    public static async Task<ReplayAnswer?> AnswerOfAsync(Task<ReplayAnswer>? asked, CancellationToken cancellationToken)
    {
        try
        {
            return asked is null ? null : await asked.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private Task ListAsync(HttpContext context) => AnswerAsync(context, static (stream, _) => stream.ReplaysAsync());

    private Task DeleteAsync(HttpContext context) =>
        AnswerAsync(context, static (stream, broadcast) => stream.DeleteReplayAsync(broadcast));

    private async Task AnswerAsync(HttpContext context, Func<LiveStream, string, Task<ReplayAnswer>?> ask)
    {
        var broadcast = context.GetRouteValue("broadcast") as string ?? "";
        if (await streams.FindAsync(context) is not { } stream)
            return;
        var answer = await AnswerOfAsync(ask(stream, broadcast), context.RequestAborted);
        if (answer is null)
        {
            var words =
                $"{stream.Name} is just starting or stopping, is written by another instance, or its store does not answer: try again later.";
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status503ServiceUnavailable, words);
        }
        else if (answer.Refusal is { } refusal)
        {
            var isThere = answer.Replays.Any(entry => entry.Broadcast == broadcast);
            var status = isThere || broadcast.Length == 0 ? StatusCodes.Status409Conflict : StatusCodes.Status404NotFound;
            await AdminDoor.SendErrorAsync(context, status, refusal);
        }
        else
        {
            if (HttpMethods.IsDelete(context.Request.Method))
                log.Add(
                    EventLevel.Info,
                    stream.Name,
                    EventKinds.Operator,
                    $"The operator has deleted the replay of {broadcast}.",
                    broadcast: broadcast
                );
            var list = new ReplayList(stream.Name, answer.Replays);
            await AdminDoor.SendAsync(context, StatusCodes.Status200OK, list, ReplayApiJson.Default.ReplayList);
        }
    }
}

/// <param name="Stream">Its name.</param>
/// <param name="Replays">The newest first, as they are after what was asked for.</param>
internal sealed record ReplayList(string Stream, IReadOnlyList<ReplayEntry> Replays);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplayList))]
[JsonSerializable(typeof(ReplayFile))]
internal sealed partial class ReplayApiJson : JsonSerializerContext;
