using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>The findings for programs, <c>--json</c>. Ids and members stay; texts may change.</summary>
/// <param name="Version">Spillway's.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record CheckReport(
    string Version,
    double Seconds,
    int Errors,
    int Warnings,
    int Notes,
    IReadOnlyList<ReportedFinding> Findings
)
{
    public static string Of(IReadOnlyList<CheckFinding> findings, TimeSpan took)
    {
        var (errors, warnings, notes) = CheckText.Count(findings);
        return JsonSerializer.Serialize(
            new CheckReport(
                CommandLine.Version,
                Math.Round(took.TotalSeconds, 1),
                errors,
                warnings,
                notes,
                [.. findings.Select(ReportedFinding.Of)]
            ),
            CheckJson.Default.CheckReport
        );
    }
}

/// <param name="Id">Stable.</param>
/// <param name="Level"><c>ok</c>, <c>note</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Group">What it is about.</param>
/// <param name="Subject">Of several streams, which one; else left out.</param>
/// <param name="Remedy">Left out where nothing is to be done.</param>
internal sealed record ReportedFinding(
    string Id,
    string Level,
    string Group,
    string? Subject,
    string Seen,
    string Means,
    string? Remedy
)
{
    public static ReportedFinding Of(CheckFinding finding) =>
        new(
            finding.Kind.Id,
            CheckText.Word(finding.Kind.Level),
            finding.Kind.Group,
            finding.Subject,
            finding.Seen,
            finding.Kind.Means,
            finding.Remedy.Length > 0 ? finding.Remedy : null
        );
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;
