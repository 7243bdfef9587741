using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;

namespace Spillway.Streams;

/// <summary>
/// What players are told of a rendition, fixed for a broadcast: p2p-media-loader hashes these attributes into the swarm's
/// identity, so that a value which changes would part viewers who joined at different times.
/// </summary>
internal sealed record RenditionFormat
{
    public required MediaContainer Container { get; init; }
    public required string? Codecs { get; init; }
    public required Resolution? Resolution { get; init; }
    public required double? FrameRate { get; init; }

    /// <summary>Bits per second.</summary>
    public required long Bandwidth { get; init; }
    public required long AverageBandwidth { get; init; }

    /// <summary>
    /// From the first segments: BANDWIDTH is the larger of the measured peak with half as much again and the source's own
    /// word, since what follows may be harder to encode than what came first.
    /// </summary>
    /// <param name="first">At least one segment.</param>
    /// <param name="declared">What the source says.</param>
    /// <param name="set">BANDWIDTH as the operator wants it; null: it is worked out.</param>
    public static RenditionFormat Of(IReadOnlyList<SegmentArrived> first, SourceRendition declared, long? set = null)
    {
        var (container, codecs, resolution, frameRate) = Shape(first[0].Media, declared);
        var peak = first.Max(static segment => BitRate(segment.Data.Length, DurationOf(segment)));
        var average = BitRate(
            first.Sum(static s => (long)s.Data.Length),
            TimeSpan.FromTicks(first.Sum(static s => DurationOf(s).Ticks))
        );
        var bandwidth = set ?? Math.Max((long)(peak * 1.5), declared.Bandwidth ?? 0);
        return new RenditionFormat
        {
            Container = container,
            Codecs = codecs,
            Resolution = resolution,
            FrameRate = frameRate,
            Bandwidth = RoundUp(bandwidth),
            AverageBandwidth = RoundUp(Math.Min(bandwidth, (long)(average * 1.25))),
        };
    }

    /// <summary>As it was published: none of it may change.</summary>
    public static RenditionFormat Of(Variant published, MediaPlaylist playlist) =>
        new()
        {
            // EXT-X-MAP stays in force over gaps, too.
            Container = playlist.Segments[^1].Map is null ? MediaContainer.MpegTs : MediaContainer.FragmentedMp4,
            Codecs = published.Codecs,
            Resolution = published.Resolution,
            FrameRate = published.FrameRate,
            Bandwidth = published.Bandwidth,
            AverageBandwidth = published.AverageBandwidth ?? published.Bandwidth,
        };

    /// <summary>The segment can be played after the others without new decoders: same container, codecs, size.</summary>
    public bool Carries(SegmentArrived segment, SourceRendition declared)
    {
        var (container, codecs, resolution, _) = Shape(segment.Media, declared);
        return container == Container && codecs == Codecs && resolution == Resolution;
    }

    /// <summary>Same container, codecs and size.</summary>
    public bool IsLike(RenditionFormat other) =>
        (Container, Codecs, Resolution) == (other.Container, other.Codecs, other.Resolution);

    /// <summary>With a BANDWIDTH of no less than that, in bits per second.</summary>
    public RenditionFormat WithAtLeast(long bandwidth) => this with { Bandwidth = Math.Max(Bandwidth, RoundUp(bandwidth)) };

    /// <summary>In words, for the operator.</summary>
    public string Shown =>
        string.Join(
            ' ',
            (
                (string?[])[Codecs, Resolution is { } size ? $"{size.Width}x{size.Height}" : null, $"in {Container}"]
            ).OfType<string>()
        );

    public Variant ToVariant(string uri) =>
        new()
        {
            Uri = uri,
            Bandwidth = Bandwidth,
            AverageBandwidth = AverageBandwidth,
            Codecs = Codecs,
            Resolution = Resolution,
            FrameRate = FrameRate,
        };

    public static TimeSpan DurationOf(SegmentArrived segment) =>
        segment.Media.Duration is { } measured && measured > TimeSpan.Zero ? measured : segment.DeclaredDuration;

    private static (MediaContainer, string?, Resolution?, double?) Shape(MediaReport media, SourceRendition declared)
    {
        var video = media.Tracks.FirstOrDefault(static track => track.Kind == TrackKind.Video);
        return (
            media.Container,
            media.Codecs ?? declared.Codecs,
            video is { Width: { } width, Height: { } height } ? new Resolution(width, height) : null,
            video?.FrameRate
        );
    }

    private static long BitRate(long bytes, TimeSpan duration) =>
        duration > TimeSpan.Zero ? (long)(bytes * 8 / duration.TotalSeconds) : 0;

    /// <summary>To whole kilobits.</summary>
    private static long RoundUp(long bitsPerSecond) => Math.Max(1000, (bitsPerSecond + 999) / 1000 * 1000);
}
