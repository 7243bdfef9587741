using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>
/// Turns readings of one media playlist into segments, each once and in order. The playlist is the truth, but not always the
/// present one: it may be torn, come from a cache, or belong to a source that started again. No I/O, no clock.
/// </summary>
internal sealed class ListingTracker(StartWindow start, int firstRun = 0, bool isRejoin = false)
{
    private const int MaxMissed = 20;
    private static readonly TimeSpan FolderPersistence = TimeSpan.FromSeconds(1);

    private ListingHistory _current = new();
    private ListingHistory? _previous;
    private bool _discontinuityDue = isRejoin;
    private long? _discontinuityCount;
    private int _doubts;
    private TimeSpan? _regressedSince;
    private long _regressedLast;
    private bool _regressedMoved;
    private TimeSpan _lastProgress;
    private int _scope;
    private long _miscount;

    public int Run { get; private set; } = firstRun;

    /// <summary>The first number the source listed last; what lies before has left its window.</summary>
    public long FirstListed { get; private set; }

    /// <param name="playlist">As read.</param>
    /// <param name="location">Where it was read: the base of its URIs.</param>
    /// <param name="mayBeStale">It may be an older version out of a cache.</param>
    /// <param name="takeEnded">An ended playlist is taken at first contact; false: it is an old show.</param>
    /// <param name="now">On any monotonic clock.</param>
    public Listing Observe(MediaPlaylist playlist, Uri location, bool mayBeStale, bool takeEnded, TimeSpan now)
    {
        if (playlist.Segments.Count == 0 || playlist.MediaSequence is < 0 or > long.MaxValue / 2)
            return Listing.Nothing;
        if (_current.IsEmpty)
            return Begin(playlist, location, now, take: takeEnded || !playlist.Ended);

        playlist = Aligned(playlist);
        switch (Judge(playlist, mayBeStale, now))
        {
            case Verdict.Progress:
                Calm();
                return Advance(playlist, location, now);
            case Verdict.Nothing:
                Calm();
                FirstListed = playlist.MediaSequence;
                return Listing.Nothing;
            case Verdict.Old:
                _doubts = 0;
                return new Listing { Old = true };
            case Verdict.Restart when ++_doubts >= 2:
                return Restart(playlist, location, now);
            default:
                return new Listing { Doubtful = true };
        }
    }

    /// <summary>
    /// Some sources miscount: the window slides and MEDIA-SEQUENCE does not rise with it (RFC 8216bis 6.2.2). The segments themselves
    /// then say which numbers they have; it is no restart.
    /// </summary>
    private MediaPlaylist Aligned(MediaPlaylist playlist)
    {
        var shifted = playlist with { MediaSequence = playlist.MediaSequence + _miscount };
        if (!_current.Compare(shifted).Differs)
            return shifted;
        if (_current.Find(playlist.Segments[0]) is not { } number)
            return playlist;
        var found = playlist with { MediaSequence = number };
        if (number + playlist.Segments.Count - 1 < _current.Last || _current.Compare(found).Differs)
            return playlist;
        _miscount = number - playlist.MediaSequence;
        return found;
    }

    private enum Verdict
    {
        Nothing,
        Progress,
        Old,
        Restart,
    }

    private Verdict Judge(MediaPlaylist playlist, bool mayBeStale, TimeSpan now)
    {
        var last = playlist.MediaSequence + playlist.Segments.Count - 1;
        var kin = _current.Compare(playlist);
        if (kin.Differs)
            return mayBeStale && IsOldRun(playlist, last) ? Verdict.Old : Verdict.Restart;
        if (last > _current.Last)
            return IsImplausibleJump(playlist, now) ? Verdict.Restart : Verdict.Progress;
        if (last == _current.Last)
            return Verdict.Nothing;

        // Gone back. The same numbers with the same dates are an older version; the same names alone prove nothing, since
        // ffmpeg starts again with the names it had.
        if (kin.SameDates)
            return Verdict.Old;
        if (mayBeStale && IsOldRun(playlist, last))
            return Verdict.Old;
        var listedDate = playlist.Segments.Max(s => s.ProgramDateTime);
        if (listedDate is not null && _current.NewestDate is { } newest && listedDate > newest)
            return Verdict.Restart;
        if (!mayBeStale && playlist.MediaSequence < FirstListed)
            return Verdict.Restart;
        return HasPersisted(playlist, last, mayBeStale, now) ? Verdict.Restart : Verdict.Old;
    }

    private bool IsOldRun(MediaPlaylist playlist, long last) =>
        _previous is not null && last <= _previous.Last && _previous.Compare(playlist) is { Common: > 0, Differs: false };

