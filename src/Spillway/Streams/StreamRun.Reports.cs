using Spillway.Playlists;
using Spillway.Reports;
using Spillway.Retention;
using Spillway.Storage;

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
    private void FinishOldReports()
    {
        if (_parts.Reports is not { } sources)
            return;
        _countsBefore = sources.Count();
        if (_history.Multivariant is { } stored && PlaylistParser.Parse(stored.Body.Span).Multivariant is { } variants)
            _writers.Add(FinishOldReportsAsync(sources, variants, _countsBefore));
    }

    private async Task FinishOldReportsAsync(StreamReports sources, MultivariantPlaylist variants, OutsideCounts before)
    {
        var listed = new List<(string Broadcast, ListedRendition Rendition)>();
        foreach (var variant in variants.Variants)
        {
            var name = $"{Name}/{variant.Uri}";
            if (SweepKey.Parse(Name, name) is not { Kind: SweepKind.LivePlaylist, Broadcast: { } id, Rendition: { } rendition })
                continue;
            // It goes on.
            if (id == _broadcast?.Id)
                return;
            var stored = await _parts.Store.GetWithinAsync(TimeSpan.FromSeconds(20), _parts.Time, name, _abort);
            var playlist = stored.Object is { } found ? PlaylistParser.Parse(found.Body.Span).Media : null;
            listed.Add((id, new ListedRendition(rendition, variant, playlist)));
        }
        foreach (
            var broadcast in listed.GroupBy(static one => one.Broadcast, static one => one.Rendition, StringComparer.Ordinal)
        )
        {
            var reporter = new BroadcastReporter(PartsOf(broadcast.Key), sources, before);
            reporter.Note(new ReportMoment(_parts.Store.Now, "", true, broadcast, null, null, HasViewers: false));
            reporter.Finish();
            await reporter.RunAsync(_abort);
        }
    }

    private ReporterParts PartsOf(string broadcast) =>
        new(Name, broadcast, _history.Epoch, _parts.Store, _parts.Conditional, _parts.Place, _parts.Time, Logger);

    private ReportMoment MomentOf(Broadcast broadcast) =>
        new(
            _parts.Store.Now,
            _parts.Options.Title.Length > 0 ? _parts.Options.Title
                : _sourceTitle.Length > 0 ? _sourceTitle
                : Name,
            OnAir == broadcast,
            broadcast.Renditions.Select(static r => new ListedRendition(r.Declared.Name, r.Format.ToVariant(""), r.Listed)),
            Status.StoreFault,
            broadcast == _broadcast ? _sourceAway : null,
            broadcast == _broadcast
        );
}
