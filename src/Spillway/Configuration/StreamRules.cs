using Spillway.AdaptiveWindow;
using Spillway.Sources.Ladder;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Configuration;

/// <summary>What must hold for each live stream's settings beyond their types and bounds.</summary>
internal static class StreamRules
{
    /// <summary>What is said where no stream is set at all.</summary>
    public const string NoSource =
        "No source is set. To follow a live HLS stream: spillway serve --source http://127.0.0.1:8080/hls/stream.m3u8";

    private const int LongestTitle = 200;
    private const int LongestDescription = 2_000;

    public static void Check(SpillwayOptions options, Problems problems)
    {
        if (options.Streams.Count == 0)
        {
            problems.Add(NoSource);
            return;
        }
        CheckNames(options, problems);
        foreach (var (name, stream) in options.Streams)
        {
            var path = $"Streams.{name}";
            CheckSource($"{path}.Source", stream, problems);
            LadderRules.Check($"{path}.Ladder", stream.Ladder, problems);
            CheckFallback($"{path}.Fallback", stream, options, problems);
            BandwidthSetting.Check($"{path}.Bandwidth", stream.Bandwidth, problems);
            CheckKey($"{path}.Key", name, options, problems);
            CheckSlate($"{path}.Slate", stream, problems);
            BrandingRules.Check($"{path}.Branding", stream.Branding, options, problems);
            if (stream.Description.Length > LongestDescription)
                problems.Wrong($"{path}.Description", stream.Description, $"at most {LongestDescription} characters");
            LiveDelayRules.Check($"{path}.LiveDelay", stream, options.Audience, problems);
            if (stream.P2PFromViewers > 0 && options.Audience.Reporters == 0)
                problems.Add(
                    $"{path}.P2PFromViewers",
                    $"{problems.Label($"{path}.P2PFromViewers")} needs viewers who report: Audience.Reporters must not be 0."
                );
            if (stream.ShowSavings && options.Audience.Reporters == 0)
                problems.Add(
                    $"{path}.ShowSavings",
                    $"{problems.Label($"{path}.ShowSavings")} needs viewers who report: Audience.Reporters must not be 0."
                );
            if (stream.Title.Length > LongestTitle || stream.Title.Any(char.IsControl))
                problems.Wrong($"{path}.Title", stream.Title, $"one line of at most {LongestTitle} characters");
        }
    }

    public static void CheckNames(SpillwayOptions options, Problems problems)
    {
        foreach (var name in options.Streams.Keys)
        {
            var path = $"Streams.{name}";
            if (!StreamName.IsWellFormed(name))
                problems.Add(path, $"{Problems.Label(path, null)} is no name for a stream: it must be {StreamName.Expected}.");
            else if (StreamName.IsReserved(name))
                problems.Add(path, $"{path} is no name for a stream: {string.Join(", ", StreamName.Reserved)} are taken.");
        }
    }

    /// <summary>It stands in an address, and it must say which stream is meant.</summary>
    private static void CheckKey(string path, string name, SpillwayOptions options, Problems problems)
    {
        var key = options.Streams[name].Key;
        if (key.Length == 0 || problems.AnyWrong(path))
            return;
        if (
            key.Length is < 8 or > 200
            || key.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '~'))
        )
            problems.Add(
                path,
                $"{problems.Label(path)} cannot be a key: it must be 8 to 200 letters, digits, hyphens, underscores, dots and tildes."
            );
        else if (options.Streams.Any(other => other.Key != name && other.Value.Key == key))
            problems.Add(path, $"{problems.Label(path)} is another stream's key, too: each stream needs its own.");
    }

    /// <summary>Only told: the file may be there by the time it is needed.</summary>
    private static void CheckSlate(string path, StreamOptions stream, Problems problems)
    {
        if (stream.Slate.Length > 0 && stream.Slate != StreamOptions.NoSlate && !File.Exists(stream.Slate))
            problems.Warn(
                $"{problems.Label(path)}: there is no file {Shown.Value(stream.Slate)}. Until there is, pauses are shown as gaps."
            );
    }

    private static void CheckFallback(string path, StreamOptions stream, SpillwayOptions options, Problems problems)
    {
        var fallback = stream.Fallback = stream.Fallback.Trim();
        if (fallback.Length == 0 || problems.AnyWrong(path))
            return;
        if (!WebAddress.TryParseWithQuery(fallback, out var address))
            problems.Wrong(
                path,
                fallback,
                "the http or https address of a playlist, such as https://tv.example.org/hls/stream.m3u8"
            );
        // https://w3c.github.io/webappsec-mixed-content/
        else if (
            address.Scheme == Uri.UriSchemeHttp
            && options.Storage.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
        )
            problems.Wrong(
                path,
                fallback,
                $"https, as {problems.Label("Storage.PublicUrl")} is: browsers refuse to play from http on an https page"
            );
    }

    private static void CheckSource(string path, StreamOptions stream, Problems problems)
    {
        if (problems.AnyWrong(path))
            return;
        var source = stream.Source = stream.Source.Trim();
        if (source.Length == 0)
            problems.Add(
                path,
                $"{Problems.Label(path, null)} is not set: it must be the address of a live HLS playlist, a folder that holds one, rtmp or push."
            );
        else if (source is StreamOptions.Rtmp or StreamOptions.Push)
            return;
        else if (Expected(source) is { } expected)
            problems.Wrong(path, source, expected);
    }

    /// <summary>What it must be instead, or null when it is right. Whether there is anything at it shows when it runs.</summary>
    private static string? Expected(string source)
    {
        var isWeb =
            source.StartsWith("http:", StringComparison.OrdinalIgnoreCase)
            || source.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        if (isWeb)
            return WebAddress.TryParseWithQuery(source, out _)
                ? null
                : "a whole address, such as http://127.0.0.1:8080/hls/stream.m3u8";
        if (source.StartsWith("rtmp:", StringComparison.OrdinalIgnoreCase))
            return "rtmp alone: the encoder comes to Spillway, not Spillway to it";
        if (source.Contains("://", StringComparison.Ordinal))
            return "an http or https address, or a folder's path";
        if (source.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase))
            return "an address that begins with http:// or https://, or the folder that holds the playlist";
        if (source.StartsWith('~'))
            return "a folder's whole path: ~ is not expanded here";
        return source.Any(char.IsControl) ? "a folder's path on one line" : null;
    }
}
