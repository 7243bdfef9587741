using Spillway.Audience;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Reports;

/// <summary>A broadcast as its pipeline sees it at one moment.</summary>
/// <param name="Now">The store's time.</param>
/// <param name="Title">As players are told.</param>
/// <param name="IsOnAir">The multivariant playlist names it, or has.</param>
/// <param name="Listed">By rendition, as the store has acknowledged them.</param>
/// <param name="StoreFault">What is wrong with the store; null: nothing.</param>
/// <param name="SourceAway">Why the source is away; null: it is not.</param>
/// <param name="HasViewers">The stream's viewers are this broadcast's.</param>
internal readonly record struct ReportMoment(
    DateTimeOffset Now,
    string Title,
    bool IsOnAir,
    IEnumerable<ListedRendition> Listed,
    string? StoreFault,
    string? SourceAway,
    bool HasViewers
);

/// <param name="Format">Null: not known here.</param>
/// <param name="Playlist">Null: nothing is listed yet.</param>
internal readonly record struct ListedRendition(string Name, Variant? Format, MediaPlaylist? Playlist);

/// <summary>
/// Makes one broadcast's report: a provisional one each minute and when Spillway stops, the final one at its end. It goes on from
/// what another writer has left.
/// </summary>
internal sealed class BroadcastReporter
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(1);

    private readonly ReporterParts _parts;
    private readonly StreamReports _sources;
    private readonly OutsideCounts _since;
    private readonly UploadCount _uploadsSince;
    private readonly DateTimeOffset _started;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<ListedRendition> _early = new();
    private readonly Dictionary<string, ListedCount> _listed = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<TaskCompletionSource> _flushes = [];
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BroadcastReport? _before;
    private readonly FaultLog _storeFaults = new();
    private readonly FaultLog _sourceFaults = new();
    private DateTimeOffset _now;
    private string _title = "";
    private long? _sampledAt;
    private int _peak;
    private long _peers;
    private long _samples;
    private bool _isOnAir;
    private bool _finished;
    private OutsideCounts? _until;
    private BroadcastAudience? _audience;
    private AudienceBefore _audienceBefore;

    /// <param name="parts">What it works with.</param>
    /// <param name="sources">What it counts.</param>
    /// <param name="since">The counts just before the broadcast began here.</param>
    public BroadcastReporter(ReporterParts parts, StreamReports sources, OutsideCounts since)
    {
        (_parts, _sources, _since) = (parts, sources, since);
        _uploadsSince = sources.AlreadyTold(parts.Broadcast);
        _started = _now = parts.Store.Now;
    }

    /// <summary>Called often, by the broadcast's owner.</summary>
    public void Note(in ReportMoment moment)
    {
        lock (_gate)
        {
            if (_finished)
                return;
            (_now, _title) = (moment.Now, moment.Title);
            foreach (var rendition in moment.Listed)
            {
                if (_before is not null)
                    Add(rendition);
                else if (!_early.Any(early => ReferenceEquals(early.Playlist, rendition.Playlist)))
                    _early.Enqueue(rendition);
            }
            _storeFaults.Note(moment.StoreFault, moment.Now);
            _sourceFaults.Note(moment.SourceAway, moment.Now);
            if (moment.HasViewers)
                SamplePeers();
            if (!moment.IsOnAir || _isOnAir)
                return;
            _isOnAir = true;
        }
        _sources.Show(_parts.Broadcast, () => Current(ended: false));
        _decided.TrySetResult();
    }

    /// <summary>The broadcast has ended, and all of it is listed. One that was never on air leaves no report.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _finished = true;
            _until ??= _sources.Count();
            _wake.TrySetResult();
        }
        _decided.TrySetResult();
    }

    /// <summary>Done when what is known now is stored.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            if (!_isOnAir)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add(done);
            _wake.TrySetResult();
            return done.Task;
        }
    }

    /// <summary>Until the final report is stored, or cancelled.</summary>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <param name="mayBeNew">False: only a report that is there already is gone on with.</param>
    /// <exception cref="SupersededException">Another writer has taken over.</exception>
    public async Task RunAsync(CancellationToken cancellationToken, bool mayBeNew = true)
    {
        var present = await ReadBeforeAsync(cancellationToken);
        if (present is null && !mayBeNew)
            return;
        await _decided.Task.WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (!_isOnAir || _before!.State == BroadcastReport.Ended)
                return;
        }
        var key = StreamKeys.Report(_parts.Stream, _parts.Broadcast);
        var report = new MutableObject(
            _parts.Store,
            key,
            _parts.Epoch,
            _parts.Conditional,
            _parts.Time,
            _parts.Logger,
            _parts.Place
        );
        report.Seen(present);
        var writing = report.RunAsync(cancellationToken);
        for (var ended = false; !ended; )
        {
            List<TaskCompletionSource> flushes;
            Task wake;
            lock (_gate)
            {
                ended = _finished;
                flushes = [.. _flushes];
                _flushes.Clear();
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _wake.Task;
            }
            var isFinal = ended;
            var published = report.PublishAsync(
                stamp => Render(stamp, isFinal).ToJson(),
                isFinal ? StreamKeys.ReportHeaders : StreamKeys.PrivateHeaders
            );
            if (await Task.WhenAny(published, writing) == writing)
                await writing;
            flushes.ForEach(static flush => flush.TrySetResult());
            if (!ended)
                await Task.WhenAny(wake, Task.Delay(Every, _parts.Time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
        var final = Current(ended: true);
        _sources.Show(_parts.Broadcast, () => final);
        _sources.Store.Forget(_parts.Broadcast);
        report.Complete();
        await writing;
    }

    /// <summary>What another writer left; a store that is away is waited for.</summary>
    private async Task<StoredObject?> ReadBeforeAsync(CancellationToken cancellationToken)
    {
        var key = StreamKeys.Report(_parts.Stream, _parts.Broadcast);
        for (var wait = TimeSpan.FromSeconds(1); ; wait = wait < TimeSpan.FromSeconds(30) ? wait * 2 : wait)
        {
            try
            {
                var present = await _parts.Store.Reader(_parts.Time)(key, cancellationToken);
                var before = present is null ? null : BroadcastReport.Parse(present.Body.Span);
                // A final one is never written again, and stays as it is.
                if (before is not { State: BroadcastReport.Ended })
                {
                    present = await _parts.Place.ReadAsync(key, cancellationToken);
                    before = present is null ? null : BroadcastReport.Parse(present.Body.Span);
                }
                Begin(before);
                return present;
            }
            catch (ObjectStoreException)
            {
                await Task.Delay(wait, _parts.Time, cancellationToken);
            }
        }
    }

    private void Begin(BroadcastReport? before)
    {
        lock (_gate)
        {
            _before =
                before
                ?? new()
                {
                    State = BroadcastReport.OnAir,
                    Stream = _parts.Stream,
                    Broadcast = _parts.Broadcast,
                };
            _audienceBefore = _sources.AudienceBefore(_before);
            foreach (var rendition in _before.Renditions)
                Find(rendition.Name, rendition);
            while (_early.TryDequeue(out var early))
                Add(early);
            // What was noticed while the store was asked came after what it says.
            _storeFaults.PutBefore(_before.Faults.StoreOutages);
            _sourceFaults.PutBefore(_before.Faults.SourceAways);
        }
    }

    private void Add(ListedRendition rendition)
    {
        var count = Find(rendition.Name, new RenditionReport { Name = rendition.Name });
        if (rendition.Format is { } format)
            count.Describe(format);
        if (rendition.Playlist is { } playlist)
            count.Add(playlist);
    }

    private ListedCount Find(string name, RenditionReport before)
    {
        if (!_listed.TryGetValue(name, out var count))
        {
            _listed[name] = count = new ListedCount(before);
            _order.Add(name);
        }
        return count;
    }

    private void SamplePeers()
    {
        if (_sampledAt is { } last && _parts.Time.GetElapsedTime(last) < BetweenSamples)
            return;
        _sampledAt = _parts.Time.GetTimestamp();
        // Kept: the next broadcast begins its own count while this one is still ending.
        _audience = _sources.Audience(_parts.Broadcast) ?? _audience;
        if (_sources.Peers() is not { } peers)
            return;
        _peak = Math.Max(_peak, peers);
        _peers += peers;
        _samples++;
    }

    private BroadcastReport? Current(bool ended)
    {
        lock (_gate)
        {
            if (_before is null)
                return null;
        }
        return Render(new Stamp(_parts.Epoch, 0), ended);
    }

    private BroadcastReport Render(Stamp stamp, bool ended)
    {
        lock (_gate)
        {
            var before = _before!;
            var counts = _until ?? _sources.Count();
            var uploads = _sources.Store.Uploads(_parts.Broadcast) - _uploadsSince;
            var operations = OperationReport.Of(before.Operations.ToCount() + counts.Operations - _since.Operations);
            var bytes = before.Uploads.Bytes + uploads.Bytes;
            var begin = before.Begin ?? _listed.Values.Min(static count => count.Begin);
            var end = _listed.Values.Max(static count => count.End) ?? before.End;
            RenditionReport[] renditions = [.. _order.Select(name => _listed[name].Report)];
            return new BroadcastReport
            {
                Epoch = stamp.Epoch,
                Revision = stamp.Revision,
                State = ended ? BroadcastReport.Ended : BroadcastReport.OnAir,
                Stream = _parts.Stream,
                Broadcast = _parts.Broadcast,
                Title = _title.Length > 0 ? _title : before.Title,
                Begin = begin,
                End = end,
                Seconds = begin is { } b && end is { } e ? Math.Round((e - b).TotalSeconds, 3) : 0,
                AsOf = _now,
                Renditions = renditions,
                Discontinuities = renditions.Select(static r => r.Discontinuities).DefaultIfEmpty().Max(),
                Uploads = new UploadReport(
                    before.Uploads.Tries + uploads.Tries,
                    before.Uploads.Failures + uploads.Failures,
                    before.Uploads.Objects + uploads.Stored,
                    bytes
                ),
                Operations = operations,
                Origin = Sum(before.Origin, counts.Origin - _since.Origin),
                Edge = Sum(before.Edge, counts.Edge - _since.Edge),
                Viewers = Viewers(before.Viewers),
                Ways = WayReport.Of(_audienceBefore.Ways, _audience),
                Audience = AudienceReport.Of(_audienceBefore.Audience, _audience),
                Cost = _sources.Prices is { } prices ? CostReport.Of(prices, operations, bytes) : null,
                Faults = new FaultReport
                {
                    StoreOutages = _storeFaults.Spans,
                    SourceAways = _sourceFaults.Spans,
                    More = before.Faults.More + _storeFaults.More + _sourceFaults.More,
                },
                Writers = [.. before.Writers, new WriterReport(_parts.Epoch, _started, _now)],
            };
        }
    }

    private ViewerReport? Viewers(ViewerReport? before)
    {
        var samples = (before?.Samples ?? 0) + _samples;
        if (samples == 0)
            return null;
        var sum = (before?.Mean * before?.Samples ?? 0) + _peers;
        return new ViewerReport(ViewerReport.Peers, Math.Max(before?.Peak ?? 0, _peak), Math.Round(sum / samples, 3), samples);
    }

    private static TrafficReport? Sum(TrafficReport? before, TrafficReport? here) =>
        before is { } one && here is { } other ? one + other : before ?? here;
}

/// <param name="Stream">Its name.</param>
/// <param name="Broadcast">Its id.</param>
/// <param name="Epoch">The writer's.</param>
/// <param name="Conditional">PUTs are conditional; not with <c>SingleWriter</c>.</param>
internal sealed record ReporterParts(
    string Stream,
    string Broadcast,
    long Epoch,
    IObjectStore Store,
    bool Conditional,
    WriterPlace Place,
    TimeProvider Time,
    ILogger Logger
);
