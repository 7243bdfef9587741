using System.Text.Json.Serialization;

namespace Spillway.Events;

/// <summary>Something that happened and that the operator should know of.</summary>
/// <param name="Number">From 1 on, in the order they happened; begins anew with each process.</param>
/// <param name="Time">By the store's clock.</param>
/// <param name="Stream">The live stream it is about; null: the whole server.</param>
/// <param name="Kind">One of <see cref="EventKinds"/>.</param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Remedy">What to do about it; null: nothing, or <paramref name="Text"/> says it.</param>
internal sealed record OperatorEvent(
    long Number,
    DateTimeOffset Time,
    EventLevel Level,
    string? Stream,
    string Kind,
    string Text,
    string? Remedy
)
{
    /// <summary>The broadcast on air when it happened; null: none.</summary>
    public string? Broadcast { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<EventLevel>))]
internal enum EventLevel
{
    /// <summary>All is well, or well again.</summary>
    [JsonStringEnumMemberName("info")]
    Info,

    /// <summary>Somebody should look: viewers see or will see it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>It does not mend itself.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}
