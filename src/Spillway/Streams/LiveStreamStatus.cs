using Spillway.AdaptiveWindow;

namespace Spillway.Streams;

/// <summary>One live stream as it is now, for <c>/health</c>.</summary>
internal sealed record LiveStreamStatus
{
    /// <summary>The state while another instance writes.</summary>
    public const string Standby = "standby";

    /// <summary><c>offline</c>, <c>live</c>, <c>slate</c>, <c>ended</c> or <c>standby</c>.</summary>
    public string State { get; init; } = "offline";
    public string? Broadcast { get; init; }

    /// <summary>Why the source is away; null when it is not.</summary>
    public string? SourceAway { get; init; }

    /// <summary>What the operator should know of a source that works; null: nothing.</summary>
    public string? SourceAdvice { get; init; }

    /// <summary>Why pauses are listed as gaps and not filled by the slate; null when they are filled, or need not be.</summary>
    public string? SlateProblem { get; init; }

    /// <summary>What is wrong with the store, and the remedy; null when all is well.</summary>
    public string? StoreFault { get; init; }

    /// <summary>What the operator should know of a store that works; null: nothing.</summary>
    public string? StoreAdvice { get; init; }

    /// <summary>With <c>Storage:SingleWriter</c>: another writer was found, and this one has stopped.</summary>
    public string? Superseded { get; init; }

    /// <summary>Live delay and window; null: nothing has been on air since the start.</summary>
    public WindowReport? Window { get; init; }

    /// <summary>Segments listed as missing since the start.</summary>
    public long Gaps { get; init; }

    /// <summary>Renditions with more bits than players were told, and the remedy; null: none.</summary>
    public string? BandwidthAdvice { get; init; }

    /// <summary>How often a changed format has begun the next broadcast, and with it new swarms, since the start.</summary>
    public long SwarmSplits { get; init; }

    /// <summary>What had changed the last time.</summary>
    public string? LastSwarmSplit { get; init; }
    public IReadOnlyList<RenditionStatus> Renditions { get; init; } = [];
}

/// <param name="Name">Its name.</param>
/// <param name="Stored">Segments stored in this broadcast.</param>
/// <param name="Listed">Segments the last acknowledged playlist lists, gaps left out.</param>
/// <param name="LastNumber">The last listed number; null for none.</param>
internal sealed record RenditionStatus(string Name, long Stored, int Listed, long? LastNumber);
