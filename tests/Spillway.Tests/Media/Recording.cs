using System.Text.Json;
using Spillway.Media;

namespace Spillway.Tests.Media;

/// <summary>What ffmpeg's HLS muxer wrote into a folder.</summary>
internal sealed record Recording(string Folder, IReadOnlyList<string> Segments, byte[]? Init)
{
    public byte[] Bytes(int segment) => File.ReadAllBytes(Path.Combine(Folder, Segments[segment]));

    public MediaReport Inspect(int segment) => MediaInspector.Inspect(Bytes(segment), Init);

    /// <summary>The attribute CODECS of ffmpeg's own multivariant playlist.</summary>
    public string DeclaredCodecs()
    {
        var line = File.ReadLines(Path.Combine(Folder, "main.m3u8"))
            .First(line => line.Contains("CODECS=", StringComparison.Ordinal));
        return line.Split("CODECS=\"")[1].Split('"')[0];
    }

    /// <summary>ffprobe's streams and packets, with the initialization section in front.</summary>
    public async Task<JsonElement> ProbeAsync(int segment)
    {
        var path = Path.Combine(Folder, $"probe-{Guid.NewGuid():n}");
        await File.WriteAllBytesAsync(path, [.. Init ?? [], .. Bytes(segment)]);
        var json = await Ffmpeg.ProbeAsync(Folder, ["-of", "json", "-show_streams", "-show_packets", path]);
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
