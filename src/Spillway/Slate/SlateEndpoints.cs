using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Admin;
using Spillway.Events;
using Spillway.Streams;

namespace Spillway.Slate;

/// <summary>The slate by hand: <c>POST</c> (on, or <c>{"on": false}</c>) and <c>DELETE</c> (off) <c>/api/v1/streams/{stream}/slate</c>.</summary>
internal sealed class SlateEndpoints(LiveStreams streams, AdminDoor door, EventLog log)
{
    private const string Path = "/streams/{stream}/slate";

    /// <summary>A stream that starts or stops at this moment has no loop that would answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Post, Path, PostAsync);
        door.Map(routes, HttpMethods.Delete, Path, context => SetAsync(context, on: false));
    }

    private async Task PostAsync(HttpContext context)
    {
        if (await AdminDoor.ReadBodyAsync(context) is not { } body)
            return;
        if (Parse(body.Span) is { } on)
            await SetAsync(context, on);
        else
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                "The body must be {\"on\": true} or {\"on\": false}; none at all means on."
            );
    }

    private async Task SetAsync(HttpContext context, bool on)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        var before = stream.Status.Switches.SlateByHand;
        SlateAnswer answer;
        try
        {
            answer = await stream.SetSlateAsync(on).WaitAsync(Patience, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"{stream.Name} is just starting or stopping: try again in some seconds."
            );
            return;
        }
        if (answer.Refusal is { } words)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status409Conflict, words);
            return;
        }
        if (answer.ByHand != before)
            log.Add(
                EventLevel.Info,
                stream.Name,
                EventKinds.Operator,
                answer.ByHand ? "The operator has put the slate on air." : "The operator has taken the slate off.",
                broadcast: answer.Status.Broadcast
            );
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new SlateState(stream.Name, answer.Status.State, answer.Status.Broadcast, answer.ByHand),
            SlateApiJson.Default.SlateState
        );
    }

    /// <summary>Null when it is anything else than what may be sent.</summary>
    private static bool? Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return true;
        try
        {
            return JsonSerializer.Deserialize(body, SlateApiJson.Default.SlateWish)?.On;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record SlateWish
{
    public required bool On { get; init; }
}

/// <param name="Stream">Its name.</param>
/// <param name="State">As in player.json: <c>slate</c> or <c>live</c>.</param>
/// <param name="Broadcast">On air now.</param>
/// <param name="SlateByHand">The slate stays until it is taken off by hand.</param>
internal sealed record SlateState(string Stream, string State, string? Broadcast, bool SlateByHand);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SlateWish))]
[JsonSerializable(typeof(SlateState))]
internal sealed partial class SlateApiJson : JsonSerializerContext;
