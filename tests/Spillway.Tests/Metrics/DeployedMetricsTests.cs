using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Spillway.TestSupport;

namespace Spillway.Tests.Metrics;

/// <summary>What <c>deploy/prometheus</c> gives operators, by Prometheus' own tool.</summary>
public sealed partial class DeployedMetricsTests
{
    private static string Folder => Path.Combine(RepositoryFolder.Path, "deploy", "prometheus");

    [Theory]
    [InlineData("test", "rules", "spillway.rules.test.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    public async Task Prometheus_takes_the_rules_and_each_fires_when_it_should_and_not_otherwise(params string[] arguments)
    {
        using var promtool = Process.Start(
            new ProcessStartInfo("promtool", arguments)
            {
                WorkingDirectory = Folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = await Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        Assert.True(promtool.ExitCode == 0, string.Concat(said));
    }

    [Fact]
    public async Task Each_alert_has_a_test_and_what_rules_and_dashboard_ask_for_is_documented()
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Folder, "spillway.rules.yml"));
        var tests = await File.ReadAllTextAsync(Path.Combine(Folder, "spillway.rules.test.yml"));
        string[] alerts = [.. Alert().Matches(rules).Select(static match => match.Groups["name"].Value)];
        Assert.All(
            alerts,
            alert =>
            {
                Assert.Matches($@"alertname: {alert}, eval_time: \w+, exp_alerts: \[\]", tests);
                Assert.Matches(
                    $@"alertname: {alert}\n +eval_time: \w+\n +exp_alerts:(?: &\w+)?\n +- exp_labels:"
                        + $@"|ALERTS\{{alertname=""{alert}"", alertstate=""firing""\}}\)\n +eval_time: \w+\n +exp_samples: \[\{{ labels: ""\{{\}}"", value: 1",
                    tests
                );
            }
        );
        var dashboard = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "deploy", "grafana", "spillway.json"));
        using var json = JsonDocument.Parse(dashboard);
        var documented = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "metrics.md"));
        var table = documented[documented.IndexOf("| alert | when |", StringComparison.Ordinal)..];
        var listed = Listed()
            .Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)])
            .Select(static match => match.Value);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal(12, alerts.Length);
        Assert.Contains("has twelve alerts:", documented, StringComparison.Ordinal);
        Assert.All(
            Metric().Matches(rules + dashboard).Select(static match => HistogramPart().Replace(match.Value, "")).Distinct(),
            name => Assert.Contains($"| `{name}` |", documented, StringComparison.Ordinal)
        );
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\bSpillway[A-Z]\w+")]
    private static partial Regex Listed();

    [GeneratedRegex(@"\b(?:spillway|dotnet|process)_[a-z0-9_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(?:bucket|count|sum)$")]
    private static partial Regex HistogramPart();
}
