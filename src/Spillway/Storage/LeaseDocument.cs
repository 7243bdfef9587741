using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Storage;

/// <summary><c>lease.json</c>: who writes a live stream, and how long that holds without a renewal.</summary>
internal sealed record LeaseDocument
{
    public const string Live = "live";
    public const string Away = "away";

    /// <summary>Rises at each take-over.</summary>
    public required long Epoch { get; init; }

    /// <summary>Rises at each renewal, so that no two bodies are the same.</summary>
    public required long Revision { get; init; }

    /// <summary>Id of the instance.</summary>
    public required string Writer { get; init; }

    /// <summary>Seconds, never a time of day: whoever waits counts by its own clock. 0: given back.</summary>
    public required double Duration { get; init; }

    /// <summary><see cref="Live"/> or <see cref="Away"/>: whether the writer's source delivers.</summary>
    public required string Source { get; init; }

    /// <summary>A playlist whose new versions count as renewals; null for none.</summary>
    public string? Playlist { get; init; }

    [JsonIgnore]
    public bool IsReleased => Duration <= 0;

    /// <summary>Null when the bytes are no lease.</summary>
    public static LeaseDocument? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var read = JsonSerializer.Deserialize(body, LeaseJson.Default.LeaseDocument);
            return read is { Epoch: >= 0, Writer: not null, Source: not null } && double.IsFinite(read.Duration)
                // What is not a key cannot be watched.
                ? read with
                {
                    Playlist = read.Playlist is { } key && ObjectKey.Problem(key) is null ? key : null,
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LeaseJson.Default.LeaseDocument);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseDocument))]
internal sealed partial class LeaseJson : JsonSerializerContext;
