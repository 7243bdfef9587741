using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>
/// One replay playlist: an EVENT playlist (RFC 8216bis 4.4.3.5), to which segments are added until it ends. The loop that owns the
/// stream calls it; only what the store has acknowledged is noted by others.
/// </summary>
internal sealed class ReplayPart
{
    /// <summary>It is put whole again and again: seldom, and with at most so many bytes a second on average, and yet so that a crash loses little.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(2);
    private const int BytesPerSecond = 16_000;

    private readonly MutableObject _object;
    private readonly MediaPlaylist _header;
    private List<MediaSegment> _segments = [];
    private long _next;
    private long _asked = -1;
    private TimeSpan _askedAt;
    private bool _askedEnd;
    private bool _complete;
    private int _bytes;
    private long _listed = -1;
    private bool _endListed;

    /// <param name="number">From 1.</param>
    /// <param name="header">Its first number, its first discontinuity number and what a broadcast fixes; its segments are not looked at.</param>
    /// <param name="playlist">Where it goes.</param>
    public ReplayPart(int number, MediaPlaylist header, MutableObject playlist)
    {
        (Number, _header, _object) = (number, header with { Type = PlaylistType.Event, Segments = [] }, playlist);
        _next = header.MediaSequence;
    }

    /// <summary>As an earlier run has stored it.</summary>
    public static ReplayPart Restore(int number, MediaPlaylist stored, MutableObject playlist)
    {
        var part = new ReplayPart(number, stored with { Ended = false, Stamp = null }, playlist);
        foreach (var segment in stored.Segments)
            part.Add(segment);
        (part._listed, part._endListed, part._asked, part._askedEnd) = (part._next, stored.Ended, part._next, stored.Ended);
        return part;
    }

    public int Number { get; }

    /// <summary>The number its next segment has.</summary>
    public long Next => _next;

    /// <summary>All numbers below are listed by a stored version; the first number while there is none.</summary>
    public long Listed => Math.Max(Volatile.Read(ref _listed), _header.MediaSequence);

    /// <summary>A version of it is stored.</summary>
    public bool IsStored => Volatile.Read(ref _listed) >= 0;

    /// <summary>Its last version, with ENDLIST, is stored.</summary>
    public bool HasEnded => Volatile.Read(ref _endListed);

    public DateTimeOffset? Begin { get; private set; }
    public DateTimeOffset? End { get; private set; }
    public TimeSpan Duration { get; private set; }
    public int Gaps { get; private set; }
    public TimeSpan GapDuration { get; private set; }

    /// <summary>Discontinuity number of its last segment.</summary>
    public long LastDiscontinuity { get; private set; }

    public StoreFault? Fault => _object.Fault;

    /// <summary>Done when the last version that was asked for is stored.</summary>
    public Task Published { get; private set; } = Task.CompletedTask;

    public void Add(MediaSegment segment)
    {
        if (_next == _header.MediaSequence)
            LastDiscontinuity = _header.DiscontinuitySequence ?? 0;
        if (segment.Discontinuity)
            LastDiscontinuity++;
        _segments.Add(segment);
        _next++;
        Begin ??= segment.ProgramDateTime;
        End = segment.ProgramDateTime + segment.Duration ?? End + segment.Duration;
        Duration += segment.Duration;
        if (!segment.Gap)
            return;
        Gaps++;
        GapDuration += segment.Duration;
    }

    /// <param name="now">Monotonic.</param>
    /// <param name="ended">Nothing will be added any more.</param>
    /// <param name="atOnce">Whenever the last version was put.</param>
    public void Publish(TimeSpan now, bool ended, bool atOnce)
    {
        if (HasEnded)
            Release();
        if (_askedEnd || _next == _header.MediaSequence || (!ended && _asked == _next))
            return;
        if (!ended && !atOnce && _asked >= 0 && now - _askedAt < Interval)
            return;
        (_asked, _askedAt, _askedEnd) = (_next, now, ended);
        Published = PublishAsync(_header with { Ended = ended, Segments = [.. _segments] });
    }

    private TimeSpan Interval
    {
        get
        {
            var fair = TimeSpan.FromSeconds(Volatile.Read(ref _bytes) / (double)BytesPerSecond);
            return fair < ShortestInterval ? ShortestInterval
                : fair > LongestInterval ? LongestInterval
                : fair;
        }
    }

    private async Task PublishAsync(MediaPlaylist version)
    {
        await _object.PublishAsync(
            stamp =>
            {
                var body = PlaylistWriter.Write(version with { Stamp = stamp });
                Volatile.Write(ref _bytes, body.Length);
                return body;
            },
            StreamKeys.MediaPlaylistHeaders(version.TargetDuration, version.Ended)
        );
        // Versions that were coalesced are answered together, in any order.
        var end = version.MediaSequence + version.Segments.Count;
        for (long seen; (seen = Volatile.Read(ref _listed)) < end; )
            Interlocked.CompareExchange(ref _listed, end, seen);
        if (version.Ended)
            Volatile.Write(ref _endListed, true);
    }

    /// <summary>Neither it nor what it lists is stored any more: it is stored anew, with gaps in their places.</summary>
    public void Forget()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            if (_segments[i].Gap)
                continue;
            _segments[i] = _segments[i] with { Gap = true, Uri = Timeline.TimelineEntry.GapUri(_header.MediaSequence + i) };
            Gaps++;
            GapDuration += _segments[i].Duration;
        }
        // With the first that comes: so far there are only gaps.
        (_asked, _askedAt, _askedEnd) = (_next, -LongestInterval, false);
        Volatile.Write(ref _listed, -1);
    }

    /// <summary>It has ended: twelve hours of segments are some megabytes.</summary>
    public void Release()
    {
        if (_complete)
            return;
        _complete = true;
        _segments = [];
        _object.Complete();
    }
}
