namespace Spillway.Bench.SwarmSimulation;

/// <summary>What one event gave.</summary>
/// <param name="Tally">Over the measured time.</param>
/// <param name="Copies">That left the edge, of each segment.</param>
/// <param name="Peers">Connections of each viewer that is there at the end.</param>
/// <param name="Joining">The tracker's frames and bytes while viewers came.</param>
/// <param name="Measured">The same over the measured time.</param>
/// <param name="Attempts">Pairs that tried to connect.</param>
/// <param name="Connections">Those that did.</param>
/// <param name="Events">Simulated.</param>
internal sealed record SwarmOutcome(
    Tally Tally,
    IReadOnlyList<int> Copies,
    IReadOnlyList<int> Peers,
    (long Frames, long Bytes) Joining,
    (long Frames, long Bytes) Measured,
    int Attempts,
    int Connections,
    long Events
);
