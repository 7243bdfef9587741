using Microsoft.Playwright;

namespace Spillway.EndToEnd.Viewers;

/// <summary>axe-core, which finds what keeps people out of a page.</summary>
internal static class Axe
{
    private static readonly string s_axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Operator", "axe.min.js"));

    /// <summary>Its findings on the page as it is now, by WCAG 2.2 A and AA and its own best practices.</summary>
    public static async Task<IReadOnlyList<string>> FindingsAsync(IPage page)
    {
        await page.EvaluateAsync(s_axe);
        return await page.EvaluateAsync<string[]>(
            """
            async () => {
              const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
              const { violations, passes } = await axe.run({ runOnly: tags });
              if (passes.length < 10) return [`only ${passes.length} rules were applied`];
              return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
            }
            """
        );
    }

    /// <summary>The same in light and in dark; it ends in light.</summary>
    public static async Task AssertNothingAsync(IPage page, string when)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var findings = await FindingsAsync(page);
            Assert.True(findings.Count == 0, $"{when}, {scheme}: {string.Join('\n', findings)}");
        }
    }
}
