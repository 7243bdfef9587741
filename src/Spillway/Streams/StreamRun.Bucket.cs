namespace Spillway.Streams;

/// <content>A bucket that was deleted in mid-stream and made again: what it had is gone.</content>
internal sealed partial class StreamRun
{
    private int _seenBuckets;

    /// <summary>
    /// The broadcast goes on in the new bucket with what waits in the spool. What was listed before is not listed any more; what all
    /// depends on is stored again: initialization sections, the slate, and the playlist and the document that lead players here. Replays
    /// of earlier broadcasts are lost; that of this one goes on, with gaps.
    /// </summary>
    private void RepairBucket()
    {
        var seen = _parts.Uploader.NewBuckets;
        if (seen == _seenBuckets)
            return;
        _seenBuckets = seen;
        StreamLog.NewBucket(Logger, Name);
        foreach (var broadcast in _broadcast is null ? _ending : [.. _ending, _broadcast])
        {
            broadcast.Timeline.ForgetListed();
            broadcast.Replay?.Forget();
            foreach (var rendition in broadcast.Renditions)
                rendition.StoreSectionsAgain();
        }
        _oldReplays.Clear();
        _shelf?.Forget();
        if (_broadcast is not { } on)
            return;
        if (on.SlateWanted is { } slate && OnAir == on)
        {
            on.HasSlate = on.Timeline.SetSlate(new Dictionary<string, IReadOnlyList<Timeline.SlateSegment>>());
            _writers.Add(PrepareSlateAsync(on, slate));
        }
        if (OnAir == on)
            _writers.Add(PutOnAirAgainAsync(on));
    }

    /// <summary>As at the start: what is named first, then what names it.</summary>
    private async Task PutOnAirAgainAsync(Broadcast on)
    {
        var before = on.Renditions.ToDictionary(static r => r, static r => r.Object.Acknowledged);
        while (before.Any(static pair => pair.Key.Object.Acknowledged == pair.Value))
            await Task.Delay(TimeSpan.FromMilliseconds(50), _parts.Time, _abort);
        if (Volatile.Read(ref _newest) != on)
            return;
        await PublishMultivariantAsync(on);
        _answers.Writer.TryWrite(() =>
        {
            if (on == _broadcast)
                PublishPlayer(Status.State);
        });
    }
}
