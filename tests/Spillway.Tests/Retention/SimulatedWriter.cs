using Microsoft.Extensions.Time.Testing;
using Spillway.Playlists;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary>
/// A writer as the contract has it, at the pace that a test moves the clock: broadcasts with one or two renditions and windows of
/// different lengths, kept as replays or not, slates, restarts that store the same segments again, segments that were stored and
/// are listed much later or never.
/// </summary>
internal sealed class SimulatedWriter(MemoryStore store, FakeTimeProvider time, Random random)
{
    public const string Stream = "live";
    private const int Target = 60;

    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly HashSet<string> _slatesInUse = new(StringComparer.Ordinal);
    private long _number = 1_000_000;
    private int _revision;
    private string[] _renditions = [];
    private int _window;
    private bool _hasReplay;
    private string? _slate;
    private bool _onSlate;

    /// <summary>What was listed in this broadcast, of its first rendition; the others are alike.</summary>
    private List<(long Number, bool Gap, string? Slate)> _listed = [];
    private int _ahead;

    /// <summary>Null: off air.</summary>
    public string? Broadcast { get; private set; }

    /// <summary>The playlists are there, and the multivariant one names them.</summary>
    public bool IsOnAir { get; private set; }

    /// <summary>Rises with each process.</summary>
    public long Epoch { get; private set; } = 1;

    public bool SlatesRest { get; set; }

    public IReadOnlySet<string> InUse => Broadcast is { } id ? new HashSet<string> { id } : new HashSet<string>();

    public IReadOnlyCollection<string> Kept => _kept;

    public string? Slate => Broadcast is null ? null : _slate;

    public bool IsSlateInUse(string hash) => _slatesInUse.Contains(hash);

    /// <summary>A minute goes by, and something happens.</summary>
    public void Step()
    {
        time.Advance(TimeSpan.FromSeconds(Target));
        switch (random.Next(1000))
        {
            case < 4 when Broadcast is not null:
                End();
                break;
            case < 9:
                Restart();
                break;
            case < 14 when _kept.Count > 0:
                _kept.Remove(_kept.ElementAt(random.Next(_kept.Count)));
                PutReplays();
                break;
            case < 30:
                // Somebody else's.
                store.Put($"{Stream}/{(Broadcast is { } id && random.Next(2) == 0 ? id + "/" : "")}note-{random.Next(5)}.txt");
                break;
            case < 130 when Broadcast is null:
                Begin();
                break;
            default:
                if (Broadcast is not null)
                    Go();
                break;
        }
    }

    public void Begin()
    {
        if (Broadcast is not null)
            End();
        Broadcast = StreamKeys.NewBroadcast(time.GetUtcNow());
        IsOnAir = false;
        _renditions = random.Next(2) == 0 ? ["0"] : ["0", "1"];
        _window = random.Next(4) == 0 ? random.Next(60, 150) : random.Next(4, 12);
        _hasReplay = random.Next(2) == 0;
        (_listed, _ahead, _onSlate, _slate) = ([], 0, false, null);
        for (var i = random.Next(4); i > 0; i--)
            Go();
    }

    /// <summary>Next segments, and now and then the slate, a gap, or one that is stored and not listed.</summary>
    public void Go()
    {
        if (!SlatesRest && _slate is null && random.Next(3) == 0)
            PrepareSlate();
        _onSlate = _slate is not null && random.Next(10) < (_onSlate ? 8 : 1);
        var gap = random.Next(20) == 0;
        // A gap's segment may be stored all the same, too late.
        if (!_onSlate && (!gap || random.Next(2) == 0))
            StoreSegment(_number);
        _ahead = Math.Max(0, _ahead - 1);
        if (random.Next(15) == 0)
        {
            // Uploads run ahead of the list.
            for (_ahead = random.Next(1, 4); _ahead > 0; _ahead--)
                StoreSegment(_number + _ahead);
        }
        _listed.Add((_number, gap && !_onSlate, _onSlate ? _slate : null));
        _number++;
        Publish();
    }

