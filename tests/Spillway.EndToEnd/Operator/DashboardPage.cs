using System.Text.Json;
using Microsoft.Playwright;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Operator;

/// <summary>The operator's page in Chromium, with all it has said since it was opened.</summary>
internal sealed class DashboardPage(IPage page)
{
    private static readonly string s_script = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "Operator", "dashboard.js")
    );
    private readonly List<string> _console = [];

    public IPage Page => page;

    /// <summary>Errors on its console, but those of requests: a 401 before the sign-in is no fault.</summary>
    public IReadOnlyList<string> Errors => _console;

    public static async Task<DashboardPage> OpenAsync(IPage page, string origin)
    {
        var dashboard = new DashboardPage(page);
        page.PageError += (_, error) => dashboard._console.Add($"uncaught: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                dashboard._console.Add(message.Text);
        };
        await page.AddInitScriptAsync(s_script);
        await page.GotoAsync($"{origin}dashboard", new() { WaitUntil = WaitUntilState.DOMContentLoaded, Timeout = 15_000 });
        return dashboard;
    }

    public async Task SignInAsync(string token)
    {
        await page.GetByLabel("Admin token").FillAsync(token);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>All that its first line, its state and its connection have said, in order.</summary>
    public async Task<IReadOnlyList<Saying>> SaidAsync() =>
        JsonSerializer.Deserialize<IReadOnlyList<Saying>>(
            await page.EvaluateAsync<string>("() => JSON.stringify(dashboardTest.said)"),
            JsonSerializerOptions.Web
        )!;

    /// <summary>When it said so first, after <paramref name="since"/>.</summary>
    public async Task<DateTimeOffset> SaysAsync(Func<Saying, bool> what, DateTimeOffset since, string words, TimeSpan within)
    {
        Saying? found = null;
        IReadOnlyList<Saying> said = [];
        await Until.TrueAsync(
            async () =>
                (found = (said = await SaidAsync()).FirstOrDefault(saying => saying.Time >= since && what(saying))) is not null,
            within,
            () => $"the page says {words}. It says {said[^1]}; its console: {string.Join(" | ", _console)}"
        );
        return found!.Time;
    }

    /// <summary>What it was kept from doing by the page's policy.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync() =>
        await page.EvaluateAsync<string[]>("() => dashboardTest.violations");

    /// <summary><see cref="Axe"/>.</summary>
    public Task<IReadOnlyList<string>> AxeAsync() => Axe.FindingsAsync(page);

    /// <summary>Pixels by which the page is wider than the window.</summary>
    public Task<int> OverhangAsync() =>
        page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/// <param name="At">Milliseconds since 1970.</param>
/// <param name="Verdict">The first line, with what is wrong and the remedy.</param>
/// <param name="State">Such as <c>on air</c>.</param>
/// <param name="Link">Of the connection.</param>
internal sealed record Saying(long At, string Verdict, string State, string Link)
{
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(At);
}
