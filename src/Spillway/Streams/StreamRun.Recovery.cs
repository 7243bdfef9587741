using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <content>What an earlier writer left: gone on with, or ended.</content>
internal sealed partial class StreamRun
{
    /// <summary>From the last PUT of the writer before to the first of this one: beyond it players have waited for too long.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>A source needs a moment until it is read again, and is not taken to be away meanwhile.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(3);

    /// <summary>Renditions that are not there yet may come so late after a start without being taken for gone.</summary>
    private static readonly TimeSpan RenditionPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, MediaReport> _resumedMedia = new(StringComparer.Ordinal);
    private AcknowledgedVersion? _resumed;
    private Resumption? _resumption;

    /// <summary>Its renditions were not all of the broadcast's when they were told.</summary>
    private bool _isDoubted;

    /// <summary>Since when (before the start) the source was away already, as what is listed last says; null when it was not.</summary>
    private TimeSpan? _awayBefore;

    /// <summary>The source has just been found again, and not all of its renditions.</summary>
    private bool MayStillCome =>
        _resumption is not null
        && Now < RenditionPatience
        && _broadcast is not null
        && _declared.All(declared => _broadcast.Find(declared.Name) is not null);

    /// <summary>Goes on with the broadcast that is there; false when there is none to go on with.</summary>
    private bool Resume()
    {
        foreach (var lost in _history.Unreadable)
            StreamLog.HistoryLost(Logger, Name, lost);
        if (_history.Broadcast is not { HasEnded: false } left)
            return false;
        if (left.Problem() is { } problem)
        {
            StreamLog.CannotResume(Logger, Name, left.Id, problem);
            return false;
        }
        var age = _parts.Store.Now - left.LastPublished;
        // A playlist is published when something new is in it, not all the time.
        if (age > _parts.Options.Grace + TimeSpan.FromSeconds(2 * left.TargetDuration))
        {
            StreamLog.LeftTooLong(Logger, Name, left.Id, age.TotalSeconds, _parts.Options.Grace.TotalSeconds);
            return false;
        }
        try
        {
            Resume(left, age > TimeSpan.Zero ? age : TimeSpan.Zero);
            return true;
        }
        catch (Exception exception)
        {
            // Else a start would fail in the same way again and again, and nothing would ever be on air.
            StreamLog.ResumeFailed(Logger, Name, left.Id, exception);
            (_broadcast, _newest, OnAir, _resumption) = (null, null, null, null);
            return false;
        }
    }

    private void Resume(PublishedBroadcast left, TimeSpan age)
    {
        var entries = left.Entries;
        var player = _history.Player is { } stored ? PlayerDocument.Read(stored.Body.Span) : null;
        var isSame = player?.Broadcast == left.Id;
        var target = TimeSpan.FromSeconds(left.TargetDuration);
        var longest = 3 * target > LongestSilence ? 3 * target : LongestSilence;
        var rest = longest - TimeSpan.FromSeconds(3) - age;
        rest =
            rest > LongestRest ? LongestRest
            : rest < ShortestRest ? ShortestRest
            : rest;
        var timeline = BroadcastTimeline.Resume(
            Settings(left.TargetDuration, left.Renditions[0].Playlist!.IndependentSegments),
            entries,
            Now,
            age,
            rest
        );
        // Opened last: from here on nothing is expected to fail, and each key has one writer.
        var renditions = left.Renditions.Select(rendition => Reopen(left, rendition)).ToList();
        var begin = entries.SelectMany(static pair => pair.Value).Min(static entry => entry.Date);
        var broadcast = new Broadcast(left.Id, timeline, renditions)
        {
            IsNamed = true,
            Replay = CreateReplay(left.Id, begin, left.Multivariant.IndependentSegments, renditions),
            SegmentDuration =
                isSame && player!.SegmentDuration is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : Median(left),
        };
        if (BroadcastTimeline.SlateIn(entries) is { } slate && WantsSlate)
            broadcast.HasSlate = timeline.SetSlate(slate);
        if (isSame && player!.Title != Name && _parts.Options.Title.Length == 0)
            _sourceTitle = player.Title;
        _slateByHand = isSame && player!.SlateByHand == true && timeline.OnSlate;
        _declared = [.. renditions.Select(static rendition => rendition.Declared)];
        (_broadcast, OnAir) = (broadcast, broadcast);
        Volatile.Write(ref _newest, broadcast);
        BeginWindow(broadcast, isSame ? player!.LiveDelay : null, left);
        _resumed = new AcknowledgedVersion(
            _history.Multivariant!.Body.ToArray(),
            _history.Multivariant.ETag,
            left.Multivariant.Stamp!.Value
        );
        _resumption = new Resumption(timeline, CanMatch, broadcast.SegmentDuration, left.TargetDuration);
        if (timeline.PausedSince is { } paused)
            _awayBefore = Now - (_parts.Store.Now - paused > age ? _parts.Store.Now - paused : age);
        StreamLog.Resumed(
            Logger,
            Name,
            left.Id,
            string.Join(", ", renditions.Select(static r => r.Declared.Name)),
            age.TotalSeconds
        );
        PublishPlayer(timeline.OnSlate ? "slate" : "live");
        NoteStatus();
        if (WantsSlate)
            _writers.Add(RecallMediaAsync(broadcast));
    }

    /// <summary>RTMP is cut anew and a ladder encoded anew by each process: nothing of it can be what was published before.</summary>
    private bool CanMatch => _parts.Options.Source != StreamOptions.Rtmp && _parts.Options.Ladder.Length == 0;

