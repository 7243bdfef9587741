using System.Globalization;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>How long a measurement is to be, what it says while it runs, and where its figures go.</summary>
internal sealed class BenchRun(ITestOutputHelper output)
{
    /// <summary>A shorter run is for trying: its figures go to <c>artifacts/bench</c> instead of <c>bench/results</c>.</summary>
    private const double Whole = 30;

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly BenchMachine _machine = BenchMachine.Read();
    private readonly List<double> _loads = [BenchMachine.Load];

    /// <summary>MINUTES, 30 unless set.</summary>
    public double Minutes { get; } = Number("MINUTES", Whole);

    /// <summary>DELAY: added to a round trip, 40 ms unless set.</summary>
    public TimeSpan RoundTrip { get; } = TimeSpan.FromMilliseconds(Number("DELAY", 40));

    /// <summary>PLAYER: a folder with another build of the player page, to be measured instead of the binary's.</summary>
    public string Player { get; } = Environment.GetEnvironmentVariable("PLAYER") ?? "";

    /// <summary>LIVEDELAY: seconds with segments of 2 and of 4 s in place of what the server says by itself, such as <c>6,11</c>.</summary>
    public IReadOnlyList<double> LiveDelays { get; } =
    [
        .. (Environment.GetEnvironmentVariable("LIVEDELAY") is { Length: > 0 } set ? set : "0,0")
            .Split(',')
            .Select(static one => double.Parse(one, CultureInfo.InvariantCulture)),
    ];

    public TimeSpan Length => TimeSpan.FromMinutes(Minutes);

    /// <summary>One line with the time, on the console.</summary>
    public void Note(string line) =>
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds, 7:F1} s  {line}"
            )
        );

    public void Show(string line) => output.WriteLine(line);

    /// <summary>To be called now and then.</summary>
    public void SampleLoad() => _loads.Add(BenchMachine.Load);

    /// <summary>Shows the table, and keeps it with the figures.</summary>
    /// <param name="figures">All that was measured; how busy the machine was is put beside it.</param>
    public void Save(string name, string part, Browser browser, IEnumerable<string> table, object figures)
    {
        var result = BenchResult.Of(
            part,
            _machine,
            table,
            new
            {
                minutes = Minutes,
                roundTrip = RoundTrip.TotalMilliseconds,
                liveDelays = LiveDelays,
                player = Player.Length == 0 ? "the binary's" : "another build",
                loadMean = Math.Round(_loads.Average(), 1),
                loadMost = _loads.Max(),
                measured = figures,
            },
            ("Chromium", browser.Version),
            ("hls.js", BenchVersions.HlsJs),
            BenchVersions.Ffmpeg,
            BenchVersions.Nginx
        );
        var isWhole = Minutes >= Whole;
        foreach (var line in result.Save(name, isWhole ? null : Path.Combine(SpillwayProcess.Artifacts, "bench")).Table)
            output.WriteLine(line);
        Note($"figures: {(isWhole ? "bench/results" : "artifacts/bench")}/{name}.json");
    }

    public static double Number(string name, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;

    /// <summary>Environment variables of a server.</summary>
    /// <param name="seconds">0: none.</param>
    public static IEnumerable<KeyValuePair<string, string>> LiveDelaySettings(double seconds) =>
        seconds <= 0
            ? []
            :
            [
                new("SPILLWAY__STREAMS__LIVE__LIVEDELAY__MODE", "fixed"),
                new("SPILLWAY__STREAMS__LIVE__LIVEDELAY__DELAY", FormattableString.Invariant($"{seconds}s")),
            ];
}
