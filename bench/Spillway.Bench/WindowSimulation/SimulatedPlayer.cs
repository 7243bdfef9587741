using Spillway.AdaptiveWindow;

namespace Spillway.Bench.WindowSimulation;

/// <summary>
/// One who watches: reloads the playlist by hls.js's rule, fetches one segment after another up to the player's limit
/// (hls-options.ts), plays whole segments, follows the live delay as latency-shift.ts does. No peers: each for itself. Seconds.
/// </summary>
internal sealed class SimulatedPlayer(SimulatedStream stream, Line line, double joins, double leaves, double looksAfter)
{
    public const double Step = 0.1;
    private const double RoundTrip = 0.1;
    private const double Drift = 0.05;

    /// <summary>Without a stall, before it makes up for what it has lost.</summary>
    private const double Settled = 120;

    private double _delay;
    private double? _goal;
    private double _edge;
    private double _edgeAt;
    private double _reloadAt = joins;
    private double _lookAt = joins + looksAfter;
    private double _position = -1;
    private double _buffered;
    private double _bitsLeft;
    private double _fetchFrom;
    private bool _fetches;
    private bool _waits = true;
    private bool _hasPlayed;
    private double _stalledAt = joins;

    public bool IsThere(double now) => now >= Joined && now < leaves;

    public double Joined { get; } = joins;

    /// <summary>Since the beginning.</summary>
    public int Stalls { get; private set; }
    public double Stalled { get; private set; }
    public double Played { get; private set; }

    /// <summary>Leaps over what would have been seen: too far behind, or out of the window.</summary>
    public int Leaps { get; private set; }

    /// <summary>Behind the live edge as the player knows it; null before the first picture.</summary>
    public double? Latency(double now) => _hasPlayed ? _edge + (now - _edgeAt) - _position : null;

    /// <summary>Behind the source.</summary>
    public double Behind(double now) => now - _position;

    private double Default => WindowBounds.DefaultDelay(stream.Segment);

    /// <summary>As time-windows.ts: what a delay has beyond the usual is kept in the buffer.</summary>
    private double Ahead =>
        Math.Max(
            2 * stream.Target,
            Math.Clamp(Math.Min(_delay, Default) / 3, stream.Segment, 1.5 * stream.Segment) + Math.Max(0, _delay - Default)
        );

    public void Advance(double now)
    {
        if (now >= _lookAt || _delay == 0)
            Look(now);
        if (now >= _reloadAt)
            Reload(now);
        if (_position < 0)
            return;
        Fetch(now);
        Play(now);
        var late = _edge - (_delay + Math.Max(8, 4 * stream.Target));
        if (_position < late || _position < stream.WindowBegin(_edge))
            Leap(now);
    }

    private void Look(double now)
    {
        var told = stream.Delay(now);
        if (_delay > 0 && told != _delay && Latency(now) is { } latency)
        {
            var from = _goal ?? latency;
            _goal =
                told > _delay
                    ? Math.Max(from, Math.Min(told, from + told - _delay))
                    : Math.Max(Math.Min(from, told), from + told - _delay);
        }
        _delay = told;
        if (now >= _lookAt)
            _lookAt += 10;
    }

    private void Reload(double now)
    {
        var edge = stream.Edge(now);
        var isNew = edge > _edge;
        if (isNew)
            (_edge, _edgeAt) = (edge, now);
        _reloadAt = now + (isNew ? stream.Segment : stream.Target / 2.0);
        if (_position < 0 && edge > 0)
            Begin(Math.Max(stream.WindowBegin(edge), edge - _delay));
    }

    private void Begin(double at)
    {
        _position = at;
        _buffered = Math.Floor(at / stream.Segment) * stream.Segment;
        (_fetches, _waits) = (false, true);
    }

    private void Fetch(double now)
    {
        if (!_fetches)
        {
            if (_buffered + stream.Segment > _edge + 0.001 || _buffered - _position >= Ahead)
                return;
            (_fetches, _fetchFrom, _bitsLeft) = (true, now + RoundTrip, stream.Segment * SimulatedStream.Bitrate);
        }
        if (now < _fetchFrom)
            return;
        _bitsLeft -= Step * line.At(now);
        if (_bitsLeft > 0)
            return;
        _buffered += stream.Segment;
        _fetches = false;
    }

    private void Play(double now)
    {
        if (_waits && _buffered - _position > 0.5)
            (_waits, _hasPlayed) = (false, true);
        if (_waits)
        {
            Stalled += _hasPlayed ? Step : 0;
            return;
        }
        _position += Step * Rate(now);
        Played += Step;
        if (_position < _buffered)
            return;
        (_position, _waits) = (_buffered, true);
        Stalls++;
        _stalledAt = now;
        // Whoever has just stalled has nothing to give away.
        if (Latency(now) > _goal)
            _goal = null;
    }

    private double Rate(double now)
    {
        if (_goal is null && stream.IsAdaptive && now - _stalledAt > Settled && Latency(now) > _delay + 1.5)
            _goal = _delay + 0.5;
        if (_goal is not { } goal)
            return 1;
        var off = goal - Latency(now)!.Value;
        if (Math.Abs(off) < 0.2)
            _goal = null;
        var slow = off > 0;
        return _goal is null || (!slow && _buffered - _position < stream.Segment + 1) ? 1
            : slow ? 1 - Drift
            : 1 + Drift;
    }

    private void Leap(double now)
    {
        if (!_hasPlayed)
            return;
        Leaps++;
        _goal = null;
        var to = _edge + (now - _edgeAt) - _delay;
        if (to < _buffered)
            _position = Math.Max(_position, to);
        else
            Begin(to);
    }
}
