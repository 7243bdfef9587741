namespace Spillway.Timeline;

/// <summary>One live stream's settings.</summary>
internal sealed class StreamOptions
{
    /// <summary>An HLS URL or a folder (later also <c>rtmp</c> and <c>push</c>).</summary>
    public string Source { get; set; } = "";

    /// <summary>Shown by the player.</summary>
    public string Title { get; set; } = "";

    /// <summary>Segments listed; at least as many as make 24 s. 0: the default, 6.</summary>
    public int Window { get; set; }

    /// <summary>Seconds; 0: from the source.</summary>
    public int TargetDuration { get; set; }

    /// <summary>How long the source may be away before the broadcast ends.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Viewers pass segments to each other.</summary>
    public bool P2P { get; set; } = true;
}
