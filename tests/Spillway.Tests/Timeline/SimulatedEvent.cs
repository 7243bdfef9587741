using Spillway.Playlists;
using Spillway.Timeline;

namespace Spillway.Tests.Timeline;

/// <summary>
/// An encoder with two renditions, uploads and a viewer's polling, in simulated time, around a real timeline: what the
/// pipeline does, without sockets. Everything random comes from one seed.
/// </summary>
internal sealed class SimulatedEvent(int seed)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);
    private readonly List<(TimeSpan At, TimelineEntry Entry, bool Stored)> _uploads = [];
    private readonly Dictionary<string, (long Last, TimeSpan At)> _published = new(StringComparer.Ordinal);

    public sealed record Snapshot(string Rendition, TimeSpan At, MediaPlaylist Playlist);

    /// <summary>Each version a store would have got, in order.</summary>
    public List<Snapshot> Snapshots { get; } = [];

    /// <summary>Segments handed to the timeline; and those it took.</summary>
    public int Delivered { get; private set; }
    public int Taken { get; private set; }
    public int Restarts { get; private set; }
    public bool TsWraps { get; init; }

    /// <summary>Chances, per segment, of what can go wrong.</summary>
    public double RestartChance { get; init; }
    public double PauseChance { get; init; }
    public double LossChance { get; init; }
    public double FailedUploadChance { get; init; }
    public double LoneStallChance { get; init; }

    public BroadcastTimeline Run(int segments)
    {
        var names = new[] { "0", "1" };
        var timeline = new BroadcastTimeline(new BroadcastSettings(3, 6, TimeSpan.FromSeconds(24), 1_000_000, 0), names);
        var modulus = TsWraps ? TimeSpan.FromTicks((1L << 33) * 1000 / 9) : (TimeSpan?)null;
        var pts = TsWraps ? modulus!.Value - TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(1.4);
        var (now, run, produced) = (TimeSpan.Zero, 0, 0);
        var nextAt = TimeSpan.Zero;
        var queue = new List<(TimeSpan At, MediaPiece Piece, bool Missed)>();
        var stalledUntil = TimeSpan.Zero;

        while (produced < segments || queue.Count > 0 || _uploads.Count > 0)
        {
            now += Step;
            if (now >= nextAt && produced < segments)
            {
                var length = TimeSpan.FromMilliseconds(_random.Next(20) == 0 ? 1000 + 40 * _random.Next(25) : 2000);
                var lone = _random.NextDouble() < LoneStallChance;
                if (lone)
                    stalledUntil = now + TimeSpan.FromSeconds(_random.Next(3, 12));
                foreach (var name in names)
                {
                    var skew = TimeSpan.FromMilliseconds(_random.Next(300));
                    var at = now + length + skew;
                    if (name == "1" && now < stalledUntil)
                        at = stalledUntil + skew;
                    queue.Add(
                        (
                            at,
                            new MediaPiece
                            {
                                Rendition = name,
                                Run = run,
                                Duration = length,
                                Timestamp = modulus is { } m ? TimeSpan.FromTicks(pts.Ticks % m.Ticks) : pts,
                                Modulus = modulus,
                            },
                            produced > 0 && _random.NextDouble() < LossChance
                        )
                    );
                }
                produced++;
                pts += length;
                nextAt = now + length;
                if (_random.NextDouble() < PauseChance)
                    nextAt += TimeSpan.FromSeconds(_random.Next(1, 15));
                if (_random.NextDouble() < RestartChance && produced > 3 && produced < segments)
                {
                    Restarts++;
                    run++;
                    pts = TimeSpan.FromSeconds(1.4);
                    nextAt += TimeSpan.FromMilliseconds(_random.Next(6000));
                }
            }
            Deliver(timeline, names, queue, now);
            Answer(now);
            if (Snapshots.Count > 0 && produced < segments)
                timeline.Fill(now, TimeSpan.FromSeconds(3.6));
            Publish(timeline, names, now);
        }
        return timeline;
    }

    private void Deliver(
        BroadcastTimeline timeline,
        string[] names,
        List<(TimeSpan At, MediaPiece Piece, bool Missed)> queue,
        TimeSpan now
    )
    {
        foreach (var name in names)
        {
            // In order within a rendition.
            while (queue.FindIndex(q => q.Piece.Rendition == name) is var i and >= 0 && queue[i].At <= now)
            {
                var (_, piece, missed) = queue[i];
                queue.RemoveAt(i);
                if (missed)
                {
                    timeline.AddMissing(name, piece.Run, piece.Duration, now);
                    continue;
                }
                Delivered++;
                var entry = timeline.Add(piece, number => $"{number}-x.ts", now, Start + now);
                if (entry is null)
                    continue;
                Taken++;
                _uploads.Add(
                    (now + TimeSpan.FromMilliseconds(_random.Next(1500)), entry, _random.NextDouble() >= FailedUploadChance)
                );
            }
        }
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

    private void Publish(BroadcastTimeline timeline, string[] names, TimeSpan now)
    {
        foreach (var name in names)
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
