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

    /// <summary>Segments that have come of a broadcast that is not on air yet; null: one is on air, or nothing comes.</summary>
    public int? Starting { get; init; }

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

    /// <summary>Segments that were lost since the start: listed as gaps. Those of pauses are not among them.</summary>
    public long Gaps { get; init; }

    /// <summary>Gaps listed since the start because nothing came for so long; in all renditions. The slate, where there is one, is none.</summary>
    public long PauseGaps { get; init; }

    /// <summary>Renditions with more bits than players were told, and the remedy; null: none.</summary>
    public string? BandwidthAdvice { get; init; }

    /// <summary>How often a changed format has begun the next broadcast, and with it new swarms, since the start.</summary>
    public long SwarmSplits { get; init; }

    /// <summary>What had changed the last time.</summary>
    public string? LastSwarmSplit { get; init; }
    public IReadOnlyList<RenditionStatus> Renditions { get; init; } = [];
    public SwitchStatus Switches { get; init; } = new(false, null, false, false, null);
}

/// <summary>How the operator's switches stand.</summary>
/// <param name="SlateByHand">The slate is on by hand.</param>
/// <param name="SlateRefusal">Why it cannot be put on air now; null: it can, or it is.</param>
/// <param name="PeersOff">P2P is off by hand.</param>
/// <param name="Held">Ended by hand: what the source brings is left out.</param>
/// <param name="EndRefusal">Why there is nothing to end; null: there is.</param>
internal sealed record SwitchStatus(bool SlateByHand, string? SlateRefusal, bool PeersOff, bool Held, string? EndRefusal);

/// <param name="Name">Its name.</param>
/// <param name="Stored">Segments stored in this broadcast.</param>
/// <param name="Listed">Segments the last acknowledged playlist lists, gaps left out.</param>
/// <param name="LastNumber">The last listed number; null for none.</param>
internal sealed record RenditionStatus(string Name, long Stored, int Listed, long? LastNumber);
