using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Events;

/// <summary>A live stream as one look at it shows it. What it does not show at that moment is as it was.</summary>
internal sealed record StreamMoment
{
    public required string Stream { get; init; }

    /// <summary>As in <see cref="LiveStreamStatus.State"/>.</summary>
    public string State { get; init; } = "offline";

    /// <summary>The broadcast that was last seen on air here and has not ended since; null: none.</summary>
    public string? OnAir { get; init; }

    /// <summary>The slate was on air when the stream was last seen there.</summary>
    public bool OnSlate { get; init; }
    public string? SourceAway { get; init; }
    public string? StoreFault { get; init; }
    public long Gaps { get; init; }
    public string? PeersAdvice { get; init; }
    public string? SourceAdvice { get; init; }
    public string? StoreAdvice { get; init; }
    public string? BandwidthAdvice { get; init; }
    public string? SlateProblem { get; init; }
    public long SwarmSplits { get; init; }
    public string? LastSwarmSplit { get; init; }
    public string? Superseded { get; init; }

    /// <summary>Null with <c>Storage:SingleWriter</c>.</summary>
    public LeaseReport? Lease { get; init; }

    /// <summary>This instance has the lease.</summary>
    public bool Writes => Lease is { } lease && lease.Writer == lease.Instance;

    public static StreamMoment Nothing(string stream) => new() { Stream = stream };

    /// <param name="stream">Is looked at now.</param>
    /// <param name="before">The look before.</param>
    public static StreamMoment Of(LiveStream stream, StreamMoment before) =>
        Of(stream.Name, stream.Status, stream.Writer, stream.Audience?.Advice, before);

    public static StreamMoment Of(
        string stream,
        LiveStreamStatus status,
        LeaseReport? lease,
        string? peersAdvice,
        StreamMoment before
    )
    {
        var isOnAir = status.State is "live" or "slate";
        // Neither tells that it has ended: a new run is offline until it has read the bucket, and others write on elsewhere.
        var isUnknown = status.State is "offline" or LiveStreamStatus.Standby;
        return new StreamMoment
        {
            Stream = stream,
            State = status.State,
            OnAir =
                isOnAir ? status.Broadcast
                : isUnknown ? before.OnAir
                : null,
            OnSlate = status.State == "slate" || (isUnknown && before.OnSlate),
            SourceAway = status.SourceAway,
            StoreFault = status.StoreFault,
            Gaps = status.Gaps,
            PeersAdvice = peersAdvice,
            SourceAdvice = status.SourceAdvice,
            StoreAdvice = status.StoreAdvice,
            BandwidthAdvice = status.BandwidthAdvice,
            SlateProblem = status.SlateProblem,
            SwarmSplits = status.SwarmSplits,
            LastSwarmSplit = status.LastSwarmSplit,
            Superseded = status.Superseded,
            Lease = lease,
        };
    }
}
