using System.Globalization;
using System.Text.Json;
using Spillway.Configuration;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>Writes what is found, when it is found. What a server said is shown without what a terminal would obey.</summary>
internal sealed class WatchOutput(TextWriter output, bool json, TimeProvider time)
{
    /// <summary>Lines for one rule at one playlist; further ones are only counted.</summary>
    private const int MostLines = 10;
    private const int MostPlaces = 10_000;
    private const int LongestText = 400;

    private readonly Dictionary<(string Rule, Severity Severity, string Url), int> _lines = [];
    private readonly Dictionary<(string Rule, Severity Severity), long> _counts = [];

    public long Errors => Sum(Severity.Error);
    public long Warnings => Sum(Severity.Warning);

    public IReadOnlyList<RuleCount> Rules =>
        [
            .. _counts
                .OrderByDescending(static pair => pair.Key.Severity)
                .ThenBy(static pair => pair.Key.Rule, StringComparer.Ordinal)
                .Select(static pair => new RuleCount(pair.Key.Rule, Word(pair.Key.Severity), pair.Value)),
        ];

    public async Task FoundAsync(Finding finding)
    {
        var kind = (finding.Rule, finding.Severity);
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        // A segment's address is new each time; its folder is not.
        var place = (finding.Rule, finding.Severity, finding.Url[..(finding.Url.LastIndexOf('/') + 1)]);
        if (_lines.Count >= MostPlaces)
            _lines.Clear();
        var line = _lines[place] = _lines.GetValueOrDefault(place) + 1;
        if (line > MostLines)
            return;
        var now = time.GetUtcNow();
        var (url, message) = (Shown.Long(finding.Url, LongestText), Shown.Long(finding.Message, LongestText));
        if (json)
            await WriteAsync(new WatchLine(new FoundLine(now, finding.Rule, Word(finding.Severity), url, message), null));
        else
            await output.WriteLineAsync(
                $"{Clock(now)} {Word(finding.Severity), -7} {finding.Rule, -3} {message}\n"
                    + $"                     {url}"
                    + (line == MostLines ? "\n                     More of these are only counted." : "")
            );
    }

    public Task StateAsync(string state) => output.WriteLineAsync($"{Clock(time.GetUtcNow())} {Shown.Long(state, LongestText)}");

    public async Task EndAsync(WatchSummary summary)
    {
        if (json)
        {
            await WriteAsync(new WatchLine(null, summary));
            return;
        }
        await output.WriteLineAsync();
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Errors} breaches and {summary.Warnings} warnings in {summary.Seconds:0} s: {summary.End}"
            )
        );
        foreach (var rule in summary.Rules)
            await output.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"  {rule.Rule, -4} {rule.Severity, -7} {rule.Count, 6}")
            );
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Renditions} media playlists, {summary.Reloads} reloads, {summary.Segments} segments, {summary.Bytes / 1e6:0.0} MB, {summary.Failures} requests failed"
            )
        );
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"caches: {Percent(summary.CacheHits)}; live edge: {Age(summary.Latency)}; drift against the clock: {Seconds(summary.Drift)}"
            )
        );
        foreach (var note in summary.Notes)
            await output.WriteLineAsync(note);
    }

    private static string Percent(double? share) =>
        share is { } part
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * part:0} % hits")
            : "no answer says whether it came from one";

    private static string Age(double? seconds) =>
        seconds is { } age
            ? string.Create(CultureInfo.InvariantCulture, $"{age:0.0} s old when it came (median)")
            : "without dates";

    private static string Seconds(double? seconds) =>
        seconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:+0.0;-0.0;0.0} s at most") : "not known";

    private static string Clock(DateTimeOffset time) => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Word(Severity severity) => severity == Severity.Error ? "error" : "warning";

    private long Sum(Severity severity) => _counts.Where(pair => pair.Key.Severity == severity).Sum(static pair => pair.Value);

    private Task WriteAsync(WatchLine line) => output.WriteLineAsync(JsonSerializer.Serialize(line, WatchJson.Default.WatchLine));
}
