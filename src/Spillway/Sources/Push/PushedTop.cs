using Spillway.Playlists;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Push;

/// <summary>
/// Chooses which of the pushed playlists is the stream: a multivariant one, else the only media playlist. Of several the one
/// that an encoder still writes; a choice stays for as long as it is alive.
/// </summary>
internal sealed class PushedTop(string stream, PushInlet inlet, Upstreams upstreams, SourceWarnings warnings, TimeProvider time)
    : ITopPlaylist
{
    public const string NobodyYet = "no encoder has published yet";

    /// <summary>After so long without a word an encoder is no longer the one that is meant.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(6);

    /// <summary>At first, for a media playlist: ffmpeg sends the multivariant one after it. A broadcast begins later anyway.</summary>
    private static readonly TimeSpan LonePatience = TimeSpan.FromMilliseconds(500);

    private readonly TopPlaylist _reader = new(
        new SourceLocation(PushUpstream.LocationOf(stream, ""), Folder: null, IsFolder: false),
        upstreams,
        warnings,
        time
    );
    private Choice? _chosen;
    private TimeSpan? _loneSince;
    private List<Top> _tops = [];
    private long _topsVersion = -1;

    /// <param name="File">Null while nothing can be chosen.</param>
    /// <param name="Version">Of a multivariant playlist its text; a media playlist is read by its follower.</param>
    private sealed record Choice(string? File, ReadOnlyMemory<byte> Version, int Others);

    public string Shown { get; } = $"{PushName.Prefix}{stream}/";

    public bool MayMove => true;

    public bool HasNews => !Choose().Equals(_chosen ?? new Choice(null, default, 0));

    public async Task<TopReading> ReadAsync(CancellationToken ct)
    {
        var choice = _chosen = Choose();
        if (choice.File is not { } file)
            return new TopReading([], NobodyYet) { IsExpected = true, IsThere = _loneSince is not null };
        if (choice.Others > 0)
        {
            warnings.Warn(
                Shown,
                $"{choice.Others + 1} media playlists are pushed and no multivariant one; only {file} is followed",
                "Have the encoder send one (ffmpeg: -master_pl_name, and -b:v for each rendition) to carry them all"
            );
        }
        return await _reader.ReadOneAsync(PushUpstream.LocationOf(stream, file), ct);
    }

    private Choice Choose()
    {
        var tops = Tops();
        if (tops.Count == 0)
            return new Choice(null, default, 0);
        var present = tops.Find(t => t.File.Path == _chosen?.File);
        if (present is not null && inlet.Now - present.LastSign <= Alive)
            return ChoiceOf(present, tops);
        var newest = tops.Max(static t => t.LastSign);
        var alive = tops.Where(t => newest - t.LastSign <= Alive)
            .OrderByDescending(static t => t.IsMultivariant)
            .ThenBy(static t => t.IsMultivariant ? 0 : TopPlaylist.Rank(t.File.Path))
            .ThenBy(static t => t.IsMultivariant ? -t.File.At : TimeSpan.Zero)
            .ThenBy(static t => t.File.Path, StringComparer.Ordinal)
            .ToList();
        var best = alive[0];
        if (best.IsMultivariant || _chosen?.File is not null)
            return ChoiceOf(best, tops);
        _loneSince ??= inlet.Now;
        return inlet.Now - _loneSince < LonePatience ? new Choice(null, default, 0) : ChoiceOf(best, tops);
    }

    private Choice ChoiceOf(Top top, List<Top> all) =>
        new(
            top.File.Path,
            top.IsMultivariant ? top.File.Bytes : default,
            top.IsMultivariant ? 0 : all.Count(t => t != top && !t.IsMultivariant && top.LastSign - t.LastSign <= Alive)
        );

    /// <summary>Multivariant playlists, and media playlists that none of them names.</summary>
    private List<Top> Tops()
    {
        var version = inlet.Version;
        if (version == _topsVersion)
            return _tops;
        var playlists = inlet.Playlists;
        var media = playlists.Where(static p => !IsMultivariant(p)).ToDictionary(p => $"/{stream}/{p.Path}");
        var named = new HashSet<PushedFile>();
        var tops = new List<Top>();
        foreach (var multivariant in playlists.Where(IsMultivariant))
        {
            var location = PushUpstream.LocationOf(stream, multivariant.Path);
            var sign = multivariant.At;
            foreach (var variant in PlaylistParser.Parse(multivariant.Bytes.Span).Multivariant?.Variants ?? [])
            {
                if (
                    upstreams.Resolve(location, variant.Uri) is { } uri
                    && media.TryGetValue(Uri.UnescapeDataString(uri.AbsolutePath), out var playlist)
                )
                {
                    named.Add(playlist);
                    sign = playlist.At > sign ? playlist.At : sign;
                }
            }
            tops.Add(new Top(multivariant, IsMultivariant: true, sign));
        }
        tops.AddRange(media.Values.Where(p => !named.Contains(p)).Select(static p => new Top(p, IsMultivariant: false, p.At)));
        _topsVersion = version;
        return _tops = tops;
    }

    private static bool IsMultivariant(PushedFile playlist) => playlist.Bytes.Span.IndexOf("#EXT-X-STREAM-INF:"u8) >= 0;

    /// <param name="LastSign">When it, or one of the playlists it names, was pushed last.</param>
    private sealed record Top(PushedFile File, bool IsMultivariant, TimeSpan LastSign);
}
