using System.Globalization;
using System.Security.Cryptography;
using Spillway.Storage;

namespace Spillway.Playlists;

/// <summary>Keys and headers of a live stream's objects, relative to the store's prefix.</summary>
internal static class StreamKeys
{
    public const string PlaylistName = "playlist.m3u8";
    public const string ReplayName = "replay.m3u8";
    public const string PlaylistType = "application/vnd.apple.mpegurl";
    private const string Immutable = "public, max-age=31536000, immutable";

    public static string Multivariant(string stream) => $"{stream}/{PlaylistName}";

    public static string Player(string stream) => $"{stream}/player.json";

    /// <summary>Who writes the stream.</summary>
    public static string Lease(string stream) => $"{stream}/lease.json";

    /// <summary>The kept replays.</summary>
    public static string Replays(string stream) => $"{stream}/replays.json";

    /// <summary>What the sweep must remember from one time to the next.</summary>
    public static string Sweep(string stream) => $"{stream}/sweep.json";

    /// <summary>Below it are the heartbeats of tracker nodes.</summary>
    public const string HeartbeatFolder = "trackers/";

    /// <summary>A tracker node's sign of life.</summary>
    public static string Heartbeat(string node) => $"{HeartbeatFolder}{node}.json";

    /// <summary>A replay playlist's name: parts of at most 12 h are <c>replay.m3u8</c>, <c>replay-2.m3u8</c> and so on.</summary>
    public static string ReplayPart(int part) =>
        part == 1 ? ReplayName : string.Create(CultureInfo.InvariantCulture, $"replay-{part}.m3u8");

    public static string Report(string stream, string broadcast) => $"{stream}/{broadcast}/report.json";

    public static string MediaFolder(string stream, string broadcast, string rendition) => $"{stream}/{broadcast}/{rendition}";

    public static string SlateFolder(string stream, string hash) => $"{stream}/slate/{hash}";

    /// <summary>A slate's file as a media playlist names it; the playlist is in <see cref="MediaFolder"/>.</summary>
    public static string SlateUri(string hash, string rendition, string name) => $"../../slate/{hash}/{rendition}/{name}";

    /// <summary>The key that a media playlist in <paramref name="folder"/> names; only the leading <c>../</c> that we write ourselves are resolved.</summary>
    public static string Resolve(string folder, string uri)
    {
        while (uri.StartsWith("../", StringComparison.Ordinal) && folder.LastIndexOf('/') is var end and > 0)
            (folder, uri) = (folder[..end], uri[3..]);
        return $"{folder}/{uri}";
    }

    /// <summary>32 hex digits of the SHA-256: any byte can be checked by whoever holds it.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>The hash in a listed segment's name; null for a gap.</summary>
    public static string? HashIn(MediaSegment segment) => segment.Gap ? null : HashIn(segment.Uri);

    /// <inheritdoc cref="HashIn(MediaSegment)"/>
    public static string? HashIn(string uri)
    {
        var name = uri[(uri.LastIndexOf('/') + 1)..];
        var (dash, dot) = (name.IndexOf('-', StringComparison.Ordinal), name.LastIndexOf('.'));
        return dash > 0 && dot > dash ? name[(dash + 1)..dot] : null;
    }

    /// <summary>A broadcast's id: its start by the store's clock and four random hex digits.</summary>
    public static string NewBroadcast(DateTimeOffset start) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}"
        );

    public static ObjectHeaders MultivariantHeaders { get; } = new(PlaylistType, "max-age=1, s-maxage=2");

    public static ObjectHeaders PlayerHeaders { get; } = new("application/json", "max-age=1, s-maxage=2");

    /// <summary>For what only Spillway itself reads: the lease, what the sweep remembers.</summary>
    public static ObjectHeaders PrivateHeaders { get; } = new("application/json", "no-store");

    public static ObjectHeaders ReplaysHeaders { get; } = new("application/json", "max-age=10, s-maxage=10");

    public static ObjectHeaders ReportHeaders { get; } = new("application/json", "public, max-age=86400");

    public static ObjectHeaders SegmentHeaders { get; } = new("video/mp2t", Immutable);

    public static ObjectHeaders FragmentHeaders { get; } = new("video/iso.segment", Immutable);

    public static ObjectHeaders InitializationSectionHeaders { get; } = new("video/mp4", Immutable);

    /// <summary>Of a segment or an initialization section, by its name.</summary>
    public static ObjectHeaders HeadersOf(string name) =>
        name.EndsWith(".ts", StringComparison.Ordinal) ? SegmentHeaders
        : name.EndsWith(".m4s", StringComparison.Ordinal) ? FragmentHeaders
        : InitializationSectionHeaders;

    /// <summary>An edge may keep a live playlist for half a target duration: longer would starve players (RFC 8216bis 6.3.4).</summary>
    public static ObjectHeaders MediaPlaylistHeaders(int targetDuration, bool ended) =>
        new(
            PlaylistType,
            ended
                ? "max-age=60, s-maxage=60"
                : string.Create(CultureInfo.InvariantCulture, $"max-age=1, s-maxage={Math.Max(1, targetDuration / 2)}")
        );
}
