using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// How long a proof is to be, and where its figures go. <c>make reliability PART=</c> says it by COUNT, FROM, SEED and MINUTES;
/// without them it is short, for <c>make test</c>. Each step draws from a seed of its own: with the same SEED, FROM goes on where a
/// broken run ended.
/// </summary>
internal sealed class Proof
{
    private readonly string _part;
    private readonly ITestOutputHelper _output;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Lock _writing = new();

    /// <param name="part">The name of its folder below <c>artifacts/reliability</c>.</param>
    /// <param name="steps">How many without COUNT.</param>
    /// <param name="output">The test's.</param>
    public Proof(string part, int steps, ITestOutputHelper output)
    {
        (_part, _output) = (part, output);
        IsShort = Setting("COUNT") is null && Setting("MINUTES") is null;
        Steps = (int)(Setting("COUNT") ?? steps);
        First = (int)(Setting("FROM") ?? 1);
        Seed = (int)(Setting("SEED") ?? 1);
        Minutes = Setting("MINUTES") ?? 0;
        Folder = Path.Combine(SpillwayProcess.Artifacts, "reliability", part);
        Directory.CreateDirectory(Folder);
        File.WriteAllText(LogFile, "");
    }

    public int Steps { get; }

    /// <summary>The number of the first step, from 1.</summary>
    public int First { get; }
    public int Seed { get; }
    public double Minutes { get; }

    /// <summary>As in <c>make test</c>.</summary>
    public bool IsShort { get; }

    /// <summary>Logs and figures of the last run.</summary>
    public string Folder { get; }

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start);

    private string LogFile => Path.Combine(Folder, "log.txt");

    /// <summary>The same for the same SEED and step, on every machine.</summary>
    public Random Random(int step) => new(unchecked((Seed * 1_000_003) + (step * 7_919)));

    /// <summary>One line, to the console of a long run and to the log.</summary>
    public void Note(string line)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds, 8:F1} s  {line}");
        lock (_writing)
        {
            _output.WriteLine(text);
            File.AppendAllText(LogFile, text + "\n");
        }
    }

    /// <summary>The run's figures in one line, by which runs are compared.</summary>
    public void Summarize(string figures)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{_part}: {figures}; seed {Seed}, {Elapsed.TotalMinutes:F1} min");
        Note(line);
        File.WriteAllText(Path.Combine(Folder, "summary.txt"), line + "\n");
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
