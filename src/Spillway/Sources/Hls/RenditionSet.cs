using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>Keeps one follower for each media playlist the source names, as variants come and go.</summary>
internal sealed class RenditionSet(
    ITopPlaylist top,
    Upstreams upstreams,
    SourceOutput output,
    OwncastServer? owncast,
    ISourceWatch? watch,
    SourceWarnings warnings,
    TimeProvider time,
    StartWindow start
)
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the first renditions wait for the others, so that all are told at once.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(3);

    private readonly WakeSignal _wake = new();
    private readonly List<Running> _running = [];
    private readonly List<Candidate> _candidates = [];
    private readonly List<Task> _stopped = [];

    /// <summary>By rendition, for one that goes and comes again.</summary>
    private readonly Dictionary<string, int> _nextRun = new(StringComparer.Ordinal);
    private List<string> _order = [];
    private TimeSpan _nextReading;
    private TimeSpan _lastReading;
    private TimeSpan? _firstReady;
    private int _failures;
    private bool _absentBefore;

    private TimeSpan Now => time.GetElapsedTime(0);

    public async Task RunAsync(CancellationToken ct)
    {
        watch?.Add(_wake);
        _nextReading = Now;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var review = ReviewAsync(stop.Token);
        var supervise = SuperviseAsync(stop.Token);
        try
        {
            await await Task.WhenAny(review, supervise);
        }
        finally
        {
            await stop.CancelAsync();
            await supervise.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (
                var task in _stopped.Concat(_running.Select(r => r.Task)).Concat(_candidates.Select(c => c.Trying)).Append(review)
            )
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            watch?.Remove(_wake);
        }
    }

    private async Task SuperviseAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                watch?.Ensure();
                if (IsReadingDue())
                    await ReadTopAsync(ct);
                TryCandidates(ct);
                StartReady(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                warnings.Bug(top.Shown, e);
                _nextReading = Now + SoonAgain;
            }
            // A follower ends by itself only when nobody takes the events any more.
            foreach (var ended in _running.Where(r => r.Task.IsCompleted))
                await ended.Task;
            await _wake.WaitAsync(Tick, time, ct);
        }
    }

    /// <summary>On its own, since a source that hangs holds up the other loop for as long as a time-out.</summary>
    private async Task ReviewAsync(CancellationToken ct)
    {
        while (true)
        {
            await output.ReviewAsync(ct);
            await Task.Delay(Tick, time, ct);
        }
    }

    private bool IsReadingDue()
    {
        if (top.HasNews)
            return true;
        // A follower of the source's only playlist sees by itself what that says: nobody needs to ask twice.
        if (_running is [{ Variant.Declared: null }] && !top.MayMove)
            return _running[0].Follower.SawMultivariant && Now - _lastReading >= SoonAgain;
        if (Now >= _nextReading)
            return true;
        return Now - _lastReading >= SoonAgain && _running.Exists(r => r.Follower.IsSuspicious);
    }

    private async Task ReadTopAsync(CancellationToken ct)
    {
        _running.ForEach(r => r.Follower.IsSuspicious = r.Follower.SawMultivariant = false);
        var reading = await top.ReadAsync(ct);
        _lastReading = Now;
        if (reading.Problem is { } problem)
        {
            _failures++;
            _absentBefore |= !reading.IsThere && _running.Count == 0 && _candidates.Count == 0;
            output.SetTrouble($"{top.Shown}: {problem}");
            // One failure is nothing: playlists are read while they are written.
            if (_failures >= 3 && !reading.IsExpected)
                warnings.Warn(top.Shown, problem, reading.Remedy);
            _nextReading = Now + Backoff.After(_failures, TimeSpan.FromSeconds(_running.Count == 0 ? 1 : 5));
            return;
        }
        if (_failures >= 3)
            warnings.Healed(top.Shown);
        _failures = 0;
        // What has changed may have been read half: it is looked at once more.
        _nextReading = Now + (Reconcile(reading.Variants) ? SoonAgain : ReadAgain);
    }

    /// <summary>Returns whether anything differs from before.</summary>
    private bool Reconcile(IReadOnlyList<SourceVariant> variants)
    {
        var changed = false;
        _order = [.. variants.Select(v => v.Key)];
        _candidates.RemoveAll(c => !_order.Contains(c.Variant.Key, StringComparer.Ordinal));
        foreach (var follower in _running.ToArray())
        {
            var listed = variants.FirstOrDefault(v => string.Equals(v.Key, follower.Variant.Key, StringComparison.Ordinal));
            if (listed is not null)
            {
                follower.Follower.Location = listed.Location;
                follower.Absences = 0;
            }
            else
            {
                changed = true;
                if (++follower.Absences >= 2)
                    Stop(follower);
            }
        }
        foreach (var variant in variants)
        {
            if (
                !_running.Exists(r => string.Equals(r.Variant.Key, variant.Key, StringComparison.Ordinal))
                && !_candidates.Exists(c => string.Equals(c.Variant.Key, variant.Key, StringComparison.Ordinal))
            )
            {
                changed = true;
                _candidates.Add(new Candidate(variant) { AbsentBefore = _absentBefore });
            }
        }
        return changed;
    }

    /// <summary>A variant is told of once its media playlist can be read, since that has the target duration.</summary>
    private void TryCandidates(CancellationToken ct)
    {
        foreach (var candidate in _candidates)
        {
            if (candidate.TargetDuration is null && candidate.Trying.IsCompleted && candidate.NextTry <= Now)
                candidate.Trying = TryAsync(candidate, ct);
        }
        if (_candidates.TrueForAll(c => c.TargetDuration is null))
            _firstReady = null;
        else
            _firstReady ??= Now;
    }

    private async Task TryAsync(Candidate candidate, CancellationToken ct)
    {
        var location = candidate.Variant.Location;
        var read = await upstreams.For(location).ReadPlaylistAsync(location, PlaylistPatience.Longest, ct);
        var parse = read.IsWhole ? PlaylistParser.Parse(read.Bytes.Span) : default;
        if (parse.Media is { Segments.Count: > 0 } media)
        {
            candidate.Found(media.TargetDuration);
            if (candidate.Failures >= 3)
                warnings.Healed(Upstreams.Show(location));
            _wake.Set();
            return;
        }
        candidate.Failures++;
        candidate.AbsentBefore |= read.Outcome == FetchOutcome.NotFound || parse.Media is not null;
        candidate.NextTry = Now + Backoff.After(candidate.Failures, TimeSpan.FromSeconds(2));
        var cause =
            read.Reason ?? parse.Error ?? (parse.Media is null ? "it is not a media playlist" : "it lists no segment yet");
        output.SetTrouble($"{Upstreams.Show(location)}: {cause}");
        if (candidate.Failures >= 3)
            warnings.Warn(
                Upstreams.Show(location),
                $"the variant's playlist cannot be used: {cause}",
                "Check the source; trying on"
            );
    }

    private void StartReady(CancellationToken ct)
    {
        var ready = _candidates.Where(c => c.TargetDuration is not null).ToArray();
        if (ready.Length == 0)
            return;
        if (_running.Count == 0 && ready.Length < _candidates.Count && Now - _firstReady < Gathering)
            return;
        foreach (var candidate in ready)
        {
            _candidates.Remove(candidate);
            var taken = _running.Select(r => r.Rendition.Name).ToHashSet(StringComparer.Ordinal);
            var variant = candidate.Variant with { Name = RenditionNames.Unique(candidate.Variant.Name, taken) };
            var rejoins = _nextRun.TryGetValue(variant.Name, out var run);
            if (_running.Count > 0)
                run = Math.Max(run, _running.Max(r => r.Follower.Run));
            var follower = new RenditionFollower(
                variant.Name,
                variant.Location,
                upstreams,
                new ListingTracker(start, run, rejoins),
                candidate.AbsentBefore,
                output,
                owncast,
                warnings,
                time
            );
            watch?.Add(follower.Wake);
            _running.Add(
                new Running(
                    variant,
                    new SourceRendition(
                        variant.Name,
                        candidate.TargetDuration!.Value,
                        variant.Declared?.Bandwidth,
                        variant.Declared?.Codecs
                    ),
                    follower,
                    CancellationTokenSource.CreateLinkedTokenSource(ct)
                )
            );
        }
        Tell();
        foreach (var follower in _running)
            follower.Start();
    }

    private void Stop(Running follower)
    {
        _running.Remove(follower);
        watch?.Remove(follower.Follower.Wake);
        _nextRun[follower.Rendition.Name] = follower.Follower.Run + 1;
        follower.Stopping.Cancel();
        _stopped.RemoveAll(t => t.IsCompleted);
        _stopped.Add(follower.Task);
        Tell();
    }

    private void Tell()
    {
        var now = _running.OrderBy(r => _order.IndexOf(r.Variant.Key)).ToList();
        warnings.Found(top.Shown, string.Join(", ", now.Select(r => r.Rendition.Name)));
        output.SetRenditions([
            .. now.Select(r =>
                (
                    r.Rendition with
                    {
                        TargetDuration = r.Follower.TargetDuration ?? r.Rendition.TargetDuration,
                    },
                    r.Follower.Presence
                )
            ),
        ]);
    }

    private sealed record Candidate(SourceVariant Variant)
    {
        private volatile int _targetDuration;

        /// <summary>Seconds; null until the media playlist was read.</summary>
        public int? TargetDuration => _targetDuration is var seconds and > 0 ? seconds : null;

        public Task Trying { get; set; } = Task.CompletedTask;
        public bool AbsentBefore { get; set; }
        public int Failures { get; set; }
        public TimeSpan NextTry { get; set; }

        public void Found(int seconds) => _targetDuration = Math.Max(1, seconds);
    }

    private sealed record Running(
        SourceVariant Variant,
        SourceRendition Rendition,
        RenditionFollower Follower,
        CancellationTokenSource Stopping
    )
    {
        /// <summary>Readings of the multivariant playlist in a row that did not name it.</summary>
        public int Absences { get; set; }

        public Task Task { get; private set; } = Task.CompletedTask;

        public void Start()
        {
            if (!_started)
                Task = Follower.RunAsync(Stopping.Token);
            _started = true;
        }

        private bool _started;
    }
}
