using System.Diagnostics;
using System.Threading.Channels;
using Spillway.Bench.Event.Store;
using Spillway.Playlists;
using Spillway.Streams;
using Spillway.Tracker;

namespace Spillway.Bench.Event.Viewers;

/// <summary>
/// What hls.js and the P2P engine ask the edge for: the multivariant playlist once, then the media playlist of one rendition again and
/// again, and the segments that do not come from peers. It begins with the smallest rendition and goes over to its own after two segments.
/// </summary>
internal sealed class ViewerPlayback(Scene scene, ViewerHttp http, ViewerTracker tracker, Random random)
{
    /// <summary>Segments over HTTP before there is anybody to get them from.</summary>
    private const int AtStart = 2;

    /// <summary>Of three renditions: who plays which in the end, from the best.</summary>
    private static readonly double[] s_shares = [0.7, 0.2, 0.1];

    private readonly double _luck = random.NextDouble();
    private readonly Channel<Wanted> _wanted = Channel.CreateBounded<Wanted>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private volatile PlayerDocument? _player;
    private double _since;
    private (string Path, MediaPlaylist Playlist)? _seen;

    /// <summary>Name of the rendition on screen.</summary>
    public string Rendition { get; private set; } = "";

    /// <summary>Bytes of segments.</summary>
    public long FromEdge { get; private set; }
    public long FromPeers { get; private set; }

    /// <summary>Seconds played.</summary>
    public double Played => _since == 0 ? 0 : Scene.Now - _since;

    /// <summary>Seconds behind the live edge, all viewers about the same.</summary>
    public double Latency { get; } = random.NextDouble() * 2;

    public double LiveDelay => _player?.LiveDelay ?? 12;

    public void Follow(PlayerDocument player) => _player = player;

    /// <summary>At the end: what it has missed counts, though it will not hear of it any more.</summary>
    public void Leave()
    {
        if (_seen is var (path, playlist))
            Judge(path, playlist, StoredPlaylists.LastOf(playlist), long.MaxValue);
    }

    public async Task RunAsync(CancellationToken over)
    {
        var root = new Uri(scene.Edge, "live/playlist.m3u8");
        MultivariantPlaylist? multivariant = null;
        while (multivariant is null)
        {
            if (await http.GetAsync(root, over) is { } answer)
                multivariant = PlaylistParser.Parse(answer.Body).Multivariant;
            if (multivariant is null)
                await Task.Delay(1_000, over);
        }
        var variants = multivariant.Variants.OrderByDescending(static variant => variant.Bandwidth).ToArray();
        await Task.WhenAll(ReloadAsync(root, variants, over), FetchAsync(over));
    }

    /// <summary>Playlists, one after the other.</summary>
    private async Task ReloadAsync(Uri root, Variant[] variants, CancellationToken over)
    {
        var (last, listed) = (-1L, 0);
        var variant = variants[^1];
        Show(variant);
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            var location = new Uri(root, variant.Uri);
            scene.Tally.AddPlaylist();
            var wait = TimeSpan.FromSeconds(1);
            if (await http.GetAsync(location, over) is { } answer)
            {
                if (PlaylistParser.Parse(answer.Body).Media is { } playlist)
                {
                    var newest = StoredPlaylists.LastOf(playlist);
                    Judge(location.AbsolutePath, playlist, last, newest);
                    wait = ReloadRule.After(playlist, newest > last, TimeSpan.FromSeconds(LiveDelay + Latency));
                    listed += Want(location, variant, playlist, last);
                    last = Math.Max(last, newest);
                    _seen = (location.AbsolutePath, playlist);
                    if (_since == 0)
                        _since = Scene.Now;
                }
                else
                    scene.Verdicts.NoteWrong(location.AbsolutePath, "no media playlist");
            }
            if (listed > AtStart && Own(variants) is var own && own != variant)
            {
                // Another level's playlist is asked for at once.
                variant = own;
                Show(variant);
                continue;
            }
            var left = wait - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, over);
        }
    }

    /// <summary>What this viewer plays once it knows its line.</summary>
    private Variant Own(Variant[] variants)
    {
        var sum = 0.0;
        for (var i = 0; i < variants.Length - 1; i++)
        {
            sum += i < s_shares.Length ? s_shares[i] : 0;
            if (_luck < sum)
                return variants[i];
        }
        return variants[^1];
    }

    /// <summary>Each rendition has a swarm of its own.</summary>
    private void Show(Variant variant)
    {
        Rendition = variant.Uri.Split('/') is [.., var name, _] ? name : "";
        Span<char> hash = stackalloc char[TrackerId.Size];
        SwarmHash.Of(_player?.Swarm ?? "", variant).CopyTo(hash);
        tracker.Join(hash.ToString());
    }

    private void Judge(string path, MediaPlaylist playlist, long last, long newest)
    {
        var now = Stopwatch.GetTimestamp();
        scene.Verdicts.NoteAge(
            path,
            last < 0 ? null : scene.Stored.Behind(path, last, now),
            scene.Stored.Behind(path, newest, now),
            TimeSpan.FromSeconds(2 * playlist.TargetDuration)
        );
    }

    /// <returns>How many are new.</returns>
    private int Want(Uri location, Variant variant, MediaPlaylist playlist, long last)
    {
        // At a start: from the live delay on.
        var from = last + 1;
        if (last < 0)
        {
            var (number, behind) = (playlist.MediaSequence + playlist.Segments.Count, TimeSpan.Zero);
            while (number > playlist.MediaSequence && behind.TotalSeconds < LiveDelay)
                behind += playlist.Segments[(int)(--number - playlist.MediaSequence)].Duration;
            from = number;
        }
        var count = 0;
        for (var i = 0; i < playlist.Segments.Count; i++)
        {
            var segment = playlist.Segments[i];
            if (playlist.MediaSequence + i < from || segment.Gap)
                continue;
            // A listed segment is fetched at some moment before the next one is listed: whose turn it is differs.
            var due = last < 0 ? 0 : Scene.Now + (segment.Duration.TotalSeconds * random.NextDouble());
            _wanted.Writer.TryWrite(new Wanted(new Uri(location, segment.Uri), variant, segment.Duration, due));
            count++;
        }
        return count;
    }

    /// <summary>Segments, one after the other.</summary>
    private async Task FetchAsync(CancellationToken over)
    {
        var done = 0;
        await foreach (var wanted in _wanted.Reader.ReadAllAsync(over))
        {
            var wait = wanted.Due - Scene.Now;
            var fromEdge = done++ < AtStart || random.NextDouble() < scene.Plan.EdgeShare || !SharesWithPeers;
            if (!fromEdge)
            {
                var bits = wanted.Variant.AverageBandwidth ?? wanted.Variant.Bandwidth;
                var bytes = (long)(bits / 8.0 * wanted.Duration.TotalSeconds);
                FromPeers += bytes;
                scene.Tally.AddSegment(fromEdge: false, bytes);
                continue;
            }
            if (wait > 0)
                await Task.Delay(TimeSpan.FromSeconds(wait), over);
            if (await http.GetSegmentAsync(wanted.Location, over) is not { } length)
                continue;
            FromEdge += length;
            scene.Tally.AddSegment(fromEdge: true, length);
        }
    }

    /// <summary>The operator's setting.</summary>
    public bool SharesWithPeers => _player?.Peers.Enabled ?? false;

    private sealed record Wanted(Uri Location, Variant Variant, TimeSpan Duration, double Due);
}
