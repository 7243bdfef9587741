using Spillway.AdaptiveWindow;
using Spillway.Configuration;
using Spillway.Replays;
using Spillway.Streams;

namespace Spillway.Timeline;

/// <summary>One live stream's settings.</summary>
internal sealed class StreamOptions
{
    /// <summary>Values of <see cref="Source"/> for an encoder that comes to Spillway, instead of Spillway following it.</summary>
    public const string Rtmp = "rtmp";
    public const string Push = "push";

    /// <summary>Value of <see cref="Slate"/>: pauses are listed as gaps.</summary>
    public const string NoSlate = "none";

    /// <summary>An HLS URL or a folder; <c>rtmp</c> or <c>push</c>: an encoder publishes to Spillway.</summary>
    public string Source { get; set; } = "";

    /// <summary>The source's playlists and redirects may lead to private addresses, and not only on the source's own host.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>What an encoder must know to publish (<c>rtmp</c>, <c>push</c>); empty: one is made and kept in the data folder.</summary>
    [Secret]
    public string Key { get; set; } = "";

    /// <summary>Shown by the player; empty: as the source calls it, else the stream's name.</summary>
    public string Title { get; set; } = "";

    /// <summary>What the player page says below the picture; empty: nothing.</summary>
    public string Description { get; set; } = "";

    /// <summary>How the player looks.</summary>
    public BrandingOptions Branding { get; set; } = new();

    /// <summary>Segments listed; at least as many as make 24 s. 0: the default, 6.</summary>
    [Bounds(3, 10_000, OrZero = true)]
    public int Window { get; set; }

    /// <summary>How far behind the live edge viewers play: by the segments, fixed, or as they themselves ask for.</summary>
    public LiveDelayOptions LiveDelay { get; set; } = new();

    /// <summary>
    /// Bytes of a live playlist, gzip'd: where <see cref="Window"/> would make it larger, it lists less. Every viewer asks for it
    /// every few seconds.
    /// </summary>
    [Bounds(4_000, 10_000_000)]
    public ByteSize MaxPlaylist { get; set; } = new(64_000);

    /// <summary>Seconds; 0: from the source.</summary>
    [Bounds(1, 30, OrZero = true)]
    public int TargetDuration { get; set; }

    /// <summary>Seconds. Where Spillway itself cuts (<c>rtmp</c>, <see cref="Ladder"/>): at the first keyframe after so long.</summary>
    [Bounds(1, 10)]
    public int SegmentDuration { get; set; } = 2;

    /// <summary>Renditions to be made of the one that comes in, such as <c>720p</c> or <c>854x480@1200k</c>; empty: none.</summary>
    public string[] Ladder { get; set; } = [];

    /// <summary>
    /// BANDWIDTH as players are told it, such as <c>720p=3500k</c>, or <c>3500k</c> for all; empty: one and a half times the first
    /// segments' peak, or what the source declares if that is more.
    /// </summary>
    public string[] Bandwidth { get; set; } = [];

    /// <summary>A media file shown while the source is away; empty: the one that comes with the program; <c>none</c>.</summary>
    public string Slate { get; set; } = "";

    /// <summary>How long the source may be away before the broadcast ends.</summary>
    [Bounds(5, 3600)]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The way back: address of the source's own playlist as viewers reach it, played by a page whose address ends in <c>?direct</c>.
    /// Empty: there is none.
    /// </summary>
    public string Fallback { get; set; } = "";

    /// <summary>Broadcasts kept to be watched again; none by default.</summary>
    public ReplayOptions Replay { get; set; } = new();

    /// <summary>Viewers pass segments to each other.</summary>
    public bool P2P { get; set; } = true;

    /// <summary>Viewers from whom on they do: with fewer, everything comes from the edge. 0: always.</summary>
    public int P2PFromViewers { get; set; }

    /// <summary>Viewers are told what part of the stream all of them have from each other.</summary>
    public bool ShowSavings { get; set; }
}
