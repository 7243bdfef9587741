using System.Globalization;

namespace Spillway.Configuration;

/// <summary>The settings in force, in a few lines for the log at start, without secrets.</summary>
internal static class ConfigurationSummary
{
    public static IReadOnlyList<string> Lines(SpillwayOptions options)
    {
        var storage = options.Storage;
        var lines = new List<string>();
        foreach (var (name, stream) in options.Streams)
        {
            var window = stream.Window == 0 ? "default" : stream.Window.ToString(CultureInfo.InvariantCulture);
            var target = stream.TargetDuration == 0 ? "the source's" : $"{stream.TargetDuration} s";
            lines.Add(
                $"Stream {name}: from {Shown.Value(stream.Source)}, window {window}, target duration {target}, "
                    + $"grace {Durations.Show(stream.Grace)}, P2P {(stream.P2P ? "on" : "off")}"
            );
        }
        lines.Add(
            storage.Bucket.Length == 0
                ? $"Storage: embedded, in {Shown.Name(options.Data)}, edge on port {options.Server.EdgePort}{At(storage.PublicUrl)}"
                : $"Storage: {storage}"
        );
        lines.Add(
            $"Server: port {options.Server.Port}, {(options.Server.Certificate.Length == 0 ? "http" : "https")}{At(options.Server.PublicUrl)}"
        );
        return lines;
    }

    private static string At(string url) => url.Length == 0 ? "" : $", seen at {url}";
}
