namespace Spillway.Tests.Docs;

public sealed class QualityPageTests
{
    [Fact]
    public void The_page_of_quality_shows_what_was_measured()
    {
        var path = Path.Combine(Pages.Root, QualityPage.File);
        var page = File.ReadAllText(path);
        var rendered = QualityPage.Render(page);
        if (SettingsReferenceTests.Writes)
            File.WriteAllText(path, rendered);
        else
            Assert.True(page == rendered, $"{QualityPage.File} is not what docs/quality says. Run: make docs");
    }

    [Fact]
    public void All_figures_are_shown()
    {
        var folder = new DirectoryInfo(Path.Combine(Pages.Root, "docs", "quality"));
        var there = folder.Exists
            ? folder.EnumerateFiles().Select(static file => Path.GetFileNameWithoutExtension(file.Name))
            : [];
        Assert.Equal(
            there.Order(StringComparer.Ordinal),
            QualityPage.Shown(Pages.Read(QualityPage.File)).Order(StringComparer.Ordinal)
        );
    }
}
