using System.Globalization;

namespace Spillway.EndToEnd.Swarm;

/// <summary>What <c>make bench PART=swarm</c> is to measure, from the environment.</summary>
internal sealed class SwarmPlan
{
    /// <summary>VIEWERS: how many, such as <c>2,4,8</c>.</summary>
    public IReadOnlyList<int> Viewers { get; } = Numbers("VIEWERS", "2,4,8");

    /// <summary>SEGMENTS: seconds of a segment, such as <c>2,4</c>.</summary>
    public IReadOnlyList<int> SegmentSeconds { get; } = Numbers("SEGMENTS", "4,2");

    /// <summary>RUNS of each.</summary>
    public int Runs { get; } = Numbers("RUNS", "3")[0];

    /// <summary>FROM: the number of the first run, to go on with what a broken measurement has left.</summary>
    public int First { get; } = Numbers("FROM", "1")[0];

    /// <summary>SECONDS that are measured.</summary>
    public int Seconds { get; } = Numbers("SECONDS", "80")[0];

    /// <summary>WARMUP: seconds from the last viewer's opening to the measured stretch.</summary>
    public int WarmUp { get; } = Numbers("WARMUP", "30")[0];

    /// <summary>CHURN=1: every ten seconds one viewer leaves and another joins.</summary>
    public bool Churn { get; } = Numbers("CHURN", "0")[0] != 0;

    /// <summary>DELAY: seconds behind the live edge in place of the server's default; 0: the default.</summary>
    public double Delay { get; } = Number("DELAY");

    /// <summary>UPLINK: each viewer's line out, in multiples of the stream's rate (then 1 Mbit/s); 0: as it is.</summary>
    public double Uplink { get; } = Number("UPLINK");

    /// <summary>PLAYER: a folder with another build of the player page, to be measured instead of the binary's.</summary>
    public string Player { get; } = Environment.GetEnvironmentVariable("PLAYER") ?? "";

    private static List<int> Numbers(string name, string otherwise) =>
        [
            .. (Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : otherwise)
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static number => int.Parse(number, CultureInfo.InvariantCulture)),
        ];

    private static double Number(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : 0;
}
