using Spillway.AdaptiveWindow;
using Spillway.Audience;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>One live stream as the operator sees it.</summary>
internal sealed record StreamPicture
{
    public required string Name { get; init; }

    /// <summary>As players are told.</summary>
    public required string Title { get; init; }

    /// <summary><c>offline</c>, <c>live</c>, <c>slate</c>, <c>ended</c> or <c>standby</c>.</summary>
    public required string State { get; init; }

    /// <summary>On air, or the last one of this process; null: none.</summary>
    public string? Broadcast { get; init; }

    /// <summary>Date of the broadcast's first segment; null: nothing is on air.</summary>
    public DateTimeOffset? OnAirSince { get; init; }

    /// <summary>Seconds since then; null: nothing is on air.</summary>
    public double? OnAirSeconds { get; init; }
    public required LinkPicture Links { get; init; }
    public required SwitchPicture Switches { get; init; }
    public required SourcePicture Source { get; init; }

    /// <summary>Where encoders publish to; null: Spillway follows the source.</summary>
    public PublishPicture? Publish { get; init; }

    /// <summary>What the live playlists list; one a rendition. Empty: nothing was on air.</summary>
    public required IReadOnlyList<RenditionPicture> Window { get; init; }

    /// <summary>Live delay and length of the window, and why; null: nothing was on air since the start.</summary>
    public WindowReport? LiveDelay { get; init; }

    /// <summary>Segments that were lost since the start: listed as gaps. Those of pauses are not among them.</summary>
    public required long Gaps { get; init; }

    /// <summary>Gaps listed since the start because nothing came for so long; in all renditions. The slate, where there is one, is none.</summary>
    public required long PauseGaps { get; init; }
    public required ViewerPicture Viewers { get; init; }
    public required WayPicture Ways { get; init; }
    public required PlaybackPicture Playback { get; init; }
    public required UploadPicture Uploads { get; init; }

    /// <summary>From the store's answer to the playlist that lists the segment.</summary>
    public required PublishingReport Publishing { get; init; }
    public required OperationPicture Operations { get; init; }

    /// <summary>Of the present broadcast, or the last; null: none yet.</summary>
    public MoneyPicture? Money { get; init; }

    /// <summary>What the server sends to the store: once a rendition, whatever the audience. In no other figure.</summary>
    public required UplinkPicture Uplink { get; init; }

    /// <summary>Against the same bytes from the server; null: nobody has reported.</summary>
    public SavedPicture? Saved { get; init; }
    public required WriterPicture Writer { get; init; }
    public required ReplayPicture Replays { get; init; }

    /// <summary>The gravest first; empty: all is well.</summary>
    public required IReadOnlyList<FaultPicture> Faults { get; init; }
    public required IReadOnlyList<AdvicePicture> Advice { get; init; }
}

/// <param name="Page">The player page at the edge; null where viewers take their host name from what they opened.</param>
/// <param name="Playlist">The lasting URL at the edge, as <paramref name="Page"/>.</param>
/// <param name="LocalPage">The player page at this server, from its root.</param>
/// <param name="LocalPlaylist">The playlist at this server, from its root.</param>
internal sealed record LinkPicture(string? Page, string? Playlist, string LocalPage, string LocalPlaylist);

/// <summary>What can be switched, how it stands, and why it cannot be switched where it cannot.</summary>
/// <param name="Slate">By hand.</param>
/// <param name="SlateRefusal">Why the slate cannot be put on air now; null: it can, or it is.</param>
/// <param name="Peers">The operator lets viewers share.</param>
/// <param name="PeersNow">Players are told to share: also the settings allow it, and there are enough viewers.</param>
/// <param name="PeersWhy">Why players are not told to, in words; null: they are.</param>
/// <param name="EndRefusal">Why there is nothing to end; null: there is.</param>
/// <param name="Held">
/// Ended by hand, and the source still brings what it brought: nothing goes on air until the source was away, or it is let in again.
/// </param>
/// <param name="KeyRefusal">Why the stream key cannot be changed here; null: it can.</param>
internal sealed record SwitchPicture(
    bool Slate,
    string? SlateRefusal,
    bool Peers,
    bool PeersNow,
    string? PeersWhy,
    string? EndRefusal,
    bool Held,
    string? KeyRefusal
);

