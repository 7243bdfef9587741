namespace Spillway.Playlists;

/// <summary>What a playlist must be like to be written: the last guard before something is published.</summary>
internal static class PlaylistCheck
{
    /// <exception cref="ArgumentException">With the reason.</exception>
    public static void Check(MediaPlaylist playlist)
    {
        Require(playlist.TargetDuration >= 1, "TargetDuration must be at least 1 s");
        Require(playlist.MediaSequence >= 0, "MediaSequence must not be negative");
        Require(playlist.DiscontinuitySequence is null or >= 0, "DiscontinuitySequence must not be negative");
        Check(playlist.Stamp);
        InitializationSectionReference? map = null;
        foreach (var segment in playlist.Segments)
        {
            var uri = segment.Uri;
            Require(IsUri(uri) && uri[0] != '#', $"'{uri}' cannot be written as a URI");
            Require(segment.Duration >= TimeSpan.Zero, $"the duration of {uri} is negative");
            // RFC 8216bis 4.4.3.1
            Require(
                PlaylistWriter.WholeSeconds(segment.Duration) <= playlist.TargetDuration,
                $"the {segment.Duration.TotalSeconds} s of {uri} are more than the target duration of {playlist.TargetDuration} s"
            );
            Require(segment.Range is null or { Offset: >= 0, Length: > 0 }, $"the byte range of {uri} is empty or negative");
            Require(segment.Map is null || IsQuoted(segment.Map.Uri), $"the initialization section of {uri} cannot be written");
            Require(
                segment.Map?.Range is null or { Offset: >= 0, Length: > 0 },
                $"the map's byte range of {uri} is empty or negative"
            );
            // RFC 8216bis 4.4.4.5: a map holds until the next one; there is no way to say that it ends. A GAP needs none.
            Require(
                segment.Gap || segment.Map is not null || map is null,
                $"{uri} has no initialization section, but one before it has"
            );
            Require(
                segment.Key is null
                    || (
                        IsToken(segment.Key.Method)
                        && IsQuoted(segment.Key.Uri ?? "")
                        && (segment.Key.Iv is null || IsToken(segment.Key.Iv))
                    ),
                $"the key of {uri} cannot be written"
            );
            map = segment.Map ?? map;
        }
    }

    /// <exception cref="ArgumentException">With the reason.</exception>
    public static void Check(MultivariantPlaylist playlist)
    {
        Require(playlist.Variants.Count > 0, "a multivariant playlist names at least one variant");
        Check(playlist.Stamp);
        foreach (var variant in playlist.Variants)
        {
            var uri = variant.Uri;
            Require(IsUri(uri) && uri[0] != '#', $"'{uri}' cannot be written as a URI");
            Require(variant.Bandwidth > 0, $"the bandwidth of {uri} must be above 0");
            Require(
                variant.AverageBandwidth is not { } average || (average > 0 && average <= variant.Bandwidth),
                $"the average bandwidth of {uri} must be above 0 and not above its bandwidth"
            );
            Require(
                variant.Codecs is null || (variant.Codecs.Length > 0 && IsQuoted(variant.Codecs)),
                $"the codecs of {uri} cannot be written"
            );
            Require(variant.Resolution is null or { Width: > 0, Height: > 0 }, $"the resolution of {uri} must be above 0");
            Require(variant.FrameRate is null or (> 0 and < 10_000), $"the frame rate of {uri} must be above 0");
        }
    }

    private static void Check(Stamp? stamp) =>
        Require(stamp is null or { Epoch: >= 0, Revision: >= 0 }, "the stamp's epoch and revision must not be negative");

    private static void Require(bool condition, string reason)
    {
        if (!condition)
            throw new ArgumentException($"This playlist cannot be written: {reason}.");
    }

    private static bool IsUri(string text) =>
        text.Length > 0 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c));

    private static bool IsQuoted(string text) => !text.Any(c => c == '"' || char.IsControl(c) || char.IsSurrogate(c));

    private static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
