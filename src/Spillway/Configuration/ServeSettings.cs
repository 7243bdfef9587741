namespace Spillway.Configuration;

/// <summary>What the command line of <c>serve</c> and <c>check</c> says; null where it says nothing.</summary>
internal sealed record ServeSettings
{
    public string? Source { get; init; }

    /// <summary>Name of the stream that <see cref="Source"/> and <see cref="Title"/> are for, and of the default stream.</summary>
    public string? Stream { get; init; }

    public string? Title { get; init; }
    public int? Port { get; init; }
    public int? EdgePort { get; init; }
    public string? Data { get; init; }

    /// <summary>Path of the settings file, in place of <c>spillway.json</c> in the working directory.</summary>
    public string? Config { get; init; }

    public IEnumerable<Setting> ToSettings()
    {
        var stream = Stream ?? "live";
        (string? Value, string Option, string[] Path)[] given =
        [
            (Source, "--source", ["Streams", stream, "Source"]),
            (Title, "--title", ["Streams", stream, "Title"]),
            (Text(Port), "--port", ["Server", "Port"]),
            (Text(EdgePort), "--edge-port", ["Server", "EdgePort"]),
            (Data, "--data", ["Data"]),
        ];
        foreach (var (value, option, path) in given)
            if (value is not null)
                yield return new Setting(path, SettingValue.Of(value), SettingLayer.CommandLine, option);
    }

    private static string? Text(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What the command line of <c>demo</c> says; null where it says nothing.</summary>
/// <param name="File">A media file to play as if it were live; null: a made picture.</param>
internal sealed record DemoSettings(string? File, int? Port, int? EdgePort, string? Data);
