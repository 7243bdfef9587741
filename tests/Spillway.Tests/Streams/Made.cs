using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;

namespace Spillway.Tests.Streams;

/// <summary>Segments as a source tells of them, without media: for what looks at times and formats only.</summary>
internal static class Made
{
    public const string Video = "avc1.42c01e";
    public const string Audio = "mp4a.40.2";

    public static SourceRendition Rendition(string name = "0", int target = 2, long? bandwidth = null, string? codecs = null) =>
        new(name, target, bandwidth, codecs);

    public static SegmentArrived Segment(
        string rendition = "0",
        int run = 0,
        long sequence = 0,
        double? measured = 2,
        double declared = 2,
        int bytes = 100_000,
        string? video = Video,
        string? audio = Audio,
        Resolution? size = null,
        double? frameRate = 25,
        bool? keyframe = true,
        MediaContainer container = MediaContainer.MpegTs
    )
    {
        var (width, height) = size ?? new Resolution(640, 360);
        var duration = measured is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return new SegmentArrived
        {
            Rendition = rendition,
            Run = run,
            Sequence = sequence,
            Discontinuity = false,
            DeclaredDuration = TimeSpan.FromSeconds(declared),
            Data = new byte[bytes],
            Media = new MediaReport
            {
                Container = container,
                IsWhole = true,
                Tracks =
                [
                    new TrackReport
                    {
                        Kind = TrackKind.Video,
                        Id = 256,
                        Codec = video,
                        Width = width,
                        Height = height,
                        FrameRate = frameRate,
                        Samples = 50,
                        Duration = duration,
                        FirstTimestamp = TimeSpan.FromSeconds(1.4 + sequence * (measured ?? declared)),
                        StartsWithKeyframe = keyframe,
                    },
                    new TrackReport
                    {
                        Kind = TrackKind.Audio,
                        Id = 257,
                        Codec = audio,
                        Samples = 90,
                    },
                ],
            },
        };
    }
}
