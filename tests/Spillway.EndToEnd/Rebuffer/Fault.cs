namespace Spillway.EndToEnd.Rebuffer;

/// <summary>Something that was broken on purpose.</summary>
/// <param name="From">Milliseconds since 1970.</param>
internal sealed record Fault(string What, double From)
{
    /// <summary>Milliseconds in which what stands still is put down to it: the stream is some seconds behind, and recovers.</summary>
    private const double Reach = 60_000;

    /// <summary>What a stall is put down to: the last fault before it, unless that is long ago.</summary>
    public static Fault? Of(Stall stall, IReadOnlyList<Fault> faults) =>
        faults.LastOrDefault(fault => fault.From <= stall.At + 500 && stall.At - fault.From < Reach);

    public static double Now => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
}
