using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Bench.Event.Result;
using Spillway.Bench.Tracker;

namespace Spillway.Bench.Event;

/// <summary>
/// The event that Spillway is made for, with simulated viewers and real servers: how cold the origin stays, what the edge and the store
/// have to do, what it costs.
/// </summary>
internal static class EventBenchmark
{
    /// <summary>A viewer has connections to the edge and to the origin, and the relay two for each of the latter.</summary>
    private const int SocketsPerViewer = 12;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="plans">One after the other.</param>
    /// <param name="json">A file for the result instead of <c>bench/results</c>; with several plans, of the last one.</param>
    /// <returns>The exit code: 1 when a bound is broken.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<EventPlan> plans, string? json, CancellationToken cancellationToken)
    {
        var broken = 0;
        foreach (var plan in plans)
        {
            using var scratch = new ScratchFolder();
            var folder = scratch.Path;
            try
            {
                OpenFiles.Need(SocketsPerViewer * plan.Viewers);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{plan.Viewers} viewers, {plan.Length.TotalMinutes:0.#} min, {plan.Renditions} rendition(s) ..."
                    )
                );
                var result = await EventRun.RunAsync(plan, folder, cancellationToken);
                var text = EventText.Of(result).Split('\n');
                if (json is null)
                {
                    BenchReport.Save(
                        NameOf(plan),
                        "event",
                        result.Machine,
                        text,
                        result,
                        BenchVersions.Nginx,
                        BenchVersions.Ffmpeg
                    );
                }
                else
                {
                    await SaveAsync(json, result, cancellationToken);
                    Console.WriteLine(string.Join('\n', text));
                }
                broken += result.Broken.Count;
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return 2;
            }
        }
        return broken == 0 ? 0 : 1;
    }

    private static string NameOf(EventPlan plan) =>
        string.Create(CultureInfo.InvariantCulture, $"event-{plan.Length.TotalMinutes:0.#}min-{plan.Renditions}");

    private static async Task SaveAsync(string file, EventResult result, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(result, s_json) + "\n", cancellationToken);
    }
}
