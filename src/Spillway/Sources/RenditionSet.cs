using Spillway.Playlists;

namespace Spillway.Sources;

/// <summary>Keeps one follower for each media playlist the source names, as variants come and go.</summary>
internal sealed class RenditionSet(
    TopPlaylist top,
    Upstreams upstreams,
    SourceOutput output,
    FolderWatch? watch,
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

    private readonly WakeSignal wake = new();
    private readonly List<Running> running = [];
    private readonly List<Candidate> candidates = [];
    private readonly List<Task> stopped = [];

    /// <summary>By rendition, for one that goes and comes again.</summary>
    private readonly Dictionary<string, int> nextRun = new(StringComparer.Ordinal);
    private List<string> order = [];
    private TimeSpan nextReading;
    private TimeSpan lastReading;
    private TimeSpan? firstReady;
    private int failures;
    private bool absentBefore;

    private TimeSpan Now => time.GetElapsedTime(0);

    public async Task RunAsync(CancellationToken ct)
    {
        watch?.Add(wake);
        nextReading = Now;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                watch?.Ensure();
                if (IsReadingDue())
                    await ReadTopAsync(ct);
                await TryCandidatesAsync(ct);
                StartReady(stop.Token);
                // A follower ends by itself only when nobody takes the events any more.
                foreach (var ended in running.Where(r => r.Task.IsCompleted))
                    await ended.Task;
                await output.ReviewAsync(ct);
                await wake.WaitAsync(Tick, time, ct);
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var task in stopped.Concat(running.Select(r => r.Task)))
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsReadingDue()
    {
        if (Now >= nextReading)
            return true;
        return Now - lastReading >= SoonAgain && running.Exists(r => r.Follower.IsSuspicious);
    }

    private async Task ReadTopAsync(CancellationToken ct)
    {
        running.ForEach(r => r.Follower.IsSuspicious = false);
        var reading = await top.ReadAsync(ct);
        lastReading = Now;
        if (reading.Problem is { } problem)
        {
            failures++;
            absentBefore |= running.Count == 0 && candidates.Count == 0;
            output.SetTrouble($"{top.Shown}: {problem}");
            // One failure is nothing: playlists are read while they are written.
            if (failures >= 3)
                warnings.Warn(top.Shown, problem, reading.Remedy);
            nextReading = Now + Backoff.After(failures, TimeSpan.FromSeconds(running.Count == 0 ? 1 : 5));
            return;
        }
        if (failures >= 3)
            warnings.Healed(top.Shown);
        failures = 0;
        nextReading = Now + ReadAgain;
        Reconcile(reading.Variants);
    }

    private void Reconcile(IReadOnlyList<SourceVariant> variants)
    {
        order = [.. variants.Select(v => v.Key)];
        candidates.RemoveAll(c => !order.Contains(c.Variant.Key, StringComparer.Ordinal));
        foreach (var follower in running.ToArray())
        {
            var listed = variants.FirstOrDefault(v => string.Equals(v.Key, follower.Variant.Key, StringComparison.Ordinal));
            if (listed is not null)
            {
                follower.Follower.Location = listed.Location;
                follower.Absences = 0;
            }
            else if (++follower.Absences >= 2)
            {
                Stop(follower);
            }
            else
            {
                // It may have been read half: once more before a rendition is given up.
                nextReading = Now + SoonAgain;
            }
        }
        foreach (var variant in variants)
        {
            if (
                !running.Exists(r => string.Equals(r.Variant.Key, variant.Key, StringComparison.Ordinal))
                && !candidates.Exists(c => string.Equals(c.Variant.Key, variant.Key, StringComparison.Ordinal))
            )
                candidates.Add(new Candidate(variant) { AbsentBefore = absentBefore });
        }
    }

    /// <summary>A variant is told of once its media playlist can be read, since that has the target duration.</summary>
    private async Task TryCandidatesAsync(CancellationToken ct)
    {
        var due = candidates.Where(c => c.TargetDuration is null && c.NextTry <= Now).ToArray();
        await Task.WhenAll(due.Select(c => TryAsync(c, ct)));
        if (firstReady is null && candidates.Exists(c => c.TargetDuration is not null))
            firstReady = Now;
    }

    private async Task TryAsync(Candidate candidate, CancellationToken ct)
    {
        var location = candidate.Variant.Location;
        var read = await upstreams.For(location).ReadPlaylistAsync(location, ct);
        var parse = read.IsWhole ? PlaylistParser.Parse(read.Bytes.Span) : default;
        if (parse.Media is { Segments.Count: > 0 } media)
        {
            candidate.TargetDuration = Math.Max(1, media.TargetDuration);
            if (candidate.Failures >= 3)
                warnings.Healed(Upstreams.Show(location));
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
        var ready = candidates.Where(c => c.TargetDuration is not null).ToArray();
        if (ready.Length == 0)
            return;
        if (running.Count == 0 && ready.Length < candidates.Count && Now - firstReady < Gathering)
            return;
        foreach (var candidate in ready)
        {
            candidates.Remove(candidate);
            var taken = running.Select(r => r.Rendition.Name).ToHashSet(StringComparer.Ordinal);
            var variant = candidate.Variant with { Name = RenditionNames.Unique(candidate.Variant.Name, taken) };
            var rejoins = nextRun.TryGetValue(variant.Name, out var run);
            if (running.Count > 0)
                run = Math.Max(run, running.Max(r => r.Follower.Run));
            var follower = new RenditionFollower(
                variant.Name,
                variant.Location,
                upstreams,
                new ListingTracker(start, run, rejoins),
                candidate.AbsentBefore,
                output,
                warnings,
                time
            );
            watch?.Add(follower.Wake);
            running.Add(
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
        foreach (var follower in running)
            follower.Start();
    }

    private void Stop(Running follower)
    {
        running.Remove(follower);
        watch?.Remove(follower.Follower.Wake);
        nextRun[follower.Rendition.Name] = follower.Follower.Run + 1;
        follower.Stopping.Cancel();
        stopped.RemoveAll(t => t.IsCompleted);
        stopped.Add(follower.Task);
        Tell();
    }

    private void Tell()
    {
        var now = running.OrderBy(r => order.IndexOf(r.Variant.Key)).ToList();
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
        public int? TargetDuration { get; set; }
        public bool AbsentBefore { get; set; }
        public int Failures { get; set; }
        public TimeSpan NextTry { get; set; }
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
            if (!started)
                Task = Follower.RunAsync(Stopping.Token);
            started = true;
        }

        private bool started;
    }
}
