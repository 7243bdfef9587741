using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spillway.Playlists;

namespace Spillway.Tracker;

/// <summary>
/// The info hash that p2p-media-loader 2.3 with hls.js announces for a rendition, so that a tracker can serve these and no others.
/// It is made of what hls.js reads from the multivariant playlist: any change of BANDWIDTH, CODECS, RESOLUTION or FRAME-RATE makes
/// another swarm.
/// </summary>
internal static class SwarmHash
{
    /// <summary>What begins a codec that hls.js takes for video; of CODECS it passes on only these.</summary>
    private static readonly FrozenSet<string> VideoCodecs = FrozenSet.Create(
        StringComparer.Ordinal,
        "avc1 avc2 avc3 avc4 avcp av01 dav1 drac dva1 dvav dvh1 dvhe encv hev1 hvc1 mjp2 mp4v mvc1 mvc2 mvc3 mvc4 resv rv60 s263 svc1 svc2 vc-1 vp08 vp09".Split(
            ' '
        )
    );

    /// <param name="swarmId">The player's setting of that name, such as <c>live/20261122T190501Z-7f3a/live</c>.</param>
    /// <param name="variant">As published; FRAME-RATE with three decimals.</param>
    public static TrackerId Of(string swarmId, Variant variant)
    {
        var identity = $"v2-{swarmId}-main-{Convert.ToBase64String(Sha1(Properties(variant)))}";
        return new TrackerId(Encoding.ASCII.GetBytes(Convert.ToBase64String(Sha1(identity).AsSpan(0, 15))));
    }

    /// <summary>The fields between the dashes that stay empty belong to audio renditions and to VIDEO-RANGE, which we do not write.</summary>
    private static string Properties(Variant variant) =>
        variant.Bandwidth == 0
            ? "0--------"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{variant.Bandwidth}-{VideoCodec(variant.Codecs)}-{variant.Resolution?.Width}-{variant.Resolution?.Height}----{FrameRate(variant.FrameRate)}-"
            );

    /// <summary>JavaScript's number of what the playlist says: 29.970 becomes 29.97.</summary>
    private static string FrameRate(double? rate) => rate?.ToString("0.###", CultureInfo.InvariantCulture) ?? "";

    private static string VideoCodec(string? codecs) =>
        string.Join(
            ',',
            (codecs ?? "")
                .Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
                .Where(static codec => codec.Length >= 4 && VideoCodecs.Contains(codec[..4]))
                .Select(static codec => Normalize(codec.Split('/')[0]))
                .Order(StringComparer.Ordinal)
        );

    /// <summary>In lower case, and <c>avc1.66.30</c> of old playlists in the form of RFC 6381: <c>avc1.42001e</c>.</summary>
    private static string Normalize(string codec)
    {
        // Codec names are hashed in lower case by the player.
#pragma warning disable CA1308
        codec = codec.ToLowerInvariant();
#pragma warning restore CA1308
        var parts = codec.Split('.');
        return
            parts is ["avc1", _, _]
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var profile)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            ? $"avc1.{profile:x2}00{level:x2}"
            : codec;
    }

    /// <summary>SHA-1 is the protocol's choice; nothing is kept safe by it.</summary>
#pragma warning disable CA5350
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
