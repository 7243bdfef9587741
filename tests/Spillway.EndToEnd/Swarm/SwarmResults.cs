using System.Text.Json;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Swarm;

/// <summary><c>bench/results/swarm.json</c>: one row a run; a run that is measured again replaces its row.</summary>
internal static class SwarmResults
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static string Path =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(SpillwayProcess.Artifacts, "..", "bench", "results", "swarm.json"));

    public static void Add(SwarmRow row)
    {
        var rows = File.Exists(Path) ? JsonSerializer.Deserialize<Results>(File.ReadAllText(Path), s_json)!.Rows : [];
        Results results = new(
            Environment.ProcessorCount,
            [
                .. rows.Where(other => KeyOf(other) != KeyOf(row))
                    .Append(row)
                    .OrderBy(static r => (r.Churn, r.Uplink, r.Delay, r.Segment, r.Viewers, r.Run)),
            ]
        );
        File.WriteAllText(Path, JsonSerializer.Serialize(results, s_json) + "\n");
    }

    private static (bool, double, double, int, int, int) KeyOf(SwarmRow row) =>
        (row.Churn, row.Uplink, row.Delay, row.Segment, row.Viewers, row.Run);

    private sealed record Results(int Cores, IReadOnlyList<SwarmRow> Rows);
}
