using System.Collections.Frozen;

namespace Spillway.Sources.Push;

internal enum PushedType
{
    Playlist,
    Media,

    /// <summary>Packagers send it beside HLS; nothing here needs it.</summary>
    Unneeded,
    Foreign,
}

/// <summary>
/// The address an encoder pushes to, taken apart from the request line as it was sent: a server's own clean-up of dots and
/// escapes would hide what was meant.
/// </summary>
/// <param name="Stream">As given, whether there is such a stream or not.</param>
/// <param name="Parts">Of the path below it, unescaped once.</param>
internal readonly record struct PushName(string Stream, IReadOnlyList<string> Parts)
{
    public const string Prefix = "/ingest/";
    public const string Example = "/ingest/STREAM/stream.m3u8";
    public const string NoFile = $"The address names no file: publish to {Example}.";
    private const int MostParts = 5;
    private const int LongestPart = 128;
    private const int LongestAddress = 1024;

    private static readonly FrozenDictionary<string, PushedType> Types = new Dictionary<string, PushedType>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        [".m3u8"] = PushedType.Playlist,
        [".ts"] = PushedType.Media,
        [".m4s"] = PushedType.Media,
        [".mp4"] = PushedType.Media,
        [".m4v"] = PushedType.Media,
        [".m4a"] = PushedType.Media,
        [".cmfv"] = PushedType.Media,
        [".cmfa"] = PushedType.Media,
        [".init"] = PushedType.Media,
        [".aac"] = PushedType.Media,
        [".vtt"] = PushedType.Unneeded,
        [".webvtt"] = PushedType.Unneeded,
        [".mpd"] = PushedType.Unneeded,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public string Path => string.Join('/', Parts);

    /// <summary>Tells by the name's end what a file is.</summary>
    public PushedType Type => Types.GetValueOrDefault(System.IO.Path.GetExtension(Parts[^1]), PushedType.Foreign);

    /// <param name="target">Of the request line: path and query, or a whole URL.</param>
    /// <param name="name">Set when there is a stream's name, even if the rest is refused.</param>
    /// <returns>What is wrong with it, as a sentence; null for a name that can be taken.</returns>
    public static string? TryParse(string target, out PushName name)
    {
        name = new PushName("", []);
        var path = PathOf(target);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            return $"An encoder publishes to {Example}.";
        if (path.Length > LongestAddress)
            return $"The address is longer than {LongestAddress} characters.";
        var parts = path[Prefix.Length..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        name = new PushName(parts[0], []);
        if (parts.Length < 2 || parts[^1].Length == 0)
            return NoFile;
        if (parts.Length - 1 > MostParts)
            return $"The address has more than {MostParts} parts after the stream's name.";
        foreach (var part in parts.Skip(1))
        {
            if (Fault(part) is { } fault)
                return $"The address has a part that {fault}.";
        }
        name = new PushName(parts[0], parts[1..]);
        return null;
    }

    private static string PathOf(string target)
    {
        var query = target.IndexOfAny(['?', '#']);
        var path = query < 0 ? target : target[..query];
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
            return path;
        var slash = path.IndexOf('/', scheme + 3);
        return slash < 0 ? "/" : path[slash..];
    }

    /// <summary>Dots first would be folders or hidden files, a percent sign is an escape that was escaped.</summary>
    private static string? Fault(string part)
    {
        if (part.Length == 0)
            return "is empty";
        if (part.Length > LongestPart)
            return $"is longer than {LongestPart} characters";
        if (part[0] == '.')
            return "begins with a dot";
        return part.All(static c => char.IsAsciiLetterOrDigit(c) || "-_.~+=@, ()[]".Contains(c))
            ? null
            : "has other characters than letters, digits and -_.~+=@,()[]";
    }
}
