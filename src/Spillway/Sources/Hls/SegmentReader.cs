using Spillway.Media;
using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>Reads one listed segment again and again until it is whole or no longer to be had.</summary>
internal sealed class SegmentReader(
    string rendition,
    Upstreams upstreams,
    SegmentKeys keys,
    Func<ListedWindow> window,
    SourceWarnings warnings,
    TimeProvider time
)
{
    private readonly InitializationSections _initializations = new(upstreams, keys);

    /// <summary>A segment of this source was much shorter than declared and stayed so: it will happen again.</summary>
    private volatile bool _overstates;

    /// <summary><see cref="SegmentArrived"/> or <see cref="SegmentMissed"/>; throws only on cancellation.</summary>
    public async Task<SourceEvent> ReadAsync(ListedSegment listed, CancellationToken ct)
    {
        if (listed.Missing is not null || listed.Segment is not { } segment)
            return Missed(listed, listed.Missing ?? "it was never listed");
        try
        {
            return await ReadUntilWholeAsync(listed, segment, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            warnings.Bug(rendition, e);
            return Missed(listed, "Spillway failed to read it");
        }
    }

    private async Task<SourceEvent> ReadUntilWholeAsync(ListedSegment listed, MediaSegment segment, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var unchangedSince = began;
        Take? last = null;
        for (var attempt = 0; ; attempt++)
        {
            var patience = 3 * window().Target;
            var take = await TakeAsync(listed, segment, patience, last, ct);
            if (!ReferenceEquals(take.Report, last?.Report))
                unchangedSince = time.GetTimestamp();
            last = take;
            var objection = take.Reason ?? Objection(take, listed, time.GetElapsedTime(unchangedSince));
            if (window().Overwrites(listed))
                return Missed(listed, "the source started again and overwrote it");
            if (objection is null)
                return Arrived(listed, segment, take);
            // Outside of the window it will not be finished any more, but what is whole may still prove to be stable.
            if (!take.IsWhole && !window().Lists(listed))
                return Missed(listed, objection);
            // Files that were listed together are given up together: each in its turn would hold up what follows for ever longer.
            if (time.GetElapsedTime(listed.ListedAt) > patience && time.GetElapsedTime(began) > window().Target)
                return Missed(listed, objection, take.Remedy);
            await Task.Delay(Pause(listed, attempt), time, ct);
        }
    }

    private async Task<Take> TakeAsync(
        ListedSegment listed,
        MediaSegment segment,
        TimeSpan patience,
        Take? last,
        CancellationToken ct
    )
    {
        if (upstreams.Resolve(listed.Playlist, segment.Uri) is not { } location)
            return new Take("it lies where the source may not point");
        var timeout = patience > TimeSpan.FromSeconds(10) ? patience : TimeSpan.FromSeconds(10);
        var silence = window().Target > TimeSpan.FromSeconds(2) ? window().Target : TimeSpan.FromSeconds(2);
        var read = await upstreams.For(location).ReadSegmentAsync(location, segment.Range, timeout, silence, ct);
        if (!read.IsWhole)
            return new Take(read.Reason);
        if (read.Bytes.IsEmpty)
            return new Take("it is empty");
        var bytes = read.Bytes;
        if (segment.Key is { } key)
        {
            var opened = await keys.OpenAsync(listed, key, bytes, timeout, ct);
            if (opened.Reason is not null)
                return new Take(opened.Reason, Remedy: opened.Remedy);
            bytes = opened.Bytes;
        }
        ReadOnlyMemory<byte>? section = null;
        if (segment.Map is { } map)
        {
            var init = await _initializations.ReadAsync(listed, map, timeout, silence, ct);
            if (!init.IsWhole)
                return new Take(init.Reason);
            section = init.Bytes;
        }
        if (last?.Report is not null && Same(bytes, last.Bytes) && Same(section ?? default, last.Section ?? default))
            return last;
        var report = MediaInspector.Inspect(bytes, section);
        if (!report.IsWhole && segment.Key is { } doubtful)
            keys.Doubt(listed, doubtful);
        return new Take(null, bytes, section, report) { IsFinished = upstreams.For(location).OnlyFinished };
    }

    /// <summary>Why the bytes are not to be trusted as the whole segment yet; null when they are.</summary>
    private string? Objection(Take take, ListedSegment listed, TimeSpan unchangedFor)
    {
        var declared = listed.Duration;
        var report = take.Report!;
        if (!take.IsWhole)
            return report.Problem ?? "it is cut short";
        // Of the shortest track: in a cut file the video may be complete and the sound after it not.
        var found = report.Tracks.Where(t => t.Kind != TrackKind.Other).Min(t => t.Duration);
        var slack = TimeSpan.FromSeconds(Math.Max(0.15, declared.TotalSeconds / 20));
        if (found >= declared - slack || take.IsFinished)
            return null;
        // A file may be cut between two packets and look whole. If it is not as long as declared, it must at least stay as it is:
        // for a moment if it is nearly that long, or nobody writes to it any more, for two target durations if not. EXTINF itself
        // may be wrong.
        var nearly = found is null || found >= declared / 2;
        var isOld = window().Run != listed.Run;
        var proof = nearly || _overstates || isOld ? TimeSpan.FromMilliseconds(300) : 2 * window().Target;
        if (unchangedFor < proof)
            return $"it holds {found?.TotalSeconds ?? 0:0.###} s of the {declared.TotalSeconds:0.###} s declared";
        _overstates |= !nearly && !isOld;
        return null;
    }

    private SegmentArrived Arrived(ListedSegment listed, MediaSegment segment, Take take) =>
        new()
        {
            Rendition = rendition,
            Run = listed.Run,
            Sequence = listed.Sequence,
            Discontinuity = listed.Discontinuity,
            DeclaredDuration = listed.Duration,
            Data = take.Bytes,
            // Not "null": that would become an empty section by ReadOnlyMemory's conversion from arrays.
            InitializationSection =
                segment.Map is { } map && take.Section is { } section
                    ? _initializations.Confirm(listed, map, section)
                    : default(ReadOnlyMemory<byte>?),
            Media = take.Report!,
        };

    private SegmentMissed Missed(ListedSegment listed, string reason, string? remedy = null)
    {
        if (remedy is not null)
            warnings.Warn(rendition, reason, remedy);
        warnings.Missed(rendition, listed.Sequence, reason);
        return new SegmentMissed(rendition, listed.Run, listed.Sequence, listed.Discontinuity, listed.Duration, reason);
    }

    private TimeSpan Pause(ListedSegment listed, int attempt)
    {
        var pause = upstreams.For(listed.Playlist).ReadAgainAfter;
        return upstreams.For(listed.Playlist).MayBeStale ? pause * Math.Min(3, 1 + attempt / 5) : pause;
    }

    private static bool Same(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) => a.Span.SequenceEqual(b.Span);

    private sealed record Take(
        string? Reason,
        ReadOnlyMemory<byte> Bytes = default,
        ReadOnlyMemory<byte>? Section = null,
        MediaReport? Report = null,
        string? Remedy = null
    )
    {
        /// <summary>It will not get longer.</summary>
        public bool IsFinished { get; init; }

        public bool IsWhole =>
            Report is { IsWhole: true } && (Report.Container != MediaContainer.MpegTs || Bytes.Length % 188 == 0);
    }
}
