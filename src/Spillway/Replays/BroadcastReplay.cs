using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>
/// The replay of one broadcast, over the objects that are stored already. It is owned by the loop that owns the stream:
/// <see cref="Take"/> what is listed live, <see cref="Publish"/>, and let go of the live window's head what <see cref="ListedBefore"/> says.
/// </summary>
internal sealed class BroadcastReplay
{
    /// <summary>How often the list of replays is told how far it is.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, RenditionReplay> _renditions;
    private readonly Func<string, StoredObject?, MutableObject> _open;
    private readonly string _folder;
    private readonly ReplayEntry? _before;
    private readonly bool _independentSegments;
    private readonly List<string> _paths = [];

    /// <summary>Seconds that an earlier run has listed.</summary>
    private readonly double _restored;
    private Task? _multivariant;
    private MutableObject? _multivariantObject;
    private (int Paths, bool Done) _told;

    /// <summary>Parts that were lost with their bucket: they have ended, and cannot be stored again.</summary>
    private int _gone;
    private TimeSpan _toldAt;

    /// <param name="stream">Its stream.</param>
    /// <param name="broadcast">Its id.</param>
    /// <param name="begin">Date of its first segment.</param>
    /// <param name="independentSegments">As in its live multivariant playlist.</param>
    /// <param name="variants">As in its live multivariant playlist; each URI is the rendition's name.</param>
    /// <param name="open">Gives the object at a key, with what is there now, and keeps it going.</param>
    /// <param name="stored">What an earlier run has stored of it: it goes on from there. Null for a new broadcast.</param>
    public BroadcastReplay(
        string stream,
        string broadcast,
        DateTimeOffset begin,
        bool independentSegments,
        IEnumerable<Variant> variants,
        Func<string, StoredObject?, MutableObject> open,
        StoredReplay? stored = null
    )
    {
        (Broadcast, _folder, _open, _independentSegments) = (broadcast, $"{stream}/{broadcast}", open, independentSegments);
        _before = stored?.Entry;
        _renditions = variants.ToDictionary(
            static variant => variant.Uri,
            variant => new RenditionReplay(variant, StreamKeys.MediaFolder(stream, broadcast, variant.Uri), open),
            StringComparer.Ordinal
        );
        Begin = begin;
        if (stored is null)
            return;
        foreach (var rendition in stored.Renditions)
            _renditions.GetValueOrDefault(rendition.Name)?.Restore(rendition.Parts);
        for (var part = 1; part <= stored.Multivariants; part++)
            _paths.Add($"{Broadcast}/{StreamKeys.ReplayPart(part)}");
        Begin = stored.Entry?.Begin ?? _renditions.Values.Min(static r => r.Parts.Count > 0 ? r.Parts[0].Begin : null) ?? begin;
        foreach (var rendition in stored.Renditions)
        {
            if (rendition.Live is { } live)
                Take(rendition.Name, live);
        }
        _restored = _renditions.Values.First().Parts.Sum(static part => part.Duration.TotalSeconds);
    }

    public string Broadcast { get; }

    public DateTimeOffset Begin { get; }

    /// <summary>The multivariant playlist of its newest part, relative to the stream's folder; null until it is stored.</summary>
    public string? Path => _paths.Count > _gone ? _paths[^1] : null;

    /// <summary>All of it is stored, and ended.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Cause and remedy of the last failed PUT; null when all is well.</summary>
    public StoreFault? Fault =>
        _renditions.Values.Select(static rendition => rendition.Fault).FirstOrDefault(static fault => fault is not null)
        ?? _multivariantObject?.Fault;

    /// <summary>Done when what was asked for last is stored.</summary>
    public Task Published => Task.WhenAll(_renditions.Values.Select(static rendition => rendition.Published));

    /// <summary>Of a rendition's numbers all below this one are listed by a stored replay playlist.</summary>
    public long ListedBefore(string rendition) =>
        _renditions.TryGetValue(rendition, out var replay) ? replay.ListedBefore : long.MaxValue;

    /// <summary>Takes what is new in a rendition's live playlist.</summary>
    public void Take(string rendition, MediaPlaylist live) => _renditions.GetValueOrDefault(rendition)?.Take(live, Begin);

