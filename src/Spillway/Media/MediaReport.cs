namespace Spillway.Media;

internal enum MediaContainer
{
    Unknown,
    MpegTs,
    FragmentedMp4,
}

/// <summary>What was found inside one segment without decoding it.</summary>
internal sealed record MediaReport
{
    public required MediaContainer Container { get; init; }

    /// <summary>
    /// False when the bytes stop in the middle of a packet or box, or hold no media at all: a file still being written.
    /// </summary>
    public required bool IsWhole { get; init; }

    /// <summary>What could not be read and why, in words for the operator; null when all was understood.</summary>
    public string? Problem { get; init; }

    /// <summary>Video first, then audio, in the order of their ids.</summary>
    public required IReadOnlyList<TrackReport> Tracks { get; init; }

    /// <summary>First to last presentation time plus one frame, of the video track, else of the first audio track; null if unreadable.</summary>
    public TimeSpan? Duration => Leading?.Duration;

    /// <summary>The earliest presentation time stamp of the leading track; in MPEG-TS modulo <see cref="TimestampModulus"/>.</summary>
    public TimeSpan? FirstTimestamp => Leading?.FirstTimestamp;

    /// <summary>The video track starts with a keyframe; true for audio alone; null if that cannot be told.</summary>
    public bool? StartsWithKeyframe => Leading is { } track ? track.StartsWithKeyframe : null;

    /// <summary>Video if there is any, else audio; never of kind Other. A track without a sample leads only if no other has one.</summary>
    public TrackReport? Leading =>
        Tracks.FirstOrDefault(track => track.Kind != TrackKind.Other && track.Samples > 0)
        ?? Tracks.FirstOrDefault(track => track.Kind != TrackKind.Other);

    /// <summary>
    /// The attribute CODECS (RFC 8216 section 4.3.4.2) for all picture and sound, video first and none twice; null if one of them could
    /// not be told, since an incomplete list is wrong.
    /// </summary>
    public string? Codecs
    {
        get
        {
            var played = Tracks.Where(track => track.Kind != TrackKind.Other).ToList();
            return played.Count > 0 && played.TrueForAll(track => track.Codec is not null)
                ? string.Join(',', played.Select(track => track.Codec).Distinct(StringComparer.Ordinal))
                : null;
        }
    }

    /// <summary>Time stamps of MPEG-TS have 33 bits at 90 kHz and wrap after 26.5 hours; null where they do not wrap.</summary>
    public TimeSpan? TimestampModulus => Container == MediaContainer.MpegTs ? TimeSpan.FromTicks((1L << 33) * 1000 / 9) : null;

    /// <summary>More than any real segment has; what goes beyond is not read.</summary>
    public const int MostTracks = 64;

    public static MediaReport Of(MediaContainer container, IReadOnlyList<TrackReport> tracks, Findings findings) =>
        new()
        {
            Container = container,
            IsWhole = findings.IsWhole,
            Problem = findings.Problem,
            Tracks = [.. tracks.OrderBy(track => track.Kind).ThenBy(track => track.Id)],
        };
}

internal enum TrackKind
{
    Video,
    Audio,
    Other,
}

internal sealed record TrackReport
{
    public required TrackKind Kind { get; init; }

    /// <summary>PID or track id.</summary>
    public required int Id { get; init; }

    /// <summary>RFC 6381, such as <c>avc1.64001f</c> or <c>mp4a.40.2</c>; null if it could not be told.</summary>
    public string? Codec { get; init; }

    public int? Width { get; init; }
    public int? Height { get; init; }

    /// <summary>Frames per second, from the media's own timing.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Hertz.</summary>
    public int? SampleRate { get; init; }
    public int? Channels { get; init; }

    /// <summary>Access units, or PES packets where they could not be told apart.</summary>
    public int Samples { get; init; }

    /// <summary>Earliest presentation time stamp.</summary>
    public TimeSpan? FirstTimestamp { get; init; }

    /// <summary>From the earliest presentation time to the end of the latest sample, wraps undone.</summary>
    public TimeSpan? Duration { get; init; }

    public bool? StartsWithKeyframe { get; init; }
}
