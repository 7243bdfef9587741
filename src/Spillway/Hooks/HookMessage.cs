using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Events;

namespace Spillway.Hooks;

/// <summary>One event on its way to one hook.</summary>
/// <param name="Id">The same at each try, so that the receiver can tell a repetition.</param>
/// <param name="Kind">For the log.</param>
/// <param name="Body">JSON.</param>
internal sealed record HookMessage(string Id, string Kind, byte[] Body)
{
    public static HookMessage Of(OperatorEvent happened, string instance) =>
        new(
            "msg_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
            happened.Kind,
            JsonSerializer.SerializeToUtf8Bytes(
                new HookBody(
                    happened.Kind,
                    happened.Time.UtcDateTime,
                    new HookData(
                        happened.Number,
                        happened.Level,
                        happened.Stream,
                        happened.Broadcast,
                        happened.Text,
                        happened.Remedy,
                        instance
                    )
                ),
                HookJson.Default.HookBody
            )
        );
}

/// <param name="Type">The event's kind.</param>
/// <param name="Timestamp">When it happened, by the store's clock.</param>
internal sealed record HookBody(string Type, DateTime Timestamp, HookData Data);

/// <param name="Number">Rises with each event of this instance, and begins anew with its start.</param>
/// <param name="Stream">Null: it is about the whole server.</param>
/// <param name="Broadcast">The one on air; null: none.</param>
/// <param name="Remedy">Null: there is nothing to do, or <paramref name="Text"/> says it.</param>
/// <param name="Instance">Which Spillway says so: two may write the same stream in turn.</param>
internal sealed record HookData(
    long Number,
    EventLevel Level,
    string? Stream,
    string? Broadcast,
    string Text,
    string? Remedy,
    string Instance
);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HookBody))]
internal sealed partial class HookJson : JsonSerializerContext;
