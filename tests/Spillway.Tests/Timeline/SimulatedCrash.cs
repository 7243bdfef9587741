using System.Runtime.CompilerServices;
using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Streams;
using Spillway.Timeline;
using Delivery = Spillway.Tests.Timeline.SimulatedSource.Delivery;

namespace Spillway.Tests.Timeline;

/// <summary>
/// The writer of a <see cref="SimulatedEvent"/> dies, and another begins with the playlists as they were stored last and with
/// what the source shows at that moment: of each rendition the present run, a window of it, counted as its first.
/// </summary>
internal sealed class SimulatedCrash
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(16);

    private readonly List<Delivery> _made = [];
    private readonly List<(TimeSpan From, TimeSpan To)> _all = [];
    private readonly ConditionalWeakTable<SourceEvent, Delivery> _sent = [];
    private Dictionary<string, int> _firstRuns = [];
    private Resumption? _resumption;

    public static BroadcastSettings Settings { get; } = new(3, 6, TimeSpan.FromSeconds(24), 1_000_000, 0);

    public bool IsDead { get; private set; }
    public TimeSpan Until { get; private set; }
    public int Count => _all.Count;
    public IReadOnlyList<(TimeSpan From, TimeSpan To)> All => _all;

    public bool IsDue(Random random, Faults faults, TimeSpan now, TimeSpan end, List<SimulatedEvent.Snapshot> stored)
    {
        if (
            IsDead
            || faults.CrashChance == 0
            || now > end
            || stored.Select(static s => s.Rendition).Distinct().Count() < faults.Renditions
            || random.NextDouble() > faults.CrashChance / 20
        )
            return false;
        IsDead = true;
        Until = now + TimeSpan.FromMilliseconds(random.Next(100, random.Next(2) == 0 ? 3000 : 20_000));
        _all.Add((now, Until));
        _resumption = null;
        return true;
    }

    public BroadcastTimeline Resume(
        IEnumerable<string> names,
        List<SimulatedEvent.Snapshot> stored,
        TimeSpan now,
        Dictionary<string, IReadOnlyList<SlateSegment>>? slate,
        bool runsAlike
    )
    {
        IsDead = false;
        var last = names.ToDictionary(static name => name, name => stored.Last(s => s.Rendition == name), StringComparer.Ordinal);
        // As they are read back: dates in whole milliseconds.
        var entries = last.ToDictionary(
            static pair => pair.Key,
            static pair => PublishedEntries.Of(PlaylistParser.Parse(PlaylistWriter.Write(pair.Value.Playlist)).Media!),
            StringComparer.Ordinal
        );
        Assert.Null(PublishedEntries.Contradiction(entries));
        var silence = now - last.Values.Max(static s => s.At);
        var timeline = BroadcastTimeline.Resume(Settings, entries, now, silence, TimeSpan.FromSeconds(3));
        if (slate is not null)
            Assert.True(timeline.SetSlate(slate));
        _firstRuns = _made.GroupBy(static d => d.Piece.Rendition).ToDictionary(static g => g.Key, static g => g.Last().Piece.Run);
        if (runsAlike)
            _firstRuns = names.ToDictionary(static name => name, _ => _firstRuns.Values.Min());
        _resumption = new Resumption(timeline, canMatch: true, TimeSpan.FromSeconds(2), Settings.TargetDuration);
        return timeline;
    }

    /// <summary>What the source shows of before; in the order of its making.</summary>
    public IEnumerable<Delivery> Window(TimeSpan now)
    {
        Delivery[] shown =
        [
            .. _made.Where(d => d.At > now - s_window && d.Piece.Run >= _firstRuns[d.Piece.Rendition]).OrderBy(static d => d.At),
        ];
        _made.RemoveAll(shown.Contains);
        return shown;
    }

    public void Note(Delivery delivery) => _made.Add(delivery);

    /// <summary>What is to be shown, with the runs as this process counts them.</summary>
    public IEnumerable<Delivery> Sift(Delivery delivery, TimeSpan now)
    {
        if (_resumption is null)
            return [delivery];
        var run = delivery.Piece.Run - _firstRuns.GetValueOrDefault(delivery.Piece.Rendition);
        if (run < 0)
            return [];
        SourceEvent sent = delivery.Missed
            ? new SegmentMissed(delivery.Piece.Rendition, run, 0, delivery.Piece.Discontinuity, delivery.Piece.Duration, "")
            : Arrived(delivery, run);
        _sent.Add(sent, delivery);
        return [.. _resumption.Sift(sent, now).Select(Counted)];
    }

    public IEnumerable<Delivery> Advance(TimeSpan now) =>
        _resumption is null ? [] : [.. _resumption.Advance(now).Select(Counted)];

    public static string HashOf(Delivery delivery) => StreamKeys.Hash(BytesOf(delivery));

    private Delivery Counted(SourceEvent shown)
    {
        Assert.True(_sent.TryGetValue(shown, out var delivery));
        var run = shown is SegmentArrived arrived ? arrived.Run : ((SegmentMissed)shown).Run;
        return delivery with { Piece = delivery.Piece with { Run = run } };
    }

    private static byte[] BytesOf(Delivery delivery) =>
        System.Text.Encoding.UTF8.GetBytes($"{delivery.Piece.Rendition} {delivery.Piece.Timestamp} {delivery.Due}");

    private static SegmentArrived Arrived(Delivery delivery, int run) =>
        new()
        {
            Rendition = delivery.Piece.Rendition,
            Run = run,
            Sequence = 0,
            Discontinuity = delivery.Piece.Discontinuity,
            DeclaredDuration = delivery.Piece.Duration,
            Data = BytesOf(delivery),
            Media = new MediaReport
            {
                Container = delivery.Piece.Modulus is null ? MediaContainer.FragmentedMp4 : MediaContainer.MpegTs,
                IsWhole = true,
                Tracks =
                [
                    new TrackReport
                    {
                        Kind = TrackKind.Video,
                        Id = 256,
                        Samples = 50,
                        FirstTimestamp = delivery.Piece.Timestamp,
                        Duration = delivery.Piece.Duration,
                    },
                ],
            },
        };
}
