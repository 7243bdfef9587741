using System.Text.Json;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Events;
using Spillway.Sources;
using Spillway.Sources.Rtmp;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Dashboard;

/// <summary>
/// The operator's switches beside the slate: <c>POST</c> and <c>DELETE /api/v1/streams/{stream}/end</c>,
/// <c>PUT …/p2p</c> and <c>POST …/key</c>. Each is an event of the log.
/// </summary>
internal sealed class SwitchEndpoints(
    LiveStreams streams,
    AdminDoor door,
    EventLog log,
    SpillwayOptions options,
    PublishKeys keys,
    StreamPictures pictures,
    RtmpInlets rtmp,
    Ports ports,
    TimeProvider time
)
{
    private const string Path = "/streams/{stream}";
    private const string KeyChanged = "The stream's key was changed: set the encoder's stream key to the new one.";

    /// <summary>A stream that starts or stops at this moment has no loop that would answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Post, Path + "/end", context => SwitchEndAsync(context, end: true));
        door.Map(routes, HttpMethods.Delete, Path + "/end", context => SwitchEndAsync(context, end: false));
        door.Map(routes, HttpMethods.Put, Path + "/p2p", SwitchPeersAsync);
        door.Map(routes, HttpMethods.Post, Path + "/key", ChangeKeyAsync);
    }

    private async Task SwitchEndAsync(HttpContext context, bool end)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        var wasHeld = stream.Status.Switches.Held;
        if (await AskAsync(context, stream, s => end ? s.EndAsync() : s.LetInAsync()) is not { } status)
            return;
        if (end)
            Tell(stream, "The operator has ended the broadcast. What the source still brings is left out.", status.Broadcast);
        else if (wasHeld)
            Tell(stream, "The operator lets what the source brings go on air again.", status.Broadcast);
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new EndState(stream.Name, status.State, status.Broadcast, status.Switches.Held),
            SwitchJson.Default.EndState
        );
    }

    private async Task SwitchPeersAsync(HttpContext context)
    {
        if (await AdminDoor.ReadBodyAsync(context) is not { } body)
            return;
        if (Parse(body.Span) is not { } on)
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                "The body must be {\"on\": true} or {\"on\": false}."
            );
            return;
        }
        if (await streams.FindAsync(context) is not { } stream)
            return;
        var before = StreamPictures.PeersOf(stream).Peers;
        if (await AskAsync(context, stream, s => s.SetPeersAsync(on)) is null)
            return;
        var (peers, now, why) = StreamPictures.PeersOf(stream);
        if (peers != before)
            Tell(stream, $"The operator has switched P2P {(on ? "on" : "off")}.");
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new PeerState(stream.Name, peers, now, why),
            SwitchJson.Default.PeerState
        );
    }

    /// <summary>
    /// Who publishes with the old key is cut off: a key is changed because somebody has it who should not. The slate, or a gap, stands
    /// in until the encoder comes with the new one.
    /// </summary>
    private async Task ChangeKeyAsync(HttpContext context)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        if (pictures.KeyRefusal(stream.Name) is { } refusal)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status409Conflict, refusal);
            return;
        }
        string key;
        try
        {
            key = keys.Change(stream.Name, time.GetUtcNow());
        }
        catch (SecretFileException exception)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status500InternalServerError, exception.Message);
            return;
        }
        // A push shows its key with each file, and is refused from the next one on.
        var dropped =
            stream.Options.Source == StreamOptions.Rtmp
                ? rtmp.Of(stream.Name).Drop(KeyChanged)
                : stream.Status is { SourceAway: null } && stream.Source.LastSegmentAt is not null;
        Tell(
            stream,
            $"The operator has changed the stream key.{(dropped ? " The encoder that published with the old one is cut off." : "")}"
        );
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new NewKey(stream.Name, key, PublishAddresses.Template(options, stream.Name, ports, key) ?? "", keys.Path, dropped),
            SwitchJson.Default.NewKey
        );
    }

    /// <returns>The stream after it; null: it was refused, and the answer has been sent.</returns>
    private static async Task<LiveStreamStatus?> AskAsync(
        HttpContext context,
        LiveStream stream,
        Func<LiveStream, Task<SwitchAnswer>?> ask
    )
    {
        SwitchAnswer? answer = null;
        try
        {
            if (ask(stream) is { } asked)
                answer = await asked.WaitAsync(Patience, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            // As when there is none to ask.
        }
        if (answer is null)
        {
            var refused = stream.Refusal;
            await AdminDoor.SendErrorAsync(
                context,
                refused is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status409Conflict,
                refused ?? $"{stream.Name} is just starting or stopping: try again in some seconds."
            );
            return null;
        }
        if (answer.Refusal is { } refusal)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status409Conflict, refusal);
            return null;
        }
        return answer.Status;
    }

    private void Tell(LiveStream stream, string text, string? broadcast = null) =>
        log.Add(EventLevel.Info, stream.Name, EventKinds.Operator, text, broadcast: broadcast);

    private static bool? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SwitchJson.Default.PeerWish)?.On;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
