using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <content>Broadcasts: how they begin, go on air and end, and what is said of them.</content>
internal sealed partial class StreamRun
{
    private void StartBroadcast()
    {
        var plan = _start.Take();
        WarnOfUnknownBandwidths(plan);
        var backlog = plan
            .Segments.GroupBy(static s => s.Rendition)
            .Max(static group => group.Sum(s => RenditionFormat.DurationOf(s).Ticks));
        var begin = _parts.Store.Now - TimeSpan.FromTicks(backlog);
        if (_lastEnd is { } end && end > begin)
            begin = end;
        var id = StreamKeys.NewBroadcast(_parts.Store.Now);
        var timeline = new BroadcastTimeline(
            Settings(plan.TargetDuration, plan.IndependentSegments),
            plan.Renditions.Select(static r => r.Name)
        );
        var renditions = plan
            .Renditions.Select(rendition =>
            {
                var folder = StreamKeys.MediaFolder(Name, id, rendition.Name);
                var format = FormatOf(rendition, [.. plan.Segments.Where(s => s.Rendition == rendition.Name)]);
                return new BroadcastRendition(rendition, format, folder, Open($"{folder}/{StreamKeys.PlaylistName}", null))
                {
                    Peak = new PeakBitRate(TimeSpan.FromSeconds(plan.TargetDuration)),
                    Size = new PlaylistSize(_parts.Options.MaxPlaylist.Bytes),
                };
            })
            .ToList();
        var started = new Broadcast(id, timeline, renditions)
        {
            SegmentDuration = plan.SegmentDuration,
            SlateWanted = DescribeSlate(
                renditions,
                name => plan.Segments.First(segment => segment.Rendition == name).Media,
                plan.SegmentDuration,
                plan.TargetDuration
            ),
            Replay = CreateReplay(id, begin, plan.IndependentSegments, renditions),
        };
        _broadcast = started;
        Volatile.Write(ref _newest, started);
        BeginWindow(started);
        StreamLog.Started(
            Logger,
            Name,
            id,
            string.Join(", ", plan.Renditions.Select(static r => r.Name)),
            plan.TargetDuration,
            _nextNumber
        );
        foreach (var segment in plan.Segments)
            Take(started, segment, begin);
        _writers.Add(_goingOnAir = PutOnAirAsync(started, [.. _ending]));
    }

    private BroadcastSettings Settings(int targetDuration, bool independentSegments) =>
        new(
            targetDuration,
            WindowSegments,
            TimeSpan.FromSeconds(Math.Max(_parts.Options.Window > 0 ? 0 : 24, 3 * targetDuration)),
            _nextNumber,
            _nextDiscontinuity,
            independentSegments
        );

    /// <summary>
    /// All media playlists first, then the multivariant that names them, then the word to the players. What it named before has
    /// its ENDLIST by then: a writer that comes after this one finds only what is named, and would leave it open for ever.
    /// </summary>
    private async Task PutOnAirAsync(Broadcast started, Broadcast[] before)
    {
        while (
            started.Renditions.Any(static r => r.Listed is null)
            || before.Any(static old => old is { IsNamed: true, HasEnded: false })
        )
            await Task.Delay(TimeSpan.FromMilliseconds(50), _parts.Time, _abort);
        // Its successor has begun while its first uploads hung: nobody is sent to what has ended.
        if (Volatile.Read(ref _newest) != started)
            return;
        started.IsNamed = true;
        await PublishMultivariantAsync(started);
        _answers.Writer.TryWrite(() =>
        {
            OnAir = started;
            if (started == _broadcast)
                PublishPlayer("live");
            StreamLog.OnAir(Logger, Name, started.Id);
            if (started == _broadcast && started.SlateWanted is { } slate)
                _writers.Add(PrepareSlateAsync(started, slate));
        });
    }

    private Task PublishMultivariantAsync(Broadcast broadcast)
    {
        var playlist = broadcast.ToMultivariant(r => $"{broadcast.Id}/{r.Declared.Name}/{StreamKeys.PlaylistName}");
        return _multivariant
            .PublishAsync(stamp => PlaylistWriter.Write(playlist with { Stamp = stamp }), StreamKeys.MultivariantHeaders)
            .WaitAsync(_abort);
    }

