using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>What a sweep works with.</summary>
internal sealed record SweepParts
{
    public required IObjectStore Store { get; init; }
    public required string Stream { get; init; }

    /// <summary>The writer's.</summary>
    public required long Epoch { get; init; }

    /// <summary>PUTs are conditional; not with <c>SingleWriter</c>.</summary>
    public required bool Conditional { get; init; }

    /// <summary>Broadcasts that the writer works on: beginning, on air, ending.</summary>
    public Func<IReadOnlySet<string>> InUse { get; init; } = static () => new HashSet<string>();

    /// <summary>Asked before each batch: this is still the one that may delete.</summary>
    public required Func<CancellationToken, Task<bool>> StillMine { get; init; }

    /// <summary>Runs what it is given while no slate is being stored, and tells it which are in use.</summary>
    public Func<Func<Func<string, bool>, Task>, CancellationToken, Task> WhileSlatesRest { get; init; } =
        static (act, _) => act(static _ => false);

    /// <summary>The player page's files that this program carries, below <c>watch/</c>; null: another stream's sweep sees to them.</summary>
    public IReadOnlySet<string>? Pages { get; init; }

    public required TimeProvider Time { get; init; }
    public required ILogger Logger { get; init; }
}

/// <summary>
/// Deletes what nobody can ask for any more: LIST, then read every playlist, then delete. Only the writer does it, and one at a
/// time. See docs/retention.md.
/// </summary>
internal sealed partial class Sweep(SweepParts parts)
{
    /// <summary>S3's limit for one DeleteObjects.</summary>
    private const int Batch = 1000;
    private static readonly TimeSpan PutPatience = TimeSpan.FromSeconds(20);

    private readonly CountingObjectStore _store = new(parts.Store);
    private readonly Dictionary<string, SweptGroup> _deleted = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private StoredObject? _memoryObject;
    private long _revision;
    private bool _stopped;

    /// <param name="dryRun">Nothing is deleted and nothing is remembered.</param>
    /// <exception cref="ObjectStoreException">The store could not be listed.</exception>
    public async Task<SweepResult> RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var now = parts.Store.Now;
        // Before and after: one that begins or ends meanwhile is in use.
        var inUse = new HashSet<string>(parts.InUse(), StringComparer.Ordinal);
        var listing = await SweepListing.ReadAsync(_store, parts.Stream, cancellationToken);
        var view = await new SweepReading(_store, parts.Time, listing).ReadAsync(cancellationToken);
        var read = parts.Store.Now;
        inUse.UnionWith(parts.InUse());
        _problems.AddRange(view.Problems);
        (_memoryObject, _revision) = (view.MemoryObject, view.Memory.Revision);