/// <summary>The source's health. Figures are of the rendition with most bits, of its last 30 segments.</summary>
internal sealed record SourcePicture
{
    /// <summary><c>hls</c>, <c>folder</c>, <c>rtmp</c> or <c>push</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Without credentials and query; for a folder its path; null for <c>rtmp</c> and <c>push</c>.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// <c>live</c>, <c>late</c>, <c>away</c>, <c>starting</c> or <c>waiting</c>. Late: nothing has come for longer than is usual. Starting: it
    /// sends, and is not on air yet. Waiting: nothing has come since the start, and nothing is wrong.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Segments that have come of the three that a broadcast begins with; null: one is on air, or nothing comes.</summary>
    public int? Starting { get; init; }

    /// <summary>Why nothing comes, in words; null: it does.</summary>
    public string? Away { get; init; }
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>Seconds until the broadcast ends if it stays away; null: it is not away, or nothing is on air.</summary>
    public double? EndsIn { get; init; }

    /// <summary>What the operator should change at the encoder; null: nothing.</summary>
    public string? Advice { get; init; }

    /// <summary>Bits per second, of all tracks, as measured; null: not known, as all below.</summary>
    public double? BitRate { get; init; }

    /// <summary>Seconds between two keyframes at most: the longest segment, where all begin with one.</summary>
    public double? KeyframeInterval { get; init; }

    /// <summary>Seconds, mean, as measured in the media.</summary>
    public double? SegmentDuration { get; init; }

    /// <summary>Seconds by which the media have gone ahead of the wall's clock since the source began or jumped; negative: they lag.</summary>
    public double? Drift { get; init; }

    /// <summary>When the last segment came.</summary>
    public DateTimeOffset? LastSegmentAt { get; init; }

    /// <summary>How often the source has started again since this process did.</summary>
    public required long Restarts { get; init; }

    /// <summary>How often it was away since this process started.</summary>
    public required long Interruptions { get; init; }

    /// <summary>Segments it listed that could not be had, since the start.</summary>
    public required long Missed { get; init; }
    public required IReadOnlyList<SourceRenditionPicture> Renditions { get; init; }
}

/// <param name="Name">Its name.</param>
/// <param name="Codecs">As RFC 6381 writes them.</param>
/// <param name="Resolution">Such as <c>1280x720</c>.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="BitRate">Bits per second, as measured.</param>
/// <param name="Told">Bits per second, as players are told (BANDWIDTH).</param>
internal sealed record SourceRenditionPicture(
    string Name,
    string? Codecs,
    string? Resolution,
    double? FrameRate,
    double? BitRate,
    long? Told
);

/// <param name="Kind"><c>rtmp</c> or <c>push</c>.</param>
/// <param name="Address">With <c>KEY</c> for the key, and <c>{host}</c> for this server's name where no setting says it.</param>
/// <param name="KeyIsIn">Where the key is kept, in words.</param>
/// <param name="KeyChangedAt">When it was changed last, since the start; null: never.</param>
internal sealed record PublishPicture(string Kind, string Address, string KeyIsIn, DateTimeOffset? KeyChangedAt);

/// <summary>What one live playlist lists now, as the store has acknowledged it.</summary>
/// <param name="Name">Of the rendition.</param>
/// <param name="TargetDuration">Seconds.</param>
/// <param name="Ended">It carries ENDLIST.</param>
/// <param name="Stored">Segments of this broadcast that this process has stored.</param>
/// <param name="Entries">In order, the last 60 that are listed. What waits for the store stands at the end, with <c>storedAt</c> null.</param>
internal sealed record RenditionPicture(
    string Name,
    int TargetDuration,
    bool Ended,
    long Stored,
    IReadOnlyList<EntryPicture> Entries
);

