using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Streams;

/// <summary><c>player.json</c>: all a player must know before it asks for a playlist.</summary>
internal sealed record PlayerDocument
{
    public long Epoch { get; init; }
    public long Revision { get; init; }

    /// <summary><c>offline</c>, <c>live</c>, <c>slate</c> or <c>ended</c>.</summary>
    public required string State { get; init; }
    public required string Stream { get; init; }
    public required string Title { get; init; }

    /// <summary>Null: none.</summary>
    public string? Description { get; init; }

    /// <summary>Null: the player looks as it comes with the program.</summary>
    public PlayerBranding? Branding { get; init; }

    /// <summary>The broadcast on air, or the last one; null before the first.</summary>
    public string? Broadcast { get; init; }

    /// <summary>Relative to this document.</summary>
    public string Playlist { get; init; } = "playlist.m3u8";

    /// <summary>Replay of the broadcast on air, for going back beyond the live window; relative to this document. Null where none is kept.</summary>
    public string? Replay { get; init; }

    /// <summary>The list of replays, relative to this document; null while there is none to be listed.</summary>
    public string? Replays { get; init; }

    /// <summary>
    /// The source's own playlist, for a page that is to do without Spillway (<c>?direct</c>): an absolute address. Null: there is none.
    /// </summary>
    public string? Fallback { get; init; }

    /// <summary>Identity of the swarm; the same over crashes and take-overs.</summary>
    public string? Swarm { get; init; }

    /// <summary>
    /// WebSocket addresses; <c>{host}</c> stands for the page's own host name. A player uses the first, and the next one only while
    /// that one does not answer.
    /// </summary>
    public required IReadOnlyList<string> Trackers { get; init; }

    [JsonPropertyName("p2p")]
    public required PeerSettings Peers { get; init; }
    public required IReadOnlyList<string> Stun { get; init; }

    /// <summary>
    /// Part of the stream that all viewers have from each other, 0 to 1 in twentieths: an estimate. Null: viewers are not to be told, or nobody knows.
    /// </summary>
    public double? FromViewers { get; init; }

    /// <summary>Seconds behind the live edge at which to play.</summary>
    public double? LiveDelay { get; init; }

    /// <summary>The live delay follows the viewers: who has been stalled makes up for it once all is well. Null: it does not.</summary>
    public bool? CatchUp { get; init; }

    /// <summary>Seconds.</summary>
    public double? SegmentDuration { get; init; }

    /// <summary>Seconds.</summary>
    public int? TargetDuration { get; init; }

    /// <summary>For the viewers who report on their playback; null: nobody is to.</summary>
    public ReportSettings? Reports { get; init; }

    /// <summary>The operator wants the slate, whatever the source brings; kept here for the writer that comes after this one.</summary>
    public bool? SlateByHand { get; init; }

    /// <summary>The operator has ended the broadcast: what the source still brings is left out. Kept here as <see cref="SlateByHand"/> is.</summary>
    public bool? HeldByHand { get; init; }

    /// <summary>The operator has switched P2P off. Kept here as <see cref="SlateByHand"/> is.</summary>
    public bool? PeersOffByHand { get; init; }

    /// <returns>Null for what is no document of ours.</returns>
    public static PlayerDocument? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StreamsJson.Default.PlayerDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StreamsJson.Default.PlayerDocument);
}

internal sealed record PeerSettings(bool Enabled);

/// <summary><see cref="BrandingOptions"/>; null: as it comes with the program.</summary>
internal sealed record PlayerBranding(string? Name, string? Logo, string? Accent, string? Background)
{
    /// <returns>Null when nothing is set.</returns>
    public static PlayerBranding? Of(BrandingOptions options)
    {
        var branding = new PlayerBranding(Set(options.Name), Set(options.Logo), Set(options.Accent), Set(options.Background));
        return branding == new PlayerBranding(null, null, null, null) ? null : branding;

        static string? Set(string value) => value.Length > 0 ? value : null;
    }
}

/// <param name="Address">WebSocket; <c>{host}</c> stands for the page's own host name.</param>
/// <param name="Share">Part of the viewers who are to report, 0 to 1.</param>
/// <param name="Every">Seconds between two reports.</param>
/// <param name="After">Seconds that a viewer has watched at least before it decides.</param>
internal sealed record ReportSettings(string Address, double Share, double Every, double After);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlayerDocument))]
internal sealed partial class StreamsJson : JsonSerializerContext;
