using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Replays;

/// <summary><c>replays.json</c>: the kept replays, the newest first. A broadcast is kept if and only if it is named here.</summary>
internal sealed record ReplaysDocument
{
    public long Epoch { get; init; }
    public long Revision { get; init; }
    public required IReadOnlyList<ReplayEntry> Replays { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReplaysJson.Default.ReplaysDocument);

    /// <returns>Null when it is no such document: then nobody knows what is kept, and nothing may be deleted.</returns>
    public static ReplaysDocument? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var document = JsonSerializer.Deserialize(body, ReplaysJson.Default.ReplaysDocument);
            return document is { Replays: not null } && document.Replays.All(static entry => entry?.IsSound == true)
                ? document
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One broadcast to watch again.</summary>
internal sealed record ReplayEntry
{
    public required string Broadcast { get; init; }

    /// <summary>The stream's at the end of the broadcast.</summary>
    public required string Title { get; init; }

    /// <summary>Date of its first segment.</summary>
    public required DateTimeOffset Begin { get; init; }

    /// <summary>Date of the end of its last segment; null while it is on air.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Seconds of media, gaps included; of what is on air, so far.</summary>
    public required double Duration { get; init; }

    public required ReplayGaps Gaps { get; init; }

    /// <summary>Of its segments in all renditions, the slate's left out; null when not known.</summary>
    public long? Bytes { get; init; }

    /// <summary><see cref="Bytes"/> is counted for a part of it and worked out for the rest: the program was started anew meanwhile.</summary>
    public bool BytesEstimated { get; init; }

    /// <summary>Multivariant playlists, one a part of at most 12 h, relative to this document.</summary>
    public required IReadOnlyList<string> Playlists { get; init; }

    public bool OnAir { get; init; }

    /// <summary>Keys are made of it: it must not lead anywhere else.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Broadcast is { Length: > 0 }
        && !Broadcast.Contains('/', StringComparison.Ordinal)
        && Title is not null
        && Gaps is not null
        && Playlists is not null
        && Playlists.All(path => path?.StartsWith(Broadcast + "/", StringComparison.Ordinal) == true);
}

/// <param name="Count">Segments listed as missing.</param>
/// <param name="Seconds">How long they last in all.</param>
internal sealed record ReplayGaps(int Count, double Seconds);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplaysDocument))]
internal sealed partial class ReplaysJson : JsonSerializerContext;
