using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>
/// The origin's playlists of what is on air, before routing and all else that is done for a request: where a page or a CDN is pointed
/// at the origin, this is what it is asked for all the time. Whatever is not as it should be is left to the routes.
/// </summary>
internal sealed class OriginPlaylists
{
    private const string MediaSuffix = "/" + StreamKeys.PlaylistName;

    private readonly EdgeAddress _edge;
    private readonly OriginText _text;
    private readonly OriginCounters _counters;
    private readonly RequestSummary _summary;

    /// <summary>By the path of the multivariant playlist.</summary>
    private readonly FrozenDictionary<string, LiveStream> _byPath;
    private readonly FrozenDictionary<string, LiveStream> _byName;

    public OriginPlaylists(
        LiveStreams streams,
        Configuration.SpillwayOptions options,
        EdgeAddress edge,
        OriginText text,
        OriginCounters counters,
        RequestSummary summary
    )
    {
        (_edge, _text, _counters, _summary) = (edge, text, counters, summary);
        var byPath = streams.All.ToDictionary(static stream => $"/{stream.Name}{MediaSuffix}", StringComparer.Ordinal);
        foreach (var alias in options.Server.PlaylistAliases)
            byPath[alias] = streams.Default;
        _byPath = byPath.ToFrozenDictionary(StringComparer.Ordinal);
        _byName = streams.All.ToFrozenDictionary(static stream => stream.Name, StringComparer.Ordinal);
    }

    /// <summary>False: it is no request for a playlist of what is on air.</summary>
    public bool TryAnswer(HttpContext context, [NotNullWhen(true)] out Task? answer)
    {
        answer = null;
        var request = context.Request;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!isRead || request.Path.Value is not { Length: > 0 } path)
            return false;
        if (_byPath.TryGetValue(path, out var stream))
        {
            if (stream.OnAir is not { } onAir || _edge.For(request) is not { } address)
                return false;
            _counters.CountPlaylist();
            _summary.Count(stream.Name, stream.Status);
            answer = MultivariantAsync(context, stream, onAir, address);
            return true;
        }
        if (Find(path, out stream) is not { Listed: { } listed } rendition || _edge.For(request) is not { } edge)
            return false;
        _counters.CountMediaPlaylist();
        _summary.Count(stream!.Name, stream.Status);
        answer = MediaPlaylistAsync(context, rendition, listed, edge);
        return true;
    }

    public Task MultivariantAsync(HttpContext context, LiveStream stream, Broadcast onAir, string address)
    {
        var version = stream.Multivariant;
        return _text.SendAsync(context, stream.Copies.Find(onAir, version, address) ?? Copy(stream, onAir, version, address));
    }

    public Task MediaPlaylistAsync(HttpContext context, BroadcastRendition rendition, MediaPlaylist listed, string address)
    {
        var version = rendition.Object.Acknowledged;
        return _text.SendAsync(
            context,
            rendition.Copies.Find(listed, version, address) ?? Copy(rendition, listed, version, address)
        );
    }

    // Apart from the methods above: what a lambda captures is made where its method begins, needed or not.
    private static OriginCopy Copy(LiveStream stream, Broadcast onAir, AcknowledgedVersion? version, string address) =>
        stream.Copies.Get(onAir, version, address, () => Render(onAir, version?.Stamp, address));

    private static OriginCopy Copy(
        BroadcastRendition rendition,
        MediaPlaylist listed,
        AcknowledgedVersion? version,
        string address
    ) => rendition.Copies.Get(listed, version, address, () => Render(listed, version?.Stamp, rendition.Folder, address));

    private BroadcastRendition? Find(ReadOnlySpan<char> path, out LiveStream? stream)
    {
        stream = null;
        if (!path.EndsWith(MediaSuffix, StringComparison.Ordinal))
            return null;
        var names = path[1..^MediaSuffix.Length];
        var slash = names.IndexOf('/');
        return
            slash > 0
            && _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(names[..slash], out stream)
            && stream.OnAir is { } onAir
            ? onAir.Find(names[(slash + 1)..])
            : null;
    }

    private static OriginCopy Render(Broadcast onAir, Stamp? stamp, string address)
    {
        var playlist = onAir.ToMultivariant(r => $"{address}{r.Folder}/{StreamKeys.PlaylistName}") with { Stamp = stamp };
        return new OriginCopy(PlaylistWriter.Write(playlist), StreamKeys.MultivariantHeaders);
    }

    private static OriginCopy Render(MediaPlaylist listed, Stamp? stamp, string folder, string address)
    {
        var absolute = listed with
        {
            Stamp = stamp,
            Segments =
            [
                .. listed.Segments.Select(segment =>
                    segment with
                    {
                        Uri = address + StreamKeys.Resolve(folder, segment.Uri),
                        Map = segment.Map is { } map ? map with { Uri = address + StreamKeys.Resolve(folder, map.Uri) } : null,
                    }
                ),
            ],
        };
        return new OriginCopy(
            PlaylistWriter.Write(absolute),
            StreamKeys.MediaPlaylistHeaders(listed.TargetDuration, listed.Ended)
        );
    }
}
