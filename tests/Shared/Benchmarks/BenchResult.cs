using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Spillway.TestSupport.Benchmarks;

/// <summary>
/// What one part of the benchmarks leaves in <c>bench/results</c>: where, when and how it was measured, the table that
/// <c>docs/benchmarks.md</c> shows, and every figure behind it.
/// </summary>
internal sealed record BenchResult
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // For people, too: names of servers have quotes and arrows.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public required string Benchmark { get; init; }

    /// <summary>Of its end, UTC, <c>yyyy-MM-dd</c>.</summary>
    public required string Date { get; init; }

    /// <summary>Of the code that was measured, with a <c>+</c> where what is measured was not as committed.</summary>
    public required string Commit { get; init; }

    /// <summary>That repeats it.</summary>
    public required string Command { get; init; }

    public required BenchMachine Machine { get; init; }

    /// <summary>Of what stood beside Spillway, by its name.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Lines of Markdown.</summary>
    public required IReadOnlyList<string> Table { get; init; }

    /// <summary>Whatever else was measured, every sample where that is possible.</summary>
    public JsonNode? Figures { get; init; }

    /// <param name="machine">As it was before the run.</param>
    /// <param name="figures">Any object that JSON can hold.</param>
    public static BenchResult Of(
        string benchmark,
        BenchMachine machine,
        IEnumerable<string> table,
        object figures,
        params IEnumerable<(string Name, string Version)> versions
    ) =>
        new()
        {
            Benchmark = benchmark,
            Date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Commit = machine.Commit,
            // As the Makefile was called; a run past it measures the same with the defaults.
            Command = Environment.GetEnvironmentVariable("BENCH_COMMAND") is { Length: > 0 } called
                ? called
                : $"make bench PART={benchmark}",
            Machine = machine,
            Versions = versions.ToDictionary(static v => v.Name, static v => v.Version, StringComparer.Ordinal),
            Table = [.. table.SelectMany(static line => line.TrimEnd().Split('\n'))],
            Figures = JsonSerializer.SerializeToNode(figures, s_json),
        };

    /// <summary>As <see cref="Figures"/> holds them; null where there are none of that kind.</summary>
    public T? FiguresAs<T>() => Figures.Deserialize<T>(s_json);

    /// <returns>Null when there is no such file.</returns>
    public static BenchResult? Read(string name) =>
        File.Exists(PathOf(name)) ? JsonSerializer.Deserialize<BenchResult>(File.ReadAllText(PathOf(name)), s_json) : null;

    /// <param name="name">Of the file, without its extension: the benchmark's, and the load's where there are several.</param>
    /// <param name="folder">Another one than <c>bench/results</c>, for a run that is no measurement.</param>
    /// <returns>Itself.</returns>
    public BenchResult Save(string name, string? folder = null)
    {
        var path = folder is null ? PathOf(name) : Path.Combine(folder, name + ".json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, s_json) + "\n");
        return this;
    }

    /// <summary>As the page shows it.</summary>
    public string ToMarkdown()
    {
        var beside = Versions.Count == 0 ? "" : $" With {string.Join(", ", Versions.Select(static v => $"{v.Key} {v.Value}"))}.";
        var day = DateOnly.ParseExact(Date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var when = string.Create(
            CultureInfo.InvariantCulture,
            $"{day:d MMMM yyyy}, commit {Commit}, {Machine.Cores} cores, {Machine.Kernel}"
        );
        var load = string.Create(CultureInfo.InvariantCulture, $"load average {Machine.LoadBefore:0.0} before it began");
        return string.Join('\n', [.. Table, "", $"`{Command}`: {when}, {load}.{beside}"]);
    }

    private static string PathOf(string name) => Path.Combine(RepositoryFolder.Path, "bench", "results", name + ".json");
}
