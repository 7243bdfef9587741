namespace Spillway.Bench;

/// <summary>Ends a benchmark: its table on the screen, its result in <c>bench/results</c>.</summary>
internal static class BenchReport
{
    /// <param name="name">Of the file, without its extension.</param>
    /// <param name="benchmark">PART= of it.</param>
    public static void Save(
        string name,
        string benchmark,
        BenchMachine machine,
        IEnumerable<string> table,
        object figures,
        params IEnumerable<(string Name, string Version)> versions
    )
    {
        var result = BenchResult.Of(benchmark, machine, table, figures, versions).Save(name);
        Console.WriteLine();
        foreach (var line in result.Table)
            Console.WriteLine(line);
        Console.WriteLine();
        Console.WriteLine($"Results: bench/results/{name}.json. 'make docs' puts them into docs/benchmarks.md.");
    }
}
