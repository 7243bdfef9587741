using System.Globalization;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Metrics;

/// <summary>What <c>/metrics</c> says, in <see href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text</see>.</summary>
internal sealed partial class Scrape
{
    private Scrape(IReadOnlyDictionary<string, Family> families, IReadOnlyList<Sample> samples) =>
        (Families, Samples) = (families, samples);

    public IReadOnlyDictionary<string, Family> Families { get; }

    public IReadOnlyList<Sample> Samples { get; }

    public static async Task<Scrape> OfAsync(RunningServer server) => Read(await server.TextAsync("/metrics"));

    /// <summary>The only one of that name with these labels; null: there is none.</summary>
    public double? this[string name, params (string Name, string Value)[] labels] =>
        Samples
            .SingleOrDefault(sample =>
                sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value)
            )
            ?.Value;

    public static Scrape Read(string text)
    {
        var families = new Dictionary<string, Family>(StringComparer.Ordinal);
        var samples = new List<Sample>();
        var (name, type) = ("", "");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ', 4);
                (name, type) = (parts[2], parts[3]);
                families[name] = new Family(type, "");
            }
            else if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ', 4);
                families[parts[2]] = families[parts[2]] with { Help = parts[3] };
            }
            else if (Line().Match(line) is { Success: true } match)
            {
                var sample = new Sample(
                    match.Groups["name"].Value,
                    name,
                    Label()
                        .Matches(match.Groups["labels"].Value)
                        .ToDictionary(
                            static m => m.Groups["name"].Value,
                            static m => m.Groups["value"].Value,
                            StringComparer.Ordinal
                        ),
                    double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)
                );
                Assert.StartsWith(name, sample.Name, StringComparison.Ordinal);
                samples.Add(sample);
            }
            else
            {
                Assert.Fail($"not Prometheus' text: {line}");
            }
        }
        return new Scrape(families, samples);
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)"(,|$)""")]
    private static partial Regex Label();
}

internal sealed record Family(string Type, string Help);

internal sealed record Sample(string Name, string Family, IReadOnlyDictionary<string, string> Labels, double Value);
