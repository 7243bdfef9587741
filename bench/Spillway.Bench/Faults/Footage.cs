using Spillway.Bench.Latency;
using Spillway.Media;

namespace Spillway.Bench.Faults;

/// <summary>What the source plays, and which part of the media each of its segments is.</summary>
internal sealed record Footage(Recording Recording, IReadOnlyList<MediaSpan> Spans)
{
    /// <summary>In one rendition.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg failed, or made what cannot be read.</exception>
    public static async Task<Footage> MakeAsync(string folder, TimeSpan length, CancellationToken cancellationToken)
    {
        var segments = (int)length.TotalSeconds / Recording.SegmentSeconds;
        var recording = (await Recording.MakeAsync(folder, segments, cancellationToken)).Best;
        return new Footage(recording, [.. recording.Renditions[0].Segments.Select(Span)]);
    }

    private static MediaSpan Span(RecordedSegment segment) =>
        MediaInspector.Inspect(segment.Bytes) is { FirstTimestamp: { } from, Duration: { } duration }
            ? new MediaSpan(from, from + duration)
            : throw new InvalidOperationException($"{segment.Uri} has no time stamps.");
}
