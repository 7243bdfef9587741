using System.Text.RegularExpressions;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.Tests.Docs;

/// <summary>docs/benchmarks.md: what stands between the marks of a result is what the result says.</summary>
internal static partial class BenchmarkPage
{
    public const string File = "docs/benchmarks.md";

    /// <summary>Names of the results that the page shows, in its order.</summary>
    public static IReadOnlyList<string> Results(string page) =>
        [.. Block().Matches(page).Select(static block => block.Groups["name"].Value)];

    /// <exception cref="InvalidOperationException">A mark names a result that is not there.</exception>
    public static string Render(string page) =>
        BoundsBlock()
            .Replace(
                Block()
                    .Replace(
                        page,
                        static block =>
                        {
                            var name = block.Groups["name"].Value;
                            var result =
                                BenchResult.Read(name)
                                ?? throw new InvalidOperationException(
                                    $"{File} shows bench/results/{name}.json, which is not there."
                                );
                            return $"<!-- result: {name} -->\n{result.ToMarkdown()}\n<!-- end of result -->";
                        }
                    ),
                static _ => $"<!-- bounds -->\n{Bounds.ToMarkdown()}\n<!-- end of bounds -->"
            );

    /// <summary>The README says what is missed before anybody looks for it.</summary>
    public static string RenderMissed(string page) =>
        MissedBlock().Replace(page, static _ => $"<!-- missed -->\n{Bounds.MissedToMarkdown()}\n<!-- end of missed -->");

    [GeneratedRegex("<!-- missed -->.*?<!-- end of missed -->", RegexOptions.Singleline)]
    private static partial Regex MissedBlock();

    [GeneratedRegex(@"<!-- result: (?<name>\S+) -->.*?<!-- end of result -->", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("<!-- bounds -->.*?<!-- end of bounds -->", RegexOptions.Singleline)]
    private static partial Regex BoundsBlock();
}
