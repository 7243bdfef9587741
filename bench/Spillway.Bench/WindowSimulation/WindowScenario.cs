using System.Globalization;

namespace Spillway.Bench.WindowSimulation;

/// <param name="Name">In words.</param>
/// <param name="BadPart">Of the viewers who have a bad line, 0 to 1.</param>
/// <param name="SpellFrom">Seconds; from then on all lines are bad.</param>
/// <param name="SpellUntil">Seconds; until then.</param>
internal sealed record WindowScenario(string Name, double BadPart, double SpellFrom = 0, double SpellUntil = 0)
{
    public double Segment { get; init; } = 4;
    public int Viewers { get; init; } = 150;
    public int Seconds { get; init; } = 40 * 60;

    public static readonly IReadOnlyList<WindowScenario> All =
    [
        new("good lines", 0),
        new("1 in 5 bad", 0.2),
        new("bad spell, minutes 12 to 20", 0, 720, 1200),
        new("bad lines", 1),
    ];
}

/// <summary>Of one event. Latency is behind the source, over all viewers and times from the fifth minute on; in seconds.</summary>
/// <param name="Stalled">Seconds.</param>
/// <param name="Hours">Watched.</param>
/// <param name="Changes">Of the live delay, as told to players.</param>
internal sealed record WindowOutcome(
    int Stalls,
    int Leaps,
    double Stalled,
    double Hours,
    double Latency,
    double Median,
    double Latency95,
    int Changes,
    double LeastDelay,
    double MostDelay
)
{
    public double StallsPerHour => Stalls / Hours;

    /// <summary>Part of the time in which the picture stood still.</summary>
    public double StalledShare => Stalled / ((Hours * 3600) + Stalled);

    public static string Head =>
        "| segments | lines | delay | stalls an hour | stalled | leaps an hour | latency, s | median | 95 % | changes | delay, s |\n"
        + "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|";

    public string Row(WindowScenario scenario, string policy) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Segment} s | {scenario.Name} | {policy} | {StallsPerHour:0.00} | {100 * StalledShare:0.00} % | {Leaps / Hours:0.00} | {Latency:0.0} | {Median:0.0} | {Latency95:0.0} | {Changes} | {LeastDelay:0.#} to {MostDelay:0.#} |"
        );
}
