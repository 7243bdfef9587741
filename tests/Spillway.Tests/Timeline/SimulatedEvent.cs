using Spillway.Playlists;
using Spillway.Timeline;
using Delivery = Spillway.Tests.Timeline.SimulatedSource.Delivery;

namespace Spillway.Tests.Timeline;

/// <summary>
/// A source, uploads and a viewer's polling, in simulated time, around a real timeline: what the pipeline does, without
/// sockets. Everything random comes from one seed. It keeps the books of what was delivered.
/// </summary>
internal sealed class SimulatedEvent(int seed, Faults faults)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3.6);
    internal static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);
    private readonly List<(TimeSpan At, TimelineEntry Entry, bool Stored)> _uploads = [];
    private readonly Dictionary<string, (long Last, TimeSpan At)> _published = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Discontinuity, int Base), (string Rendition, TimeSpan Offset)> _mappings = [];
    private readonly SimulatedCrash _crash = new();
    private TimeSpan _handUntil;

    /// <summary>What happened, for whoever has to find out why.</summary>
    public List<string> Log { get; } = [];

    public IReadOnlyList<(TimeSpan From, TimeSpan To)> Crashes => _crash.All;

    public sealed record Snapshot(string Rendition, TimeSpan At, MediaPlaylist Playlist);

    public Faults Faults => faults;

    /// <summary>Each version a store would have got, in order.</summary>
    public List<Snapshot> Snapshots { get; } = [];

    /// <summary>Segments handed to the timeline; and those it took.</summary>
    public int Delivered { get; private set; }
    public int Taken { get; private set; }
    public int Restarts { get; private set; }

    public IEnumerable<string> Names => Enumerable.Range(0, faults.Renditions).Select(static i => $"{i}");

    public BroadcastTimeline Run(int beats)
    {
        var timeline = new BroadcastTimeline(SimulatedCrash.Settings, Names);
        if (faults.Slate)
            Assert.True(timeline.SetSlate(Slates(_random.Next(1, 4))));
        var source = new SimulatedSource(_random, faults, beats);
        Restarts = source.Restarts;
        var queues = Names.ToDictionary(
            static name => name,
            name => new Queue<Delivery>(source.Deliveries.Where(delivery => delivery.Piece.Rendition == name))
        );
        for (var now = TimeSpan.Zero; queues.Values.Any(static queue => queue.Count > 0) || _uploads.Count > 0; now += Step)
        {
            if (_crash.IsDue(_random, faults, now, source.End, Snapshots))
                _uploads.Clear();
            if (_crash.IsDead)
            {
                if (now < _crash.Until)
                {
                    foreach (var queue in queues.Values)
                    {
                        while (queue.TryPeek(out var made) && made.At <= now)
                            _crash.Note(queue.Dequeue());
                    }
                    continue;
                }
                timeline = _crash.Resume(Names, Snapshots, now, faults.Slate ? Slates(2) : null, faults.RunsAlike);
                Log.Add(
                    $"{now} resumed after {_crash.Until}: {string.Join(", ", timeline.Renditions.Select(r => $"{r.Name} {Show(r.Entries[^1])}"))}"
                );
                foreach (var shown in _crash.Window(now))
                    Deliver(timeline, shown, now);
            }
            foreach (var released in _crash.Advance(now))
                Show(timeline, released, now);
            if (
                Snapshots.Count > 0
                && now < source.End
                && _random.NextDouble() < faults.HandChance * Step / TimeSpan.FromSeconds(2)
            )
            {
                if (timeline.BeginSlate(now))
                    _handUntil = now + TimeSpan.FromSeconds(_random.Next(1, 20));
            }
            foreach (var queue in queues.Values)
            {
                while (queue.TryPeek(out var next) && next.At <= now)
                    Deliver(timeline, queue.Dequeue(), now);
            }
            Answer(now);
            if (Snapshots.Count > 0 && now < source.End && timeline.Fill(now, Patience))
                Log.AddRange(
                    timeline
                        .Renditions.Where(r => r.LastAddedAt == now)
                        .Select(r => $"{now} {r.Name}: fill {Show(r.Entries[^1])}")
                );
            Publish(timeline, now);
        }
        return timeline;
    }

    private static string Show(TimelineEntry entry) =>
        $"#{entry.Number} {entry.DiscontinuitySequence}{(entry.Discontinuity ? "!" : "")} {entry.Date - Start} + {entry.Duration}";

    private Dictionary<string, IReadOnlyList<SlateSegment>> Slates(int count) =>
        Names.ToDictionary(
            static name => name,
            name =>
                (IReadOnlyList<SlateSegment>)
                    [
                        .. Enumerable
                            .Range(0, count)
                            .Select(i => new SlateSegment($"../../slate/x/{name}/{i}.ts", TimeSpan.FromSeconds(i + 1), null)),
                    ],
            StringComparer.Ordinal
        );

    private void Deliver(BroadcastTimeline timeline, Delivery delivery, TimeSpan now)
    {
        _crash.Note(delivery);
        if (now < _handUntil)
            return;
        foreach (var shown in _crash.Sift(delivery, now))
            Show(timeline, shown, now);
    }

    private void Show(BroadcastTimeline timeline, Delivery delivery, TimeSpan now)
    {
        var piece = delivery.Piece;
        if (delivery.Missed)
        {
            timeline.AddMissing(piece.Rendition, piece.Run, piece.Duration, now);
            Log.Add($"{now} {piece.Rendition}: missing {piece.Run}/{piece.Timestamp} {piece.Duration}");
            return;
        }
        Delivered++;
        var rendition = timeline.Renditions.Single(r => r.Name == piece.Rendition);
        var before = rendition.NextNumber;
        var entry = timeline.Add(piece, number => $"{number}-{SimulatedCrash.HashOf(delivery)}.ts", now, Start + now);
        Log.Add(
            $"{now} {piece.Rendition}: {piece.Run}/{piece.Timestamp} {piece.Duration} (due {delivery.Due}) "
                + (entry is null ? $"null, at {rendition.End - Start}" : Show(entry))
        );
        if (entry is null)
        {
            if (_crash.Count > 0)
                return;
            // Nothing but filler can have taken its place, and only because it was late.
            Assert.Equal(before, rendition.NextNumber);
            Assert.True(
                faults.LoneRestartChance > 0
                    || rendition.Entries.Count == 0
                    || rendition.Entries[^1] is { State: EntryState.Gap } or { IsSlate: true },
                $"{piece} was not taken at {now}, behind media"
            );
            Assert.True(
                delivery.InTrouble
                    || delivery.At - delivery.Due > TimeSpan.FromSeconds(1)
                    || faults.HandChance + faults.LoneRestartChance > 0,
                $"{piece} came in time at {now} and was not taken"
            );
            return;
        }
        Taken++;
        CheckMapping(delivery, entry);
        _uploads.Add(
            (now + TimeSpan.FromMilliseconds(_random.Next(1500)), entry, _random.NextDouble() >= faults.FailedUploadChance)
        );
    }

    /// <summary>C5: at one discontinuity number, media of one encoder has its dates from one mapping in all renditions.</summary>
    private void CheckMapping(Delivery delivery, TimelineEntry entry)
    {
        var timestamp = delivery.Piece.Timestamp!.Value;
        var offset = entry.Date - Start - timestamp;
        var key = (entry.DiscontinuitySequence, delivery.Base);
        if (!_mappings.TryGetValue(key, out var first))
            _mappings[key] = (delivery.Piece.Rendition, offset);
        else if (faults.LoneRestartChance == 0 && _crash.Count == 0)
            Assert.True(
                Timestamps.Difference(offset, first.Offset, delivery.Piece.Modulus).Duration() <= TimeSpan.FromSeconds(0.101),
                $"{delivery.Piece} is dated {entry.Date:O}: {offset} is not {first.Offset} as in {first.Rendition} at {key}"
            );
    }

    private void Answer(TimeSpan now)
    {
        foreach (var (_, entry, stored) in _uploads.Where(upload => upload.At <= now))
        {
            if (stored)
                entry.State = EntryState.Stored;
            else
                entry.BecomeGap();
        }
        _uploads.RemoveAll(upload => upload.At <= now);
    }

    private void Publish(BroadcastTimeline timeline, TimeSpan now)
    {
        foreach (var name in Names)
        {
            var (last, at) = _published.GetValueOrDefault(name, (0, -TimeSpan.FromSeconds(10)));
            if (now - at < TimeSpan.FromSeconds(1.1) || timeline.Playlist(name, ended: false) is not { } playlist)
                continue;
            var newest = playlist.MediaSequence + playlist.Segments.Count;
            // A broadcast begins with three segments.
            if (newest == last || (last == 0 && playlist.Segments.Count < 3))
                continue;
            _published[name] = (newest, now);
            Snapshots.Add(new Snapshot(name, now, playlist));
        }
    }
}
