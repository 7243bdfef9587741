namespace Spillway.Bench.Tracker;

/// <param name="Name">For the table.</param>
/// <param name="Sockets">At one time.</param>
/// <param name="SwarmSize">Members of each swarm.</param>
/// <param name="RelaysPerSecond">Offers and answers that reach clients.</param>
internal sealed record TrackerLoad(string Name, int Sockets, int SwarmSize, int RelaysPerSecond)
{
    /// <summary>The two of the last kind go at a lower rate: bittorrent-tracker walks through all members at each announce.</summary>
    public static IReadOnlyDictionary<string, TrackerLoad[]> All { get; } =
        new Dictionary<string, TrackerLoad[]>
        {
            ["1000"] = [new("1,000 sockets, swarms of 250", 1_000, 250, 7_000)],
            ["8000"] = [new("8,000 sockets, swarms of 250", 8_000, 250, 7_000)],
            ["swarm"] =
            [
                new("4,000 sockets, ten swarms of 400", 4_000, 400, 2_500),
                new("4,000 sockets, one swarm", 4_000, 4_000, 2_500),
            ],
        };

    /// <summary>Of <c>--soak</c>.</summary>
    public static TrackerLoad Soak { get; } = new("10,000 sockets, swarms of 250", 10_000, 250, 2_000);
}
