using Spillway.Reports;
using Spillway.Retention;

namespace Spillway.Streams;

/// <content>The reports: one a broadcast, made beside the loop from what it shows of itself.</content>
internal sealed partial class StreamRun
{
    private readonly Dictionary<string, (Broadcast Broadcast, BroadcastReporter Reporter, Task Running)> _reporters = new(
        StringComparer.Ordinal
    );
    private readonly List<Task> _finalReports = [];

    /// <summary>As of the last turn of the loop: before what began in this one.</summary>
    private OutsideCounts _countsBefore;

    private void NoteReports()
    {
        if (_parts.Reports is not { } sources)
            return;
        foreach (var broadcast in _ending.Append(_broadcast).OfType<Broadcast>())
        {
            if (_reporters.ContainsKey(broadcast.Id))
                continue;
            var reporter = new BroadcastReporter(PartsOf(broadcast.Id), sources, _countsBefore);
            var running = reporter.RunAsync(_abort);
            _reporters[broadcast.Id] = (broadcast, reporter, running);
            _writers.Add(running);
        }
        foreach (var (id, (broadcast, reporter, running)) in _reporters)
        {
            reporter.Note(MomentOf(broadcast));
            if (!broadcast.Ending || !broadcast.IsSettled || broadcast.Renditions.Any(static r => !r.Published.IsCompleted))
                continue;
            reporter.Finish();
            _reporters.Remove(id);
            _finalReports.Add(running);
        }
        _finalReports.RemoveAll(static report => report.IsCompleted);
        _countsBefore = sources.Count();
    }

    /// <summary>When Spillway stops: what is known of the broadcast on air, and the reports of those that have just ended.</summary>
    private Task FlushReportsAsync() =>
        Task.WhenAll([.. _reporters.Values.Select(static pair => pair.Reporter.FlushAsync()), .. _finalReports]);

    /// <summary>An earlier writer's broadcast that has ended without its report, or that this one has just ended.</summary>
    private void FinishOldReport()
    {
        if (_parts.Reports is not { } sources)
            return;
        _countsBefore = sources.Count();
        // One that goes on has its report yet to come.
        if (_history.Broadcast is not { } left || left.Id == _broadcast?.Id || !SweepKey.IsBroadcast(left.Id))
            return;
        var reporter = new BroadcastReporter(PartsOf(left.Id), sources, _countsBefore);
        var listed = left.Renditions.Select(static r => new ListedRendition(r.Name, r.Variant, r.Playlist));
        reporter.Note(new ReportMoment(_parts.Store.Now, "", true, listed, null, null, HasViewers: false));
        reporter.Finish();
        // One that had ended in all its playlists had its report as well: where there is none now, the operator has deleted it.
        var mayBeNew = !left.Renditions.All(static r => r.Playlist is { Ended: true });
        _writers.Add(reporter.RunAsync(_abort, mayBeNew));
    }

    private ReporterParts PartsOf(string broadcast) =>
        new(Name, broadcast, _history.Epoch, _parts.Store, _parts.Conditional, _parts.Place, _parts.Time, Logger);

    private ReportMoment MomentOf(Broadcast broadcast) =>
        new(
            _parts.Store.Now,
            Title,
            OnAir == broadcast,
            broadcast.Renditions.Select(static r => new ListedRendition(r.Declared.Name, r.Format.ToVariant(""), r.Listed)),
            Status.StoreFault,
            broadcast == _broadcast ? _sourceAway : null,
            broadcast == _broadcast
        );
}
