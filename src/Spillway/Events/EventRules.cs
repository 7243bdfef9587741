namespace Spillway.Events;

/// <summary>What happened between two looks at a stream.</summary>
internal static class EventRules
{
    /// <summary>In the order in which they should be told.</summary>
    public static IReadOnlyList<StreamChange> Changes(StreamMoment before, StreamMoment after) =>
        [
            .. Writer(before, after),
            .. Source(before, after),
            .. Store(before, after),
            .. Air(before, after),
            .. Slate(before, after),
            .. Gaps(before, after),
            .. Peers(before, after),
            .. Advice(before, after),
        ];

    private static IEnumerable<StreamChange> Writer(StreamMoment before, StreamMoment after)
    {
        if (before.Superseded is null && after.Superseded is { } successor)
            yield return Failed(
                EventKinds.Failover,
                successor,
                "Storage:SingleWriter promises that only one Spillway writes: stop the other one, and start this one again."
            );
        if (after.Lease is not { } lease)
            yield break;
        if (after.Writes && !before.Writes)
        {
            if (lease.TakeOvers > (before.Lease?.TakeOvers ?? 0))
                yield return Warn(
                    EventKinds.Failover,
                    $"This instance ({lease.Instance}) has taken over as the writer, because {lease.Why}.",
                    "See what has happened to the other instance."
                );
            else
                yield return Tell(EventKinds.Writer, $"This instance ({lease.Instance}) is the writer, because {lease.Why}.");
        }
        else if (before.Writes && !after.Writes)
        {
            yield return Warn(
                EventKinds.Failover,
                $"This instance ({lease.Instance}) is not the writer any more: {lease.Why}. It stands by.",
                "See what has kept this instance from the store or its source."
            );
        }
        else if (!after.Writes && lease.Writer is { } writer && writer != before.Lease?.Writer)
        {
            yield return Tell(EventKinds.Writer, $"Instance {writer} is the writer; this one ({lease.Instance}) stands by.");
        }
    }

    private static IEnumerable<StreamChange> Source(StreamMoment before, StreamMoment after)
    {
        if (before.SourceAway is null && after.SourceAway is { } reason)
            // With nothing on air nobody misses it.
            yield return after.OnAir is null
                ? Tell(EventKinds.SourceAway, $"The source is away: {reason}.")
                : Warn(
                    EventKinds.SourceAway,
                    $"The source is away: {reason}.",
                    "See to the source; the broadcast ends after Grace."
                );
        if (before.SourceAway is not null && after.SourceAway is null)
            yield return Tell(EventKinds.SourceBack, "The source is back.");
    }

    private static IEnumerable<StreamChange> Store(StreamMoment before, StreamMoment after)
    {
        if (before.StoreFault is null && after.StoreFault is { } fault)
            yield return Warn(EventKinds.StorageTrouble, fault, null);
        if (before.StoreFault is not null && after.StoreFault is null)
            yield return Tell(EventKinds.StorageWell, "The store takes and gives what it should again.");
    }

    private static IEnumerable<StreamChange> Air(StreamMoment before, StreamMoment after)
    {
        if (after.OnAir is { } broadcast && broadcast != before.OnAir)
            yield return Tell(
                EventKinds.OnAir,
                before.OnAir is null ? $"Broadcast {broadcast} is on air."
                    : after.SwarmSplits > before.SwarmSplits
                        ? $"Broadcast {broadcast} is on air in place of {before.OnAir}: {after.LastSwarmSplit}."
                    : $"Broadcast {broadcast} is on air in place of {before.OnAir}."
            ) with
            {
                Broadcast = broadcast,
            };
        if (before.OnAir is { } ended && after.OnAir is null)
            yield return Tell(
                EventKinds.OffAir,
                after.SourceAway is { } reason
                    ? $"Broadcast {ended} has ended: the source stayed away ({reason})."
                    : $"Broadcast {ended} has ended."
            ) with
            {
                Broadcast = ended,
            };
    }

    private static IEnumerable<StreamChange> Slate(StreamMoment before, StreamMoment after)
    {
        if (after.OnAir is null)
            yield break;
        if (after.OnSlate && !before.OnSlate)
            yield return after.SourceAway is { } reason
                ? Warn(EventKinds.Slate, $"Viewers see the slate: the source is away ({reason}).", "See to the source.")
                : Tell(EventKinds.Slate, "Viewers see the slate: the operator wants it, or the source brings nothing new.");
        if (before.OnSlate && !after.OnSlate)
            yield return Tell(EventKinds.SlateOver, "Viewers see the show again.");
    }

    private static IEnumerable<StreamChange> Gaps(StreamMoment before, StreamMoment after)
    {
        // A new run counts from 0.
        var more = after.Gaps >= before.Gaps ? after.Gaps - before.Gaps : after.Gaps;
        if (more > 0)
            yield return Warn(
                EventKinds.Gap,
                more == 1 ? "A segment is listed as missing." : $"{more} segments are listed as missing.",
                "The log says which, and why: what the source did not give whole, or the store did not take in time."
            ) with
            {
                Count = more,
            };
    }

    private static IEnumerable<StreamChange> Peers(StreamMoment before, StreamMoment after)
    {
        if (before.PeersAdvice is null && after.PeersAdvice is { } advice)
            yield return Warn(EventKinds.PeersZero, advice, null);
        if (before.PeersAdvice is not null && after.PeersAdvice is null)
            yield return Tell(EventKinds.PeersWell, "Viewers get bytes from each other, or nobody knows any more.");
    }

    private static IEnumerable<StreamChange> Advice(StreamMoment before, StreamMoment after)
    {
        // Those two hold figures that change all the time.
        if (before.StoreAdvice is null && after.StoreAdvice is { } store)
            yield return Advise("store", store);
        if (before.BandwidthAdvice is null && after.BandwidthAdvice is { } bandwidth)
            yield return Advise("bandwidth", bandwidth);
        if (after.SourceAdvice is { } source && source != before.SourceAdvice)
            yield return Advise("source", source);
        if (after.SlateProblem is { } slate && slate != before.SlateProblem)
            yield return Advise("slate", slate);
    }

    private static StreamChange Advise(string matter, string text) =>
        Warn(EventKinds.Advice, text, null) with
        {
            Matter = $"{EventKinds.Advice} {matter}",
        };

    private static StreamChange Tell(string kind, string text) => new(EventLevel.Info, kind, text, null);

    private static StreamChange Warn(string kind, string text, string? remedy) => new(EventLevel.Warning, kind, text, remedy);

    private static StreamChange Failed(string kind, string text, string? remedy) => new(EventLevel.Error, kind, text, remedy);
}

/// <summary>An event that has not been told yet.</summary>
internal sealed record StreamChange(EventLevel Level, string Kind, string Text, string? Remedy)
{
    /// <summary>How many things happened at once, where they are counted.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Which one it is about; null: the one on air.</summary>
    public string? Broadcast { get; init; }

    /// <summary>What it says replaces what was said of the same matter.</summary>
    public string Matter { get; init; } = EventKinds.MatterOf(Kind);
}
