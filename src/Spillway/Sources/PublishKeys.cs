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

    private readonly Lock _changing = new();
    private readonly HashSet<string> _made;
    private readonly HashSet<string> _set;
    private readonly Dictionary<string, DateTimeOffset> _changed = new(StringComparer.Ordinal);
    private readonly string _path;

    // Never changed, but replaced: any thread looks keys up.
    private Dictionary<string, string> _keys;

    private PublishKeys(Dictionary<string, string> keys, HashSet<string> made, HashSet<string> set, string path) =>
        (_keys, _made, _set, _path) = (keys, made, set, path);

    /// <exception cref="SecretFileException">The file holds something else, or cannot be read or written.</exception>
    public static PublishKeys Open(SpillwayOptions options)
    {
        var path = System.IO.Path.Combine(options.Data, FileName);
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
        var set = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, string>? kept = null;
        foreach (var (stream, settings) in options.Streams)
        {
            if (settings.Source is not (StreamOptions.Rtmp or StreamOptions.Push))
                continue;
            if (settings.Key.Length > 0)
            {
                keys[stream] = settings.Key;
                set.Add(stream);
                continue;
            }
            kept ??= Read(path);
            if (!kept.TryGetValue(stream, out var key) || key.Length == 0)
            {
                kept[stream] = key = Make();
                made.Add(stream);
            }
            keys[stream] = key;
        }
        if (made.Count > 0)
            Write(path, kept!);
        return new PublishKeys(keys, made, set, path);
    }

    /// <summary>A stream's key; null when its source is not one that encoders publish to.</summary>
    public string? Of(string stream) => Volatile.Read(ref _keys).GetValueOrDefault(stream);

    /// <summary>The stream's key stands in the settings: only who changes them changes it.</summary>
    public bool IsSet(string stream) => _set.Contains(stream);

    /// <summary>When a stream's key was changed last by this process; null: never.</summary>
    public DateTimeOffset? ChangedAt(string stream)
    {
        lock (_changing)
            return _changed.TryGetValue(stream, out var at) ? at : null;
    }

    /// <summary>Where keys are kept that were made here.</summary>
    public string Path => _path;

    /// <summary>Makes a new key for a stream whose key was made here; from now on the old one opens nothing.</summary>
    /// <exception cref="SecretFileException">It cannot be kept: then the old one stays.</exception>
    public string Change(string stream, DateTimeOffset now)
    {
        lock (_changing)
        {
            var made = Make();
            try
            {
                var kept = Read(_path);
                kept[stream] = made;
                Write(_path, kept);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new SecretFileException(
                    $"{_path}, where the publishing keys are kept, cannot be written ({exception.Message}): the old key stays."
                );
            }
            _changed[stream] = now;
            Volatile.Write(ref _keys, new Dictionary<string, string>(_keys, StringComparer.Ordinal) { [stream] = made });
            return made;
        }
    }

    /// <summary>The stream's key was made just now: nobody has seen it yet.</summary>
    public bool IsNew(string stream) => _made.Contains(stream);

    /// <summary>The stream that a key opens; null for none. The time it takes does not tell how much of a key was right.</summary>
    public string? StreamOf(string key)
    {
        string? found = null;
        foreach (var (stream, expected) in Volatile.Read(ref _keys))
        {
            if (Secret.Same(expected, key))
                found = stream;
        }
        return found;
    }

    public bool Opens(string stream, string key) => Of(stream) is { } expected && Secret.Same(expected, key);

    private static string Make() => RandomNumberGenerator.GetHexString(24, lowercase: true);

    private static void Write(string path, Dictionary<string, string> keys) =>
        SecretFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(keys, PublishKeysJson.Default.DictionaryStringString));

    /// <summary>A key was made for the stream at an earlier start. Makes none.</summary>
    /// <exception cref="SecretFileException">The file holds something else, or cannot be read.</exception>
    public static bool IsKept(SpillwayOptions options, string stream)
    {
        var path = System.IO.Path.Combine(options.Data, FileName);
        try
        {
            return Read(path).TryGetValue(stream, out var key) && key.Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException($"{path}, where the publishing keys are kept, cannot be read ({exception.Message}).");
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
            throw new SecretFileException(
                $"{path} does not hold the publishing keys it should ({exception.Message}). Mend it, or remove it to have new keys made."
            );
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PublishKeysJson : JsonSerializerContext;
