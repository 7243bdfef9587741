using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd;

public sealed class DemoTests : EndToEndTest
{
    [Fact(Timeout = 90_000)]
    public async Task The_demo_shows_live_video_within_15_seconds_and_Ctrl_C_ends_all_of_it()
    {
        var browser = await StartBrowserAsync();
        var watch = Stopwatch.StartNew();
        var server = Own(SpillwayProcess.Demo(DataFolder));
        await server.AnswersAsync();
        var viewer = Own(await browser.OpenAsync(server.Origin));
        await viewer.PlaysAsync(0.5, TimeSpan.FromSeconds(30));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"it took {watch.Elapsed}");
        Assert.True((await viewer.SamplesAsync())[^1].Frames > 5);

        await ShowAsync(viewer.Page);

        var encoders = ChildrenOf(server.Id);
        Assert.NotEmpty(encoders);
        Assert.Equal(0, await server.InterruptAsync());
        Assert.All(encoders, process => Assert.False(Runs(process), $"ffmpeg {process} goes on"));
    }

    /// <summary>Pictures of the page, to be looked at: <c>artifacts/page</c>.</summary>
    private static async Task ShowAsync(IPage page)
    {
        var folder = Path.Combine(SpillwayProcess.Artifacts, "page");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(1280, 800);
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "light.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "About this playback" }).ClickAsync();
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "dark.png") });
        await page.SetViewportSizeAsync(390, 844);
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "phone.png") });
    }

    /// <summary>One that has ended and was not yet waited for by its new parent does not.</summary>
    private static bool Runs(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static List<int> ChildrenOf(int parent) =>
        [
            // Each thread has its own.
            .. Directory
                .GetDirectories($"/proc/{parent}/task")
                .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
}
