using System.Globalization;

namespace Spillway.Configuration;

/// <summary>What the command line of <c>tracker</c> says; null where it says nothing.</summary>
internal sealed record TrackerSettings
{
    public const int DefaultPort = 8000;

    /// <summary>The port of the settings is the server's, which may well run on the same machine with the same file.</summary>
    public int? Port { get; init; }

    public string? Name { get; init; }
    public string? PublicUrl { get; init; }

    /// <summary>Any stream and any info hash.</summary>
    public bool Open { get; init; }

    /// <summary>Path of the settings file, in place of <c>spillway.json</c> in the working directory.</summary>
    public string? Config { get; init; }

    public IEnumerable<Setting> ToSettings()
    {
        (string? Value, string Option, string[] Path)[] given =
        [
            ((Port ?? DefaultPort).ToString(CultureInfo.InvariantCulture), "--port", ["Server", "Port"]),
            (Name, "--name", ["Tracker", "Node"]),
            (PublicUrl, "--public-url", ["Tracker", "PublicUrl"]),
            (Open ? "true" : null, "--open", ["Tracker", "AnySwarm"]),
        ];
        foreach (var (value, option, path) in given)
            if (value is not null)
                yield return new Setting(path, SettingValue.Of(value), SettingLayer.CommandLine, option);
    }
}