    private bool WantsSlate => _parts.Slates is not null && _parts.Options.Slate != StreamOptions.NoSlate;

    private BroadcastRendition Reopen(PublishedBroadcast left, PublishedRendition published)
    {
        var declared = new SourceRendition(
            published.Name,
            left.TargetDuration,
            published.Variant.Bandwidth,
            published.Variant.Codecs
        );
        var format = RenditionFormat.Of(published.Variant, published.Playlist!);
        var folder = StreamKeys.MediaFolder(Name, left.Id, published.Name);
        var rendition = new BroadcastRendition(declared, format, folder, Open(published.Key, published.Stored))
        {
            Peak = new PeakBitRate(TimeSpan.FromSeconds(left.TargetDuration)),
            Size = new PlaylistSize(_parts.Options.MaxPlaylist.Bytes),
        };
        rendition.Resume(published.Playlist!);
        return rendition;
    }

    private static TimeSpan Median(PublishedBroadcast left)
    {
        var durations = left
            .Renditions.SelectMany(static r => r.Playlist!.Segments)
            .Select(static s => s.Duration)
            .Order()
            .ToArray();
        return durations[durations.Length / 2];
    }

    /// <summary>What the source brings, without what is listed already.</summary>
    private void Sift(SourceEvent next)
    {
        _parts.Source.Note(next);
        if (_resumption is null || next is not (SegmentArrived or SegmentMissed))
        {
            Handle(next);
            return;
        }
        if (next is SegmentArrived arrived)
        {
            _awayBefore = null;
            NoteMedia(arrived.Rendition, arrived.Media);
        }
        var recalled = _resumption.Recalled;
        var shown = _resumption.Sift(next, Now);
        if (_resumption.Recalled > recalled && next is SegmentArrived seen)
            StreamLog.SeenBefore(Logger, Name, seen.Rendition, seen.Sequence);
        HandleAll(shown);
    }

    private void AdvanceResumption()
    {
        if (_resumption is null)
            return;
        HandleAll(_resumption.Advance(Now));
        if (!_isDoubted || MayStillCome)
            return;
        _isDoubted = false;
        if (!_slateByHand)
            EndIfRenditionsChanged();
    }

    /// <summary>One of them may end the broadcast; the others are then the next one's.</summary>
    private void HandleAll(IReadOnlyList<SourceEvent> events)
    {
        foreach (var next in events)
            Handle(next);
    }

    /// <summary>The broadcast ends: what may have been listed in it is no question any more.</summary>
    private void ForgetResumption()
    {
        var held = _resumption?.Release() ?? [];
        _resumption = null;
        foreach (var next in held.OfType<SegmentArrived>())
            _start.Add(next, Now);
    }

    /// <summary>The slate must be like the show: what was listed last says what that is like, also while no source is there.</summary>
    private async Task RecallMediaAsync(Broadcast on)
    {
        foreach (var rendition in on.Renditions)
        {
            var last = rendition.Listed!.Segments.LastOrDefault(static s => !s.Gap && !PublishedEntries.IsSlate(s));
            if (last is null || await ReadAsync(last.Uri) is not { } body)
                continue;
            var section = last.Map is { } map ? await ReadAsync(map.Uri) : null;
            if (last.Map is not null && section is null)
                continue;
            var media = MediaInspector.Inspect(body, section);
            var name = rendition.Declared.Name;
            _answers.Writer.TryWrite(() =>
            {
                if (on == _broadcast)
                    NoteMedia(name, media);
            });

            async Task<ReadOnlyMemory<byte>?> ReadAsync(string uri)
            {
                var key = StreamKeys.Resolve(rendition.Folder, uri);
                var read = await _parts.Store.GetWithinAsync(ReadPatience, _parts.Time, key, _abort);
                // Without it the source's first segments tell.
                return read.Object?.Body;
            }
        }
    }

    /// <summary>Once a segment of each rendition has been seen, the slate can be had.</summary>
    private void NoteMedia(string rendition, MediaReport media)
    {
        if (
            _broadcast is not { SlateWanted: null } broadcast
            || _parts.Slates is null
            || _resumedMedia.Count == broadcast.Renditions.Count
        )
            return;
        if (
            media.Container == MediaContainer.Unknown
            || broadcast.Find(rendition) is null
            || !_resumedMedia.TryAdd(rendition, media)
        )
            return;
        if (_resumedMedia.Count < broadcast.Renditions.Count)
            return;
        broadcast.SlateWanted = DescribeSlate(
            broadcast.Renditions,
            name => _resumedMedia[name],
            broadcast.SegmentDuration,
            broadcast.Timeline.TargetDuration
        );
        if (broadcast.SlateWanted is { } wanted)
            _writers.Add(PrepareSlateAsync(broadcast, wanted));
    }

    /// <summary>What an earlier writer left open is ended before the first number is given.</summary>
    private async Task EndOldPlaylistsAsync()
    {
        foreach (var open in _history.Open)
        {
            if (PlaylistWriter.Refusal(open.Playlist) is { } problem)
            {
                StreamLog.CannotBeEnded(Logger, Name, open.Key, problem);
                continue;
            }
            var mutable = Open(open.Key, open.Stored);
            var published = mutable.PublishAsync(
                stamp => PlaylistWriter.Write(open.Playlist with { Ended = true, Stamp = stamp }),
                StreamKeys.MediaPlaylistHeaders(open.Playlist.TargetDuration, ended: true)
            );
            mutable.Complete();
            var writer = _writers[^1];
            await Task.WhenAny(published, writer);
            await writer;
        }
    }
}