    /// <summary>More numbers skipped than a source could have made meanwhile: it counts from somewhere else now.</summary>
    private bool IsImplausibleJump(MediaPlaylist playlist, TimeSpan now)
    {
        var skipped = playlist.MediaSequence - _current.Last - 1;
        if (skipped <= MaxMissed)
            return false;
        var typical = Math.Max(0.1, playlist.Segments.Average(s => s.Duration.TotalSeconds));
        return skipped > MaxMissed + 3 * (now - _lastProgress).TotalSeconds / typical;
    }

    /// <summary>A cache catches up, or stays where it is; only a source that started again goes on from further back.</summary>
    private bool HasPersisted(MediaPlaylist playlist, long last, bool mayBeStale, TimeSpan now)
    {
        if (_regressedSince is null)
            (_regressedSince, _regressedLast) = (now, last);
        _regressedMoved |= last != _regressedLast || playlist.Ended;
        var enough = mayBeStale ? TimeSpan.FromSeconds(2.0 * playlist.TargetDuration) : FolderPersistence;
        return now - _regressedSince > enough && (_regressedMoved || !mayBeStale);
    }

    private void Calm()
    {
        _doubts = 0;
        _regressedSince = null;
        _regressedMoved = false;
    }

    private Listing Begin(MediaPlaylist playlist, Uri location, TimeSpan now, bool take)
    {
        var first = take ? start.FirstOf(playlist.Segments) : playlist.Segments.Count;
        return Accept(playlist, location, now, first, listed: []);
    }

    private Listing Restart(MediaPlaylist playlist, Uri location, TimeSpan now)
    {
        Calm();
        _previous = _current;
        _current = new ListingHistory();
        Run++;
        _scope++;
        _discontinuityDue = true;
        _discontinuityCount = null;
        _miscount = 0;
        return Begin(playlist, location, now, take: true) with { Restarted = true };
    }

    private Listing Advance(MediaPlaylist playlist, Uri location, TimeSpan now)
    {
        var next = _current.Last + 1;
        var missed = new List<ListedSegment>();
        if (playlist.MediaSequence > next)
        {
            // The tag counts what was removed (RFC 8216bis 4.4.3.3), so it shows a discontinuity among the skipped.
            _discontinuityDue |= playlist.DiscontinuitySequence > _discontinuityCount;
            for (var n = Math.Max(next, playlist.MediaSequence - MaxMissed); n < playlist.MediaSequence; n++)
            {
                missed.Add(
                    new ListedSegment
                    {
                        Run = Run,
                        Sequence = n,
                        DeclaredSequence = n - _miscount,
                        Discontinuity = TakeDiscontinuity(),
                        Duration = TimeSpan.FromSeconds(playlist.TargetDuration),
                        Playlist = location,
                        Scope = _scope,
                        Missing = "it left the source's playlist before it was seen",
                    }
                );
            }
        }
        return Accept(playlist, location, now, (int)Math.Max(0, next - playlist.MediaSequence), missed);
    }

    private Listing Accept(MediaPlaylist playlist, Uri location, TimeSpan now, int first, List<ListedSegment> listed)
    {
        string? encrypted = null;
        var offline = false;
        for (var i = first; i < playlist.Segments.Count; i++)
        {
            var segment = playlist.Segments[i];
            if (segment.Discontinuity)
            {
                _discontinuityDue = true;
                _scope++;
            }
            if (OfflineClip.Is(segment.Uri))
                offline = true;
            else if (SegmentKeys.Refusal(segment) is { } refusal)
                encrypted = refusal;
            else
                listed.Add(
                    new ListedSegment
                    {
                        Run = Run,
                        Sequence = playlist.MediaSequence + i,
                        DeclaredSequence = playlist.MediaSequence + i - _miscount,
                        Discontinuity = TakeDiscontinuity(),
                        Duration = segment.Duration,
                        Playlist = location,
                        Scope = _scope,
                        Segment = segment,
                        Missing = segment.Gap ? "the source lists it as a gap" : null,
                    }
                );
        }
        _current.Add(playlist);
        _discontinuityCount = playlist.DiscontinuitySequence + playlist.Segments.Count(s => s.Discontinuity);
        FirstListed = playlist.MediaSequence;
        _lastProgress = now;
        return new Listing
        {
            New = listed,
            Encrypted = encrypted,
            Offline = offline,
        };
    }

    /// <summary>A discontinuity at a segment that is left out moves on to the next one that is not.</summary>
    private bool TakeDiscontinuity()
    {
        var due = _discontinuityDue;
        _discontinuityDue = false;
        return due;
    }
}
