using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spillway.Slate;

/// <summary>What a slate is made of: the operator's file, or the picture that comes with the program and the stream's title on it.</summary>
/// <param name="Path">The file to read; null for the program's own picture.</param>
/// <param name="Title">Lines to draw.</param>
/// <param name="Hash">Of all that decides what it looks like.</param>
internal sealed record SlatePicture(string? Path, IReadOnlyList<string> Title, string Hash)
{
    /// <summary>File name of the program's own picture in the folder where the slate is made.</summary>
    public const string OwnFile = "picture.png";

    /// <summary>The colour around the program's own picture, where a show is not 16:9; it is the picture's own.</summary>
    public const string Background = "0xf3f6f9";

    /// <summary>Larger ones are not read: the first half minute is all that is shown.</summary>
    private const long LargestFile = 1L << 30;

    private const string OwnResource = "slate/back-soon.png";

    /// <returns>The picture, or in words what is wrong with the file.</returns>
    public static async Task<(SlatePicture? Picture, string? Problem)> FindAsync(
        string setting,
        string title,
        CancellationToken cancellationToken
    )
    {
        if (setting.Length == 0)
        {
            var lines = SlateTitle.Lines(title);
            var font = lines.Count > 0 ? SlateTitle.FindFont() : null;
            var text = font is null ? "" : $"{font}\n{string.Join('\n', lines)}";
            await using var own = OpenOwn();
            var hash = await HashAsync(own, cancellationToken);
            return (new SlatePicture(null, font is null ? [] : lines, $"{hash}{Hex(Encoding.UTF8.GetBytes(text))}"), null);
        }
        var path = System.IO.Path.GetFullPath(setting);
        try
        {
            if (Directory.Exists(path))
                return (null, $"'{path}' is a folder");
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length > LargestFile)
                return (null, $"'{path}' is larger than 1 GB, and only its first half minute would be shown");
            if (file.Length == 0)
                return (null, $"'{path}' is empty");
            return (new SlatePicture(path, [], await HashAsync(file, cancellationToken)), null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"there is no file '{path}'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"'{path}' cannot be read ({exception.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Puts what ffmpeg needs beside the slate: names without any character that its filters would take for their own.</summary>
    public async Task LayOutAsync(string folder, CancellationToken cancellationToken)
    {
        if (Path is not null)
            return;
        await using (var file = File.Create(System.IO.Path.Combine(folder, OwnFile)))
        await using (var own = OpenOwn())
            await own.CopyToAsync(file, cancellationToken);
        for (var line = 0; line < Title.Count; line++)
            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, TitleFile(line)), Title[line], cancellationToken);
        if (Title.Count > 0 && SlateTitle.FindFont() is { } font)
            File.Copy(font, System.IO.Path.Combine(folder, SlateArguments.FontFile), overwrite: true);
    }

    public static string TitleFile(int line) => string.Create(CultureInfo.InvariantCulture, $"title{line}.txt");

    private static Stream OpenOwn() =>
        typeof(SlatePicture).Assembly.GetManifestResourceStream(OwnResource)
        ?? throw new InvalidOperationException($"The program carries no {OwnResource}.");

    private static async Task<string> HashAsync(Stream stream, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>What ffprobe says of a slate's file.</summary>
/// <param name="HasPicture">There is at least one picture in it.</param>
/// <param name="HasSound">There is sound in it.</param>
/// <param name="IsStill">It is one picture that stands still.</param>
/// <param name="Length">How long it is; null for a picture alone.</param>
internal sealed record SlateClip(bool HasPicture, bool HasSound, bool IsStill, TimeSpan? Length)
{
    /// <summary>The program's own.</summary>
    public static SlateClip Picture { get; } = new(true, false, true, null);

    private static readonly string[] Arguments =
    [
        "-protocol_whitelist",
        "file",
        "-show_entries",
        "format=duration,format_name:stream=codec_type,duration:stream_disposition=attached_pic",
        "-of",
        "json",
    ];

    /// <summary>Null when it is no media.</summary>
    public static async Task<(SlateClip? Clip, ToolResult Probe)> ReadAsync(
        FfmpegTool tool,
        string folder,
        string path,
        CancellationToken cancellationToken
    )
    {
        var probe = await tool.ProbeAsync(folder, [.. Arguments, $"file:{path}"], cancellationToken);
        return (probe.Outcome == ToolOutcome.Done ? Parse(probe.Output) : null, probe);
    }

    private static SlateClip? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var format = document.RootElement.GetProperty("format");
            var name = Text(format, "format_name") ?? "";
            var (picture, sound, cover) = (false, false, false);
            foreach (var stream in document.RootElement.GetProperty("streams").EnumerateArray())
            {
                if (Text(stream, "codec_type") == "audio")
                    sound = true;
                if (Text(stream, "codec_type") != "video" || picture)
                    continue;
                picture = true;
                cover =
                    stream.TryGetProperty("disposition", out var flags)
                    && flags.TryGetProperty("attached_pic", out var attached)
                    && attached.GetInt32() == 1;
            }
            var seconds = double.TryParse(Text(format, "duration"), CultureInfo.InvariantCulture, out var value) ? value : 0;
            var isStill =
                cover
                || seconds < SlateTiming.NoClip.TotalSeconds
                || name == "image2"
                || name.EndsWith("_pipe", StringComparison.Ordinal);
            var hasLength = seconds >= SlateTiming.NoClip.TotalSeconds && (!isStill || sound);
            return new SlateClip(picture, sound, isStill, hasLength ? TimeSpan.FromSeconds(Math.Min(seconds, 3600)) : null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
