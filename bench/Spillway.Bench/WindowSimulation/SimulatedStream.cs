namespace Spillway.Bench.WindowSimulation;

/// <summary>When segments are listed, and what players are told; in virtual time. All in seconds.</summary>
/// <param name="segment">Length of a segment.</param>
/// <param name="random">For the time that publishing takes.</param>
internal sealed class SimulatedStream(double segment, Random random)
{
    public const double Bitrate = 2.5e6;

    /// <summary>The edge keeps a playlist so long at least: half the target duration.</summary>
    private readonly double _cached = Math.Max(1, Math.Floor((segment + 1) / 2));
    private readonly List<double> _listedAt = [];
    private readonly List<(double At, double Delay, double Window)> _told = [];

    public double Segment => segment;
    public bool IsAdaptive { get; init; }
    public int Target { get; } = (int)Math.Ceiling(segment) + 1;

    /// <summary>The live delay as it is meant to be now; stored at most every ten seconds.</summary>
    public void Tell(double now, double delay, double window)
    {
        if (_told.Count == 0 || (_told[^1].Delay != delay && now - _told[^1].At >= 10))
            _told.Add((now, delay, window));
        else
            _told[^1] = _told[^1] with { Window = window };
    }

    /// <summary>How often player.json was stored for it.</summary>
    public int Changes => _told.Count - 1;

    /// <summary>What one who looks at player.json now is told; the edge keeps it for two seconds.</summary>
    public double Delay(double now)
    {
        var seen = now - 2;
        var last = _told[0].Delay;
        foreach (var (at, delay, _) in _told)
            last = at <= seen ? delay : last;
        return last;
    }

    /// <summary>Where the playlist begins, as the last one to be published.</summary>
    public double WindowBegin(double edge) => Math.Max(0, edge - Math.Max(_told[^1].Window, 6 * segment));

    /// <summary>The end of the last segment in the playlist that the edge gives out now: all viewers together keep its copy fresh.</summary>
    public double Edge(double now)
    {
        var seen = now - (now % _cached);
        while (_listedAt.Count == 0 || _listedAt[^1] <= seen)
            _listedAt.Add(((_listedAt.Count + 1) * segment) + 0.6 + (0.4 * random.NextDouble()));
        var count = _listedAt.Count;
        while (count > 0 && _listedAt[count - 1] > seen)
            count--;
        return count * segment;
    }
}
