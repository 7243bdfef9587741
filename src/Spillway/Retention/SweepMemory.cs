using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// <c>sweep.json</c>: what a sweep must know of those before it, also on a new machine. Times are the store's.
/// </summary>
internal sealed record SweepMemory
{
    public long Epoch { get; init; }
    public long Revision { get; init; }

    /// <summary>Broadcasts whose playlists are gone, until their segments are, too.</summary>
    public IReadOnlyDictionary<string, Removal> Removed { get; init; } = new Dictionary<string, Removal>();

    /// <summary>Where the windows on air stood some time ago, by <c>{broadcast}/{rendition}</c>.</summary>
    public IReadOnlyDictionary<string, WindowMark> Windows { get; init; } = new Dictionary<string, WindowMark>();

    /// <summary>Slates that nothing names and nobody uses, until when they stay.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Slates { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>The player page's assets that it no longer names, since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Assets { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>When the assets were looked at; null: never.</summary>
    public DateTimeOffset? AssetsSeen { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Default.SweepMemory);

    /// <returns>Null when it is none of ours.</returns>
    public static SweepMemory? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return StampReader.Read(body) is null ? null : JsonSerializer.Deserialize(body, SweepJson.Default.SweepMemory);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Says the same, whoever wrote it.</summary>
    public bool SaysWhat(SweepMemory other) =>
        AssetsSeen == other.AssetsSeen
        && Same(Removed, other.Removed)
        && Same(Windows, other.Windows)
        && Same(Slates, other.Slates)
        && Same(Assets, other.Assets);

    private static bool Same<T>(IReadOnlyDictionary<string, T> one, IReadOnlyDictionary<string, T> other) =>
        one.Count == other.Count
        && one.All(pair => other.TryGetValue(pair.Key, out var value) && EqualityComparer<T>.Default.Equals(value, pair.Value));
}

/// <param name="At">When its last playlist was about to be deleted, or was found gone.</param>
/// <param name="Until">Its segments stay until then.</param>
internal sealed record Removal(DateTimeOffset At, DateTimeOffset Until);

/// <summary>A window as it was listed. What lies before it then had left it by then.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="First">Its first number.</param>
/// <param name="Seconds">The longest it was seen to be, up to now.</param>
internal sealed record WindowMark(DateTimeOffset At, long First, double Seconds);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SweepMemory))]
[JsonSerializable(typeof(SweepResult))]
internal sealed partial class SweepJson : JsonSerializerContext;
