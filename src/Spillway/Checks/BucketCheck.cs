using System.Globalization;
using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>
/// The bucket and the host in front of it, with one object between them: asked for before it is there, written, read, changed,
/// made immutable, changed once more, deleted.
/// </summary>
internal sealed class BucketCheck(CheckContext context, FindingList machine, FindingList store, FindingList edge)
{
    /// <summary>After the time-out of the part, too.</summary>
    public static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Drift = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Off = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Refused = TimeSpan.FromMinutes(15);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var bucket = new S3ObjectStore(context.Options.Storage, context.Time, context.Limits.Answer);
        using var reader = new EdgeReader(context.Edge, context.Limits.Answer);
        var probe = new ProbeObject(bucket, context.Limits.BetweenWrites, context.Time);
        var tried = new StoreCheck(bucket, probe, context.Options.Storage.SingleWriter, store);
        IReadOnlyList<string> forgotten = [];
        try
        {
            // First, so that an edge that keeps what is missing has something to keep.
            var early = await reader.GetAsync(probe.Key, cancellationToken);
            var isStored = await tried.WriteAsync(cancellationToken);
            Clock(bucket);
            if (!isStored)
            {
                WithoutStore(early);
                return;
            }
            var host = new EdgeCheck(context, reader, probe, tried, edge);
            var isReached = await host.FirstAsync(early, cancellationToken);
            forgotten = await tried.ListAsync(cancellationToken);
            var isChanged = await tried.ConditionsAsync(cancellationToken);
            if (isReached)
                await host.ChangesAsync(isChanged, cancellationToken);
            if (
                context.Fix
                && (edge.Has(EdgeFindings.NoCors) || edge.Has(EdgeFindings.CorsVaries) || edge.Has(EdgeFindings.NoPreflight))
            )
                await new CorsRepair(context, bucket, host.Cors, store, edge).RunAsync(cancellationToken);
            if (isReached)
                await host.StrangersAsync(bucket, cancellationToken);
        }
        finally
        {
            using var late = new CancellationTokenSource(CleanUp);
            try
            {
                await tried.DeleteAsync(forgotten, late.Token);
            }
            catch (OperationCanceledException)
            {
                store.Add(StoreFindings.NoDelete, $"{string.Join(", ", probe.Written)} could not be deleted in time.");
            }
        }
    }

    /// <summary>By the store's Date header, which a store that refuses sends, too.</summary>
    private void Clock(S3ObjectStore bucket)
    {
        if (store.Has(StoreFindings.Unreachable))
            return;
        var ahead = context.Time.GetUtcNow() - bucket.Now;
        var off = ahead.Duration();
        var kind =
            off > Refused ? MachineFindings.ClockRefused
            : off > Off ? MachineFindings.ClockOff
            : off > Drift ? MachineFindings.ClockDrift
            : MachineFindings.Clock;
        machine.Add(
            kind,
            kind == MachineFindings.Clock
                ? "This machine's clock and the store's agree within 2 s."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"This machine's clock is {off.TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the store's."
                )
        );
    }

    private void WithoutStore(EdgeAnswer early)
    {
        if (early.Problem is { } problem)
            edge.Add(EdgeFindings.Unreachable, $"{context.Edge} cannot be read: {problem}.");
        else
            edge.Add(
                EdgeFindings.NotTried,
                $"{context.Edge} answers ({early.Status}); nothing could be stored to read through it."
            );
    }
}
