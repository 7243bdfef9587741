using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

/// <summary>A working directory of its own, and an environment of its own, to load settings in.</summary>
internal sealed class SettingsFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("spillway-settings-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public SettingsFolder Json(string text) => Write("spillway.json", text);

    public SettingsFolder DotEnv(string text) => Write(".env", text);

    public SettingsFolder Write(string name, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), text);
        return this;
    }

    public SettingsFolder Set(string name, string value)
    {
        Environment[name] = value;
        return this;
    }

    public ConfigurationResult Load(ServeSettings? settings = null) =>
        ConfigurationLoader.Load(settings ?? new(), Path, Environment);

    /// <summary>The options of settings that must be right.</summary>
    public SpillwayOptions Options(ServeSettings? settings = null)
    {
        var result = Load(settings);
        Assert.Empty(result.Errors);
        return result.Options!;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