    /// <summary>Stores what is due.</summary>
    /// <param name="now">Monotonic.</param>
    /// <param name="ended">Nothing more is to come: the last version with ENDLIST.</param>
    /// <param name="atOnce">Do not wait until the next version is due.</param>
    public void Publish(TimeSpan now, bool ended, bool atOnce = false)
    {
        foreach (var rendition in _renditions.Values)
            rendition.Publish(now, ended, atOnce);
        PublishMultivariant(ended);
        IsDone =
            ended
            && _multivariant is null
            && _paths.Count >= _renditions.Values.Max(static rendition => rendition.Parts.Count)
            && _renditions.Values.All(static rendition => rendition.HasEnded);
        if (!IsDone)
            return;
        foreach (var part in _renditions.Values.SelectMany(static rendition => rendition.Parts))
            part.Release();
    }

    /// <summary>
    /// All that was stored of it is gone, with its bucket. It goes on in the new one, with gaps where something was. Parts that have ended
    /// are lost: their segments are not in memory any more.
    /// </summary>
    public void Forget()
    {
        _gone = _renditions.Values.Max(static rendition => rendition.Parts.Count(static part => part.HasEnded));
        foreach (var rendition in _renditions.Values)
            rendition.Forget();
        if (_paths.Count > _gone)
            _paths.RemoveRange(_gone, _paths.Count - _gone);
        _told = default;
    }

    /// <summary>Whether the list of replays is to be told; asking counts as telling.</summary>
    /// <param name="now">Monotonic.</param>
    public bool HasNews(TimeSpan now)
    {
        if (_paths.Count == _gone || ((_paths.Count, IsDone) == _told && now - _toldAt < TellEvery))
            return false;
        (_told, _toldAt) = ((_paths.Count, IsDone), now);
        return true;
    }

    /// <param name="title">The stream's.</param>
    /// <param name="bytes">Stored by this run.</param>
    public ReplayEntry ToEntry(string title, long bytes)
    {
        // The first is the source's own order: what is missing in another one is another story.
        var parts = _renditions.Values.First().Parts.Skip(_gone).ToList();
        var duration = parts.Sum(static part => part.Duration.TotalSeconds);
        var (all, estimated) = Bytes(bytes, duration);
        return new ReplayEntry
        {
            Broadcast = Broadcast,
            Title = title,
            Begin = Begin,
            End = IsDone ? parts[^1].End : null,
            Duration = Math.Round(duration, 3),
            Gaps = new ReplayGaps(
                parts.Sum(static part => part.Gaps),
                Math.Round(parts.Sum(static part => part.GapDuration.TotalSeconds), 3)
            ),
            Bytes = all,
            BytesEstimated = estimated,
            Playlists = [.. _paths.Skip(_gone)],
            OnAir = !IsDone,
        };
    }

    /// <summary>
    /// What an earlier run stored after it had told of it for the last time was not counted: it is taken to be like the rest.
    /// </summary>
    private (long? Bytes, bool Estimated) Bytes(long now, double duration)
    {
        if (_restored <= 0)
            return (now, false);
        if (_before is not { Bytes: { } told, Duration: > 0 })
            return (null, false);
        var restored = Math.Min(_restored, duration);
        return (
            now + (long)(told * Math.Max(1, restored / _before.Duration)),
            restored > _before.Duration || _before.BytesEstimated
        );
    }

    /// <summary>Once a part, as soon as all its media playlists are there.</summary>
    private void PublishMultivariant(bool ended)
    {
        if (_multivariant is { IsCompletedSuccessfully: true })
        {
            _paths.Add($"{Broadcast}/{StreamKeys.ReplayPart(_paths.Count + 1)}");
            _multivariantObject!.Complete();
            _multivariant = null;
        }
        var number = _paths.Count + 1;
        if (_multivariant is not null)
            return;
        var there = _renditions.Values.Where(rendition => rendition.Parts.Count >= number).ToList();
        // A rendition may have ended just before the part began.
        if (there.Count == 0 || (!ended && there.Count < _renditions.Count))
            return;
        if (!there.TrueForAll(rendition => rendition.Parts[number - 1].IsStored))
            return;
        var playlist = new MultivariantPlaylist
        {
            IndependentSegments = _independentSegments,
            Variants = [.. there.Select(rendition => rendition.ToVariant(number))],
        };
        _multivariantObject = _open($"{_folder}/{StreamKeys.ReplayPart(number)}", null);
        _multivariant = _multivariantObject.PublishAsync(
            stamp => PlaylistWriter.Write(playlist with { Stamp = stamp }),
            StreamKeys.MultivariantHeaders
        );
    }
}
