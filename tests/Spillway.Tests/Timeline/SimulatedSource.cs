using Spillway.Timeline;

namespace Spillway.Tests.Timeline;

/// <summary>What a source with several renditions brings, and when; all of it drawn from one seed.</summary>
internal sealed class SimulatedSource
{
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly Rendition[] _renditions;
    private readonly TimeSpan? _modulus;
    private TimeSpan _now;
    private bool _restartedAlone;

    public SimulatedSource(Random random, Faults faults, int beats)
    {
        (_random, _faults) = (random, faults);
        _modulus = faults.TsWraps ? TimeSpan.FromTicks((1L << 33) * 1000 / 9) : null;
        var start = _modulus is { } modulus ? modulus - TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(1.4);
        _renditions = [.. Enumerable.Range(0, faults.Renditions).Select(i => new Rendition($"{i}", start))];
        if (faults.LateStart)
            _renditions[^1].DeadUntil = Seconds(5, 30);
        for (var i = 0; i < beats; i++)
            Beat(isFirst: i < 4);
        Array.ForEach(_renditions, Cut);
        End = _now;
    }

    /// <param name="At">When it comes.</param>
    /// <param name="Due">When it would have come from a rendition that does not stall.</param>
    /// <param name="Base">What its time stamps count from: the same for all renditions of one encoder.</param>
    /// <param name="Piece">The segment.</param>
    /// <param name="Missed">It does not come, and the source says so.</param>
    /// <param name="InTrouble">Its rendition stalled or died not long before, or brought nothing for long.</param>
    public sealed record Delivery(TimeSpan At, TimeSpan Due, int Base, MediaPiece Piece, bool Missed, bool InTrouble);

    /// <summary>In order within a rendition.</summary>
    public List<Delivery> Deliveries { get; } = [];

    /// <summary>When the last media was made.</summary>
    public TimeSpan End { get; }

    public int Restarts { get; private set; }

    private void Beat(bool isFirst)
    {
        var length = Chance(0.05) ? TimeSpan.FromMilliseconds(1000 + 40 * _random.Next(25)) : TimeSpan.FromSeconds(2);
        var parts = _faults.OwnBoundaries ? 2 : 1;
        if (!isFirst)
            Break();
        for (var i = 0; i < parts; i++)
        {
            _now += length / parts;
            foreach (var rendition in _renditions)
            {
                rendition.Open += length / parts;
                rendition.Timestamp += length / parts;
                if (!_faults.OwnBoundaries || rendition.Open > TimeSpan.FromSeconds(2) || Chance(0.5))
                    Cut(rendition);
            }
        }
    }

    private void Break()
    {
        if (Chance(_faults.LoneStallChance) && Alone() is { } stalled)
            stalled.StalledUntil = Later(stalled.StalledUntil, _now + (Chance(0.1) ? Seconds(20, 60) : Seconds(3, 12)));
        if (Chance(_faults.DeathChance) && Alone() is { } dead)
            dead.DeadUntil = Later(dead.DeadUntil, _now + (Chance(0.3) ? Seconds(20, 90) : Seconds(3, 12)));
        if (Chance(_faults.PauseChance))
            _now += Seconds(1, 15);
        if (Chance(_faults.LongPauseChance))
            _now += Seconds(60, 300);
        if (Chance(_faults.MarkChance))
        {
            Array.ForEach(_renditions, Cut);
            Array.ForEach(_renditions, static rendition => rendition.IsMarked = true);
        }
        if (Chance(_faults.RestartChance))
            Restart();
        if (!_restartedAlone && Chance(_faults.LoneRestartChance))
        {
            _restartedAlone = true;
            Restart(One(), @base: -1);
        }
    }

    private void Restart()
    {
        Restarts++;
        var late = Chance(_faults.LateRestartChance) ? One() : null;
        Array.ForEach(_renditions, Cut);
        if (late is not null)
        {
            // It was cut off later than the others.
            late.Open = TimeSpan.FromSeconds(2);
            late.Timestamp += late.Open;
            // Behind a pause that was filled it may meet the others' new run.
            late.TroubledUntil = _now + TimeSpan.FromSeconds(8);
            Cut(late, _now + late.Open);
        }
        _now += TimeSpan.FromMilliseconds(_random.Next(6000));
        Array.ForEach(_renditions, rendition => Restart(rendition, Restarts));
    }

    private void Restart(Rendition rendition, int @base)
    {
        Cut(rendition);
        rendition.Run++;
        rendition.Base = @base;
        rendition.Timestamp = TimeSpan.FromSeconds(1.4);
    }

    private void Cut(Rendition rendition) => Cut(rendition, _now);

    private void Cut(Rendition rendition, TimeSpan now)
    {
        if (rendition.Open <= TimeSpan.Zero)
            return;
        var due = now + TimeSpan.FromMilliseconds(_random.Next(300));
        var at = due > rendition.StalledUntil ? due : rendition.StalledUntil + TimeSpan.FromMilliseconds(_random.Next(300));
        at = at > rendition.LastAt ? at : rendition.LastAt;
        var begin = rendition.Timestamp - rendition.Open;
        var piece = new MediaPiece
        {
            Rendition = rendition.Name,
            Run = rendition.Run,
            Duration = rendition.Open,
            Discontinuity = rendition.IsMarked,
            Timestamp = _modulus is { } modulus ? TimeSpan.FromTicks(begin.Ticks % modulus.Ticks) : begin,
            Modulus = _modulus,
        };
        if (now >= rendition.DeadUntil)
        {
            var missed = Deliveries.Count > 0 && Chance(_faults.LossChance);
            var trouble = rendition.DeadUntil > rendition.StalledUntil ? rendition.DeadUntil : rendition.StalledUntil;
            // One that is cutting a long segment when a pause begins is later than the others by both.
            if (_faults.OwnBoundaries && (missed || at - rendition.LastAt > TimeSpan.FromSeconds(3.5)))
                rendition.TroubledUntil = at + TimeSpan.FromSeconds(8);
            var inTrouble = at <= rendition.TroubledUntil || (trouble > TimeSpan.Zero && at - trouble < TimeSpan.FromSeconds(8));
            Deliveries.Add(new Delivery(at, due, rendition.Base, piece, missed, inTrouble));
            rendition.LastAt = at;
            // The mark of what is missing is lost with it.
            rendition.IsMarked = false;
        }
        rendition.Open = TimeSpan.Zero;
    }

    /// <summary>One at random, if another has no trouble: when all have, it is the source that pauses.</summary>
    private Rendition? Alone()
    {
        var one = One();
        return _renditions.Any(other => other != one && other.StalledUntil < _now && other.DeadUntil < _now) ? one : null;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private Rendition One() => _renditions[_random.Next(_renditions.Length)];

    private bool Chance(double chance) => chance > 0 && _random.NextDouble() < chance;

    private TimeSpan Seconds(int least, int most) => TimeSpan.FromSeconds(_random.Next(least, most + 1));

    private sealed class Rendition(string name, TimeSpan timestamp)
    {
        public string Name => name;
        public int Run { get; set; }
        public int Base { get; set; }
        public bool IsMarked { get; set; }

        /// <summary>Where its media ends; of which this much is in no segment yet.</summary>
        public TimeSpan Timestamp { get; set; } = timestamp;
        public TimeSpan Open { get; set; }
        public TimeSpan StalledUntil { get; set; }
        public TimeSpan DeadUntil { get; set; }
        public TimeSpan TroubledUntil { get; set; }
        public TimeSpan LastAt { get; set; }
    }
}
