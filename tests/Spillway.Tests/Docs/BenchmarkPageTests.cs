using Spillway.TestSupport;

namespace Spillway.Tests.Docs;

public sealed class BenchmarkPageTests
{
    [Fact]
    public void The_page_of_benchmarks_shows_what_was_measured() => Hold(BenchmarkPage.File, BenchmarkPage.Render);

    [Fact]
    public void The_event_in_the_readme_is_what_was_measured() => Hold(EventTable.File, EventTable.Render);

    [Fact]
    public void The_bounds_that_are_missed_are_in_the_readme() => Hold("README.md", BenchmarkPage.RenderMissed);

    [Fact]
    public void Every_result_is_shown_once()
    {
        var shown = BenchmarkPage.Results(Pages.Read(BenchmarkPage.File));
        var there = Directory
            .EnumerateFiles(Path.Combine(RepositoryFolder.Path, "bench", "results"), "*.json")
            .Select(static path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);
        Assert.Equal(there, shown.Order(StringComparer.Ordinal));
    }

    private static void Hold(string file, Func<string, string> render)
    {
        var path = Path.Combine(Pages.Root, file);
        var page = File.ReadAllText(path);
        var rendered = render(page);
        if (SettingsReferenceTests.Writes)
            File.WriteAllText(path, rendered);
        else
            Assert.True(page == rendered, $"{file} is not what bench/results says. Run: make docs");
    }
}