        SweepPlan? plan = null;
        if (view.Blocked is { } blocked)
            _problems.Add(blocked);
        else if (view.Memory.Epoch > parts.Epoch)
            Stop($"Another Spillway sweeps {parts.Stream} (epoch {view.Memory.Epoch}): this one deletes nothing.");
        else
        {
            // What an earlier process noted of slates does not hold: this one cannot know whether that one listed them afterwards.
            if (view.Memory.Epoch != parts.Epoch)
                view.Memory = view.Memory with { Slates = new Dictionary<string, DateTimeOffset>() };
            plan = await PlanAsync(listing, view, inUse, now, read, cancellationToken);
            var pages = parts.Pages is { } carried
                ? await new PageAssets(_store, parts.Time, carried).LookAsync(view.Memory, now, dryRun, cancellationToken)
                : PageAssetsPlan.Unchanged(view.Memory);
            // As old files of the page: one stream's sweep sees to them.
            if (parts.Pages is not null)
                pages = pages with
                {
                    Doomed = [.. pages.Doomed, .. await DeadHeartbeats.FindAsync(_store, now, cancellationToken)],
                };
            if (dryRun)
                Rehearse(plan, pages);
            else
                await DeleteAsync(plan, pages, view.Memory, read, cancellationToken);
        }
        var result = new SweepResult
        {
            Stream = parts.Stream,
            DryRun = dryRun,
            At = now,
            Deleted = [.. _deleted.Values.OrderBy(static group => group.Reason, StringComparer.Ordinal)],
            Keys = listing.Keys,
            Bytes = listing.Bytes,
            Unknown = listing.Unknown,
            UnknownExamples = listing.UnknownExamples,
            Problems = _problems,
            Stopped = _stopped,
            More = plan?.More,
            Operations = _store.Total,
        };
        Tell(result);
        return result;
    }

    private async Task<SweepPlan> PlanAsync(
        SweepListing listing,
        SweepView view,
        IReadOnlySet<string> inUse,
        DateTimeOffset now,
        DateTimeOffset read,
        CancellationToken cancellationToken
    )
    {
        if (listing.Slates.Count == 0)
            return SweepPlan.Make(listing, view, inUse, static _ => false, now, read);
        SweepPlan? plan = null;
        await parts.WhileSlatesRest(
            isInUse =>
            {
                plan = SweepPlan.Make(listing, view, inUse, isInUse, now, read);
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return plan!;
    }

    private void Rehearse(SweepPlan plan, PageAssetsPlan pages)
    {
        foreach (var doomed in plan.Playlists.Concat(plan.Media).Concat(pages.Doomed))
            Note(doomed);
        foreach (var (_, doomed) in plan.Slates)
            Note(doomed);
    }

    private async Task DeleteAsync(
        SweepPlan plan,
        PageAssetsPlan pages,
        SweepMemory before,
        DateTimeOffset noted,
        CancellationToken cancellationToken
    )
    {
        var memory = plan.Memory with { Assets = pages.Assets, AssetsSeen = pages.Seen };
        // First what the next sweep must know: a playlist that goes without a note would be forgotten.
        if (!memory.SaysWhat(before) && !await RememberAsync(memory, cancellationToken))
            return;
        // Noted so long ago that it would say too early a time: the next sweep notes it anew, as the playlists are there.
        if (plan.Removing.Count > 0 && parts.Store.Now - noted > SweepPlan.Margin / 2)
        {
            Stop($"The store was so slow that {parts.Stream} is left for the next sweep.");
            return;
        }
        if (!await DeleteAsync(plan.Playlists, cancellationToken))
            return;
        if (plan.Removing.Count > 0 && parts.Store.Now - noted > SweepPlan.Margin)
        {
            // It took so long that the note says too early a time.
            var late = parts.Store.Now - noted;
            var removed = memory.Removed.ToDictionary(
                static pair => pair.Key,
                pair =>
                    plan.Removing.Contains(pair.Key) ? new Removal(pair.Value.At + late, pair.Value.Until + late) : pair.Value,
                StringComparer.Ordinal
            );
            if (!await RememberAsync(memory with { Removed = removed }, cancellationToken))
                return;
        }
        if (!await DeleteAsync(plan.Media, cancellationToken) || !await DeleteAsync(pages.Doomed, cancellationToken))
            return;
        if (plan.Slates.Count > 0)
            await parts.WhileSlatesRest(
                isInUse =>
                    DeleteAsync([.. plan.Slates.Where(s => !isInUse(s.Hash)).Select(static s => s.Key)], cancellationToken),
                cancellationToken
            );
    }

    /// <returns>False: stop.</returns>
    private async Task<bool> DeleteAsync(IReadOnlyList<Doomed> doomed, CancellationToken cancellationToken)
    {
        foreach (var batch in doomed.Chunk(Batch))
        {
            if (!await parts.StillMine(cancellationToken))
                return Stop($"This Spillway is no longer the writer of {parts.Stream}: it deletes no further.");
            try
            {
                await _store.DeleteAsync([.. batch.Select(static one => one.Key)], cancellationToken);
            }
            catch (ObjectStoreException exception)
            {
                return Stop($"The store did not delete: {exception.Message}");
            }
            foreach (var one in batch)
                Note(one);
        }
        return true;
    }

    /// <returns>False: stop. What is not known to be remembered is not acted on.</returns>
    private async Task<bool> RememberAsync(SweepMemory memory, CancellationToken cancellationToken)
    {
        if (!await parts.StillMine(cancellationToken))
            return Stop($"This Spillway is no longer the writer of {parts.Stream}: it deletes nothing.");
        var key = StreamKeys.Sweep(parts.Stream);
        var body = (memory with { Epoch = parts.Epoch, Revision = ++_revision }).ToJson();
        var condition =
            !parts.Conditional ? PutCondition.None
            : _memoryObject is { } present ? PutCondition.Matches(present.ETag)
            : PutCondition.Missing;
        var put = await _store.PutWithinAsync(
            PutPatience,
            parts.Time,
            key,
            body,
            StreamKeys.PrivateHeaders,
            condition,
            cancellationToken
        );
        if (put.Status != PutStatus.Stored)
            return Stop(
                put.Status == PutStatus.PreconditionFailed
                    ? $"{key} was written by somebody else meanwhile."
                    : $"{key} was not stored: {put.Fault?.Message} {put.Fault?.Remedy}"
            );
        _memoryObject = new StoredObject(body, put.ETag!, parts.Store.Now);
        return true;
    }

    private bool Stop(string problem)
    {
        _stopped = true;
        _problems.Add(problem);
        return false;
    }

    private void Note(Doomed doomed)
    {
        var group = _deleted.GetValueOrDefault(doomed.Reason) ?? new SweptGroup(doomed.Reason, 0, 0);
        _deleted[doomed.Reason] = group with { Keys = group.Keys + 1, Bytes = group.Bytes + doomed.Size };
    }

    private void Tell(SweepResult result)
    {
        foreach (var problem in result.Problems)
            Log.Problem(parts.Logger, parts.Stream, problem);
        if (!result.DryRun && result.DeletedKeys > 0)
            Log.Swept(
                parts.Logger,
                parts.Stream,
                result.DeletedKeys,
                result.DeletedBytes,
                result.Keys,
                string.Join(", ", result.Deleted.Select(static group => $"{group.Keys} {group.Reason}"))
            );
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Stream}: deleted {Keys} of {All} keys, {Bytes} bytes: {What}")]
        public static partial void Swept(ILogger logger, string stream, int keys, long bytes, int all, string what);

        [LoggerMessage(2, LogLevel.Warning, "{Stream}: the sweep leaves something: {Problem}")]
        public static partial void Problem(ILogger logger, string stream, string problem);
    }
}
