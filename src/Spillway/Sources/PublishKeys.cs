using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;
using Spillway.Timeline;

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

    /// <exception cref="SecretFileException">The file holds something else, or cannot be read or written.</exception>
    public static PublishKeys Open(SpillwayOptions options)
    {
        var path = Path.Combine(options.Data, FileName);
        try
        {
            return Open(options, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException(
                $"{path}, where the publishing keys are kept, cannot be read or written ({exception.Message}). "
                    + "Let the user that runs Spillway do so, choose another folder with --data, or set the streams' Key."
            );
        }
    }

    private static PublishKeys Open(SpillwayOptions options, string path)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var made = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, string>? kept = null;
        foreach (var (stream, settings) in options.Streams)
        {
            if (settings.Source is not (StreamOptions.Rtmp or StreamOptions.Push))
                continue;
            if (settings.Key.Length > 0)
            {
                keys[stream] = settings.Key;
                continue;
            }
            kept ??= Read(path);
            if (!kept.TryGetValue(stream, out var key) || key.Length == 0)
            {
                kept[stream] = key = RandomNumberGenerator.GetHexString(24, lowercase: true);
                made.Add(stream);
            }
            keys[stream] = key;
        }
        if (made.Count > 0)
            SecretFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(kept!, PublishKeysJson.Default.DictionaryStringString));
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
            if (Secret.Same(expected, key))
                found = stream;
        }
        return found;
    }

    public bool Opens(string stream, string key) => Of(stream) is { } expected && Secret.Same(expected, key);

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
            throw new SecretFileException(
                $"{path} does not hold the publishing keys it should ({exception.Message}). Mend it, or remove it to have new keys made."
            );
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PublishKeysJson : JsonSerializerContext;
