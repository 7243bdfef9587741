namespace Spillway.Playlists;

/// <summary>A multivariant playlist (RFC 8216bis 4.4.6).</summary>
internal sealed record MultivariantPlaylist
{
    public bool IndependentSegments { get; init; }

    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>Our own comment line; null in other people's playlists.</summary>
    public Stamp? Stamp { get; init; }
}

/// <summary>EXT-X-STREAM-INF and its URI.</summary>
internal sealed record Variant
{
    /// <summary>The URI as written, not resolved.</summary>
    public required string Uri { get; init; }

    /// <summary>BANDWIDTH, bits per second.</summary>
    public required long Bandwidth { get; init; }

    /// <summary>AVERAGE-BANDWIDTH, bits per second.</summary>
    public long? AverageBandwidth { get; init; }

    /// <summary>CODECS, comma separated, RFC 6381.</summary>
    public string? Codecs { get; init; }

    public Resolution? Resolution { get; init; }

    /// <summary>FRAME-RATE, frames per second.</summary>
    public double? FrameRate { get; init; }
}

internal readonly record struct Resolution(int Width, int Height);
