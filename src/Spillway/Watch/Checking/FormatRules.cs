using System.Globalization;
using Spillway.Media;

namespace Spillway.Watch.Checking;

/// <summary>Whether a variant's CODECS (E4), RESOLUTION and FRAME-RATE (E5) are what its segments hold.</summary>
internal static class FormatRules
{
    public static void Check(
        string playlistUrl,
        IReadOnlyDictionary<string, string> attributes,
        MediaReport media,
        Action<Finding> report
    )
    {
        void Found(string rule, Severity severity, string message) => report(new(rule, severity, playlistUrl, message));
        var played = media.Tracks.Where(static track => track.Kind is not TrackKind.Other).ToList();
        if (attributes.GetValueOrDefault("CODECS") is { } codecs)
        {
            var declared = codecs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var held = played.Select(static track => track.Codec).OfType<string>().Distinct().ToList();
            foreach (var codec in held)
            {
                if (!declared.Any(other => Family(other) == Family(codec)))
                    Found("E4", Severity.Error, $"CODECS is {codecs}; there is {codec} in its segments");
                else if (!declared.Contains(codec, StringComparer.OrdinalIgnoreCase))
                    Found("E4", Severity.Warning, $"CODECS is {codecs}; in its segments it is {codec}");
            }

            // A track whose codec cannot be told may be any of them.
            if (held.Count == played.Count)
            {
                foreach (var codec in declared.Where(codec => !held.Exists(other => Family(other) == Family(codec))))
                    Found("E4", Severity.Error, $"CODECS names {codec}; there are segments with {string.Join(',', held)}");
            }
        }

        var video = played.FirstOrDefault(static track => track is { Kind: TrackKind.Video, Samples: > 0 });
        if (video is { Width: { } width, Height: { } height } && attributes.GetValueOrDefault("RESOLUTION") is { } resolution)
        {
            if (resolution != $"{width}x{height}")
                Found("E5", Severity.Error, $"RESOLUTION is {resolution}; there are segments of {width}x{height}");
        }

        // It is the largest of the variant (4.4.6.2): less is true, too.
        if (
            video?.FrameRate is { } rate
            && attributes.TryGetValue("FRAME-RATE", out var text)
            && double.TryParse(text, CultureInfo.InvariantCulture, out var declaredRate)
            && declaredRate < 0.95 * rate
        )
            Found("E5", Severity.Warning, $"FRAME-RATE is {text}; there are segments of {rate:F0} frames a second");
    }

    /// <summary>What a player needs one decoder for.</summary>
    private static string Family(string codec) =>
        codec.ToUpperInvariant() switch
        {
            "MP4A.40.34" or "MP4A.6B" or "MP4A.69" => "MP3",
            var other => other.Split('.')[0] switch
            {
                "AVC1" or "AVC3" => "AVC",
                "HVC1" or "HEV1" => "HEVC",
                var name => name,
            },
        };
}
