using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Sources;

/// <summary>
/// The keys by which encoders publish (<c>rtmp</c>, <c>push</c>): those of the settings, and for streams without one a key made
/// once and kept in the data folder, in <c>keys.json</c>, which only this user may read.
/// </summary>
internal sealed class PublishKeys
{
    public const string FileName = "keys.json";

    private readonly Dictionary<string, string> _keys;

    private readonly HashSet<string> _made;

    private PublishKeys(Dictionary<string, string> keys, HashSet<string> made) => (_keys, _made) = (keys, made);

    /// <exception cref="InvalidDataException">The file holds something else, or cannot be read or written; the message says what to do.</exception>
    public static PublishKeys Open(SpillwayOptions options)
    {
        var wanted = options.Streams.Where(static s =>
            s.Value.Source is Timeline.StreamOptions.Rtmp or Timeline.StreamOptions.Push
        );
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        Dictionary<string, string>? kept = null;
        var path = Path.Combine(options.Data, FileName);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (stream, settings) in wanted)
        {
            if (settings.Key.Length > 0)
            {
                keys[stream] = settings.Key;
                continue;
            }
            kept ??= Guarded(path, () => Read(path));
            if (!kept.TryGetValue(stream, out var key) || key.Length == 0)
            {
                kept[stream] = key = RandomNumberGenerator.GetHexString(24, lowercase: true);
                made.Add(stream);
            }
            keys[stream] = key;
        }
        if (made.Count > 0)
            Guarded(
                path,
                () =>
                {
                    Write(path, kept!);
                    return true;
                }
            );
        return new PublishKeys(keys, made);
    }

    /// <summary>A stream's key; null when its source is not one that encoders publish to.</summary>
    public string? Of(string stream) => _keys.GetValueOrDefault(stream);

    /// <summary>The stream's key was made just now: nobody has seen it yet.</summary>
    public bool IsNew(string stream) => _made.Contains(stream);

    /// <summary>The stream that a key opens; null for none. The time it takes does not tell how much of a key was right.</summary>
    public string? StreamOf(string key)
    {
        string? found = null;
        foreach (var (stream, expected) in _keys)
        {
            if (Same(expected, key))
                found = stream;
        }
        return found;
    }

    public bool Opens(string stream, string key) => Of(stream) is { } expected && Same(expected, key);

    private static bool Same(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(expected)),
            SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(given))
        );

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"{path}, where the publishing keys are kept, cannot be read or written ({exception.Message}). "
                    + "Let the user that runs Spillway do so, choose another folder with --data, or set the streams' Key.",
                exception
            );
        }
    }

    private static Dictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
            return new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), PublishKeysJson.Default.DictionaryStringString) ?? [];
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{path} does not hold the publishing keys it should ({exception.Message}). Mend it, or remove it to have new keys made.",
                exception
            );
        }
    }

    private static void Write(string path, Dictionary<string, string> keys)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.new";
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, create))
            JsonSerializer.Serialize(file, keys, PublishKeysJson.Default.DictionaryStringString);
        File.Move(temporary, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PublishKeysJson : JsonSerializerContext;