    public void End()
    {
        Publish(ended: true);
        if (_hasReplay && random.Next(3) > 0 && IsOnAir)
        {
            _kept.Add(Broadcast!);
            PutReplays();
        }
        store.Put($"{Stream}/{Broadcast}/report.json", "{}");
        Broadcast = null;
    }

    /// <summary>No replay is kept any longer, and the process is another.</summary>
    public void Forget()
    {
        _kept.Clear();
        Epoch++;
        _slatesInUse.Clear();
        PutReplays();
    }

    /// <summary>Killed; hours later it goes on, storing again what it had stored ahead.</summary>
    private void Restart()
    {
        Epoch++;
        _slatesInUse.Clear();
        if (Broadcast is null)
            return;
        StoreSegment(_number);
        StoreSegment(_number + 1);
        if (random.Next(2) == 0)
            time.Advance(TimeSpan.FromMinutes(random.Next(1, 240)));
        _slate = null;
        _onSlate = false;
    }

    private void StoreSegment(long number)
    {
        foreach (var rendition in _renditions)
            store.Put($"{Stream}/{Broadcast}/{rendition}/{Name(number)}");
    }

    /// <summary>As the slate's maker does it: what is there is not stored again.</summary>
    private void PrepareSlate()
    {
        _slate = StreamKeys.Hash([(byte)random.Next(3)]);
        _slatesInUse.Add(_slate);
        foreach (var rendition in _renditions)
        {
            var key = $"{Stream}/slate/{_slate}/{rendition}/{Name(0)}";
            if (!store.Has(key))
                store.Put(key);
        }
    }

    private void Publish(bool ended = false)
    {
        if (_listed.Count == 0)
            return;
        foreach (var rendition in _renditions)
        {
            var folder = StreamKeys.MediaFolder(Stream, Broadcast!, rendition);
            if (_hasReplay)
                Put($"{folder}/replay.m3u8", Playlist(_listed, rendition, ended) with { Type = PlaylistType.Event });
            Put($"{folder}/playlist.m3u8", Playlist(_listed[^Math.Min(_window, _listed.Count)..], rendition, ended));
        }
        if (_hasReplay)
            PutMultivariant($"{Stream}/{Broadcast}/replay.m3u8", "", "replay.m3u8");
        if (!IsOnAir && _listed.Count >= 3)
        {
            PutMultivariant(StreamKeys.Multivariant(Stream), Broadcast + "/", "playlist.m3u8");
            IsOnAir = true;
        }
    }

    private MediaPlaylist Playlist(List<(long Number, bool Gap, string? Slate)> entries, string rendition, bool ended) =>
        new()
        {
            TargetDuration = Target,
            MediaSequence = entries[0].Number,
            DiscontinuitySequence = 0,
            Ended = ended,
            Stamp = new Stamp(1, ++_revision),
            Segments =
            [
                .. entries.Select(e => new MediaSegment
                {
                    Uri =
                        e.Gap ? $"{e.Number}-gap"
                        : e.Slate is { } slate ? StreamKeys.SlateUri(slate, rendition, Name(0))
                        : Name(e.Number),
                    Duration = TimeSpan.FromSeconds(Target),
                    Gap = e.Gap,
                }),
            ],
        };

    private void PutMultivariant(string key, string prefix, string name) =>
        store.Put(
            key,
            PlaylistWriter.Write(
                new MultivariantPlaylist
                {
                    Variants = [.. _renditions.Select(r => new Variant { Uri = $"{prefix}{r}/{name}", Bandwidth = 1 })],
                    Stamp = new Stamp(1, ++_revision),
                }
            )
        );

    private void Put(string key, MediaPlaylist playlist) => store.Put(key, PlaylistWriter.Write(playlist));

    private void PutReplays() =>
        store.Put(
            StreamKeys.Replays(Stream),
            TestObjects.Bytes(
                $$"""{"epoch":1,"revision":{{++_revision}},"replays":[{{string.Join(',', _kept.Select(id => $$"""{"broadcast":"{{id}}"}"""))}}]}"""
            )
        );

    private static string Name(long number) => $"{number}-{StreamKeys.Hash(BitConverter.GetBytes(number))}.ts";
}
