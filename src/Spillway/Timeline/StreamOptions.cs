using Spillway.Configuration;

namespace Spillway.Timeline;

/// <summary>One live stream's settings.</summary>
internal sealed class StreamOptions
{
    /// <summary>An HLS URL or a folder (later also <c>rtmp</c> and <c>push</c>).</summary>
    public string Source { get; set; } = "";

    /// <summary>Shown by the player.</summary>
    public string Title { get; set; } = "";

    /// <summary>Segments listed; at least as many as make 24 s. 0: the default, 6.</summary>
    [Bounds(3, 10_000, OrZero = true)]
    public int Window { get; set; }

    /// <summary>Seconds; 0: from the source.</summary>
    [Bounds(1, 30, OrZero = true)]
    public int TargetDuration { get; set; }

    /// <summary>How long the source may be away before the broadcast ends.</summary>
    [Bounds(5, 3600)]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Viewers pass segments to each other.</summary>
    public bool P2P { get; set; } = true;
}
