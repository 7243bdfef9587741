using Spillway.Configuration;

namespace Spillway.Tests.Docs;

public sealed class SettingsReferenceTests
{
    /// <summary><c>make docs</c> sets it: then the file is written.</summary>
    internal static bool Writes { get; } = Environment.GetEnvironmentVariable("WRITE_DOCS") == "1";

    [Fact]
    public void The_reference_of_settings_is_what_the_code_and_the_sample_say()
    {
        var path = Path.Combine(Pages.Root, SettingsReference.File);
        var rendered = SettingsReference.Render(File.ReadAllText(Path.Combine(Pages.Root, "spillway.sample.json")));
        if (Writes)
            File.WriteAllText(path, rendered);
        Assert.True(
            File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == rendered,
            $"{SettingsReference.File} is not what the code says. Run: make docs"
        );
    }

    [Fact]
    public void Every_setting_is_in_it()
    {
        var rendered = SettingsReference.Render(File.ReadAllText(Path.Combine(Pages.Root, "spillway.sample.json")));
        Assert.All(
            SettingSchema.Paths,
            path =>
                Assert.Contains(
                    $"**`{path.Replace("Hooks.*", "Hooks.ops", StringComparison.Ordinal).Replace("*", "live", StringComparison.Ordinal)}`**",
                    rendered,
                    StringComparison.Ordinal
                )
        );
    }
}