    private void EndBroadcast()
    {
        if (_broadcast is not { } ended)
            return;
        _broadcast = null;
        ForgetResumption();
        _slateByHand = false;
        ended.Ending = true;
        _ending.Add(ended);
        (_nextNumber, _nextDiscontinuity, _lastEnd) = (
            ended.Timeline.NextNumber,
            ended.Timeline.NextDiscontinuity,
            ended.Timeline.End
        );
        _start.Expect(_declared);
    }

    private void PublishPlayer(string state)
    {
        var document = WithReplays(DescribePlayer(state)) with
        {
            SlateByHand = _slateByHand ? true : null,
            HeldByHand = _isHeld ? true : null,
            PeersOffByHand = _peersOff ? true : null,
        };
        (_toldPlayers, _toldPlayersAt) = (document, Now);
        _playerPublished = _player.PublishAsync(
            stamp => (document with { Epoch = stamp.Epoch, Revision = stamp.Revision }).ToJson(),
            StreamKeys.PlayerHeaders
        );
        Status = Status with { State = state, Broadcast = document.Broadcast };
    }

    /// <summary>A tracker node has died, or come: players read it within ten seconds.</summary>
    private void FollowTrackers()
    {
        if (_toldPlayers is { Trackers: var told } && !_parts.Player.Trackers(Name).SequenceEqual(told, StringComparer.Ordinal))
            PublishPlayer(Status.State);
    }

    private void NoteStatus()
    {
        var shown = _broadcast ?? OnAir;
        // Named as soon as the broadcast begins, so that its first version counts already.
        _parts.Place.Tell(_broadcast is { } now ? $"{now.Renditions.First().Folder}/{StreamKeys.PlaylistName}" : null);
        Status = Status with
        {
            Window = _windowReport,
            SourceAway = _sourceAway,
            SourceAdvice = _sourceAdvice,
            SlateProblem = _slateProblem,
            Switches = new SwitchStatus(_slateByHand, SlateRefusal, _peersOff, _isHeld, _broadcast is null ? NothingToEnd : null),
            Starting = Starting,
            Gaps = _gaps,
            PauseGaps = _pauseGaps,
            BandwidthAdvice = shown is null ? null : BandwidthAdvice(shown),
            SwarmSplits = _swarmSplits,
            LastSwarmSplit = _lastSwarmSplit,
            StoreAdvice = _parts.Uploader.Advice,
            StoreFault = (
                _parts.Uploader.Fault
                ?? _multivariant.Fault
                ?? _player.Fault
                ?? _parts.Place.Fault
                ?? _shelf?.Fault
                ?? shown?.Replay?.Fault
                ?? shown?.Renditions.Select(static r => r.Object.Fault).FirstOrDefault(static f => f is not null)
            )
                is { } fault
                ? $"{fault.Message} {fault.Remedy}"
                : null,
            Renditions =
            [
                .. (shown?.Renditions ?? []).Select(static r => new RenditionStatus(
                    r.Declared.Name,
                    r.Stored,
                    r.Listed?.Segments.Count(static segment => !segment.Gap) ?? 0,
                    r.Listed is { Segments.Count: > 0 } listed ? listed.MediaSequence + listed.Segments.Count - 1 : null
                )),
            ],
        };
    }

    /// <summary>Segments that have come of a broadcast that is not on air yet; null: one is, or nothing comes.</summary>
    private int? Starting =>
        _sourceAway is not null || Status.State is "live" or "slate" ? null
        : _broadcast is not null ? BroadcastStart.SegmentsWanted
        : _start.Collected is > 0 and var collected ? collected
        : null;

    private MutableObject Open(string key, StoredObject? present)
    {
        var mutable = new MutableObject(_parts.Store, key, _history.Epoch, _parts.Conditional, _parts.Time, Logger, _parts.Place);
        mutable.Seen(present);
        _writers.Add(mutable.RunAsync(_abort));
        return mutable;
    }
}