/// <summary>One segment of the time line.</summary>
/// <param name="Number">Media sequence number.</param>
/// <param name="Date">PROGRAM-DATE-TIME of its start.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="State"><c>listed</c>, <c>stored</c> (not listed yet) or <c>waiting</c> (for the store).</param>
/// <param name="ArrivedAt">When it came from the source; null: of an earlier process, of the slate, or a gap.</param>
/// <param name="StoredAt">When the store said yes; null as <paramref name="ArrivedAt"/>, or it waits.</param>
/// <param name="UploadMs">From the first try to the yes; null as <paramref name="StoredAt"/>.</param>
/// <param name="Tries">PUTs; null as <paramref name="StoredAt"/>.</param>
/// <param name="Bytes">Null: not known.</param>
/// <param name="Gap">EXT-X-GAP: it was not stored in time, or never came.</param>
/// <param name="Discontinuity">EXT-X-DISCONTINUITY stands before it.</param>
/// <param name="Slate">It shows the slate.</param>
internal sealed record EntryPicture(
    long Number,
    DateTimeOffset Date,
    double Duration,
    string State,
    DateTimeOffset? ArrivedAt,
    DateTimeOffset? StoredAt,
    double? UploadMs,
    int? Tries,
    long? Bytes,
    bool Gap,
    bool Discontinuity,
    bool Slate
);

/// <summary>Who watches. Estimates carry their bounds and how they were made.</summary>
/// <param name="Now">Null: nobody knows.</param>
/// <param name="Sharing">Part of them who share, 0 to 1.</param>
/// <param name="AtTracker">Viewers at this instance's tracker; null: not measured.</param>
/// <param name="Reporters">Who report.</param>
/// <param name="Share">Part of the viewers who are to report, 0 to 1; 0: nobody is.</param>
/// <param name="Peak">Of the broadcast; null: not known.</param>
/// <param name="Mean">Of the broadcast; null: not known.</param>
/// <param name="Renditions">What they watch.</param>
internal sealed record ViewerPicture(
    Estimate? Now,
    Estimate? Sharing,
    int? AtTracker,
    int Reporters,
    double Share,
    double? Peak,
    double? Mean,
    IReadOnlyList<RenditionAudience> Renditions
);

/// <summary>Which way viewers' bytes came.</summary>
/// <param name="FromPeersNow">Part of the bytes of the last minutes, 0 to 1; null: nobody has reported, as all below.</param>
/// <param name="FromPeersShare">Part of the bytes of the whole broadcast, 0 to 1.</param>
/// <param name="FromPeers">Bytes, of the whole broadcast.</param>
/// <param name="FromEdge">Bytes, of the whole broadcast.</param>
/// <param name="ToPeers">Bytes that viewers gave, of the whole broadcast.</param>
/// <param name="FromOrigin">Bytes that this server sent to viewers in the broadcast: counted, of all streams; null: not counted.</param>
/// <param name="EdgeCounted">Requests and bytes at the embedded edge in the broadcast, of all streams; null with a bucket.</param>
internal sealed record WayPicture(
    Estimate? FromPeersNow,
    Estimate? FromPeersShare,
    Estimate? FromPeers,
    Estimate? FromEdge,
    Estimate? ToPeers,
    long? FromOrigin,
    Reports.TrafficReport? EdgeCounted
);

/// <summary>How it goes for viewers; null: nobody has reported.</summary>
/// <param name="Latency">Seconds behind the live edge, median, now.</param>
/// <param name="Latency95">Seconds, 95 of 100 are below.</param>
/// <param name="StallsPerHourNow">Of one viewer, in the last minutes.</param>
/// <param name="StallsPerHour">Of one viewer, in the whole broadcast.</param>
/// <param name="StalledShare">Part of the time in which the picture stood still, 0 to 1, in the whole broadcast.</param>
/// <param name="StartUp">Seconds to the first picture, median.</param>
/// <param name="StartUp95">Seconds.</param>
/// <param name="Connections">To other viewers, of one viewer, median.</param>
internal sealed record PlaybackPicture(
    Estimate? Latency,
    Estimate? Latency95,
    Estimate? StallsPerHourNow,
    Estimate? StallsPerHour,
    Estimate? StalledShare,
    Estimate? StartUp,
    Estimate? StartUp95,
    Estimate? Connections
);
