using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Playlists;

namespace Spillway.Slate;

/// <summary>A slate as files, one folder a rendition; the names carry the hashes of the bytes.</summary>
internal sealed record SlateFolder(string Path, IReadOnlyDictionary<string, IReadOnlyList<SlateFile>> Renditions)
{
    private const string Index = "slate.json";

    /// <summary>Writes the index that makes a folder of files a slate.</summary>
    public static async Task<SlateFolder> WriteAsync(
        string path,
        Dictionary<string, IReadOnlyList<SlateFile>> renditions,
        CancellationToken cancellationToken
    )
    {
        await using var file = File.Create(System.IO.Path.Combine(path, Index));
        await JsonSerializer.SerializeAsync(
            file,
            renditions,
            SlateJson.Default.DictionaryStringIReadOnlyListSlateFile,
            cancellationToken
        );
        return new SlateFolder(path, renditions);
    }

    /// <summary>Null when there is none, or when its files are not what their names say any more.</summary>
    public static async Task<SlateFolder?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var index = await File.ReadAllBytesAsync(System.IO.Path.Combine(path, Index), cancellationToken);
            var renditions = JsonSerializer.Deserialize(index, SlateJson.Default.DictionaryStringIReadOnlyListSlateFile);
            if (renditions is null)
                return null;
            var folder = new SlateFolder(path, renditions);
            foreach (var (rendition, name) in folder.Files)
            {
                var bytes = await folder.BytesAsync(rendition, name, cancellationToken);
                if (!name.Contains(StreamKeys.Hash(bytes), StringComparison.Ordinal))
                    return null;
            }
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Initialization sections before what needs them.</summary>
    public IEnumerable<(string Rendition, string Name)> Files =>
        Renditions.SelectMany(static rendition =>
            rendition
                .Value.SelectMany(static file => (string?[])[file.InitializationSection, file.Name])
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Select(name => (rendition.Key, name))
        );

    public Task<byte[]> BytesAsync(string rendition, string name, CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(System.IO.Path.Combine(Path, rendition, name), cancellationToken);
}

/// <param name="Name"><c>{n}-{hash}.ts</c> or <c>.m4s</c>.</param>
/// <param name="Microseconds">Duration.</param>
/// <param name="InitializationSection"><c>init-{hash}.mp4</c>; null for MPEG-TS.</param>
internal sealed record SlateFile(string Name, long Microseconds, string? InitializationSection);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<SlateFile>>))]
internal sealed partial class SlateJson : JsonSerializerContext;
