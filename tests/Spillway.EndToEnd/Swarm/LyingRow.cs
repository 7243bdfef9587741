using System.Globalization;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.Swarm;

/// <summary>What came of the lies of one kind: a row of <c>bench/results/lies.json</c>.</summary>
/// <param name="Lie">Its name in <c>lying-peer.js</c>.</param>
/// <param name="Marked">Segments that were checked and false.</param>
/// <param name="Stalls">Times that a peer kept the rest of a segment back.</param>
/// <param name="FalseBytesPlayed">Segments with a false byte that were given to the decoder.</param>
/// <param name="Interruptions">Of all honest viewers.</param>
internal sealed record LyingRow(
    string Lie,
    int Liars,
    double Minutes,
    int Exchanges,
    int Checked,
    int Marked,
    int Refused,
    int Stalls,
    int FalseBytesPlayed,
    int Interruptions
)
{
    private const string Head = """
        | the liars | in minutes | exchanges | false segments | refused | broken off | false bytes played | good segments refused | interruptions of six viewers |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    /// <summary>Beside the row of the other kind, and in place of its own.</summary>
    public void Save(BenchMachine machine)
    {
        var rows = (BenchResult.Read("lies")?.FiguresAs<Figures>()?.Rows ?? [])
            .Where(other => other.Lie != Lie)
            .Append(this)
            .OrderBy(static row => row.Lie, StringComparer.Ordinal)
            .ToList();
        BenchResult.Of("lies", machine, [Head, .. rows.Select(static row => row.ToString())], new Figures(rows)).Save("lies");
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {(Lie == "flip" ? "send false bytes" : "stop in mid-segment")} ({Liars}) | {Minutes:0.0} | {Exchanges:N0} | {Marked} | {Refused} | {Stalls} | {FalseBytesPlayed} | {Refused - Marked} | {Interruptions} |"
        );

    private sealed record Figures(IReadOnlyList<LyingRow> Rows);
}
