namespace Spillway.Bench.WindowSimulation;

/// <summary>What kind of line a viewer has. Assumed, not measured.</summary>
/// <param name="Least">Bits a second, of the slowest.</param>
/// <param name="Most">Bits a second, of the fastest; between the two evenly on a logarithmic scale.</param>
/// <param name="Between">Seconds from one outage to the next, mean; they come at any time.</param>
/// <param name="Outage">Seconds of an outage, mean; short ones are the most.</param>
/// <param name="LongestOutage">Seconds.</param>
internal sealed record Network(double Least, double Most, double Between, double Outage, double LongestOutage)
{
    /// <summary>At home, by cable or good Wi-Fi.</summary>
    public static readonly Network Good = new(8e6, 60e6, 600, 0.5, 2);

    /// <summary>A phone on its way, a crowded Wi-Fi: fast enough on average, with holes.</summary>
    public static readonly Network Bad = new(4e6, 10e6, 90, 4, 15);
}

/// <summary>A viewer's line: a rate of its own, and outages in which nothing comes.</summary>
internal sealed class Line
{
    private readonly Random _random;
    private readonly Func<double, Network> _network;
    private readonly double _place;
    private double _outageFrom;
    private double _outageUntil;

    /// <param name="random">Its own: the same line again, whatever its viewer does.</param>
    /// <param name="network">What it is like at which second.</param>
    public Line(Random random, Func<double, Network> network)
    {
        (_random, _network, _place) = (random, network, random.NextDouble());
        Next(0);
    }

    /// <summary>Bits a second now.</summary>
    public double At(double now)
    {
        while (now >= _outageUntil)
            Next(_outageUntil);
        var network = _network(now);
        return now >= _outageFrom ? 0 : network.Least * Math.Pow(network.Most / network.Least, _place);
    }

    /// <summary>Looked at every second, so that a network which changes is followed.</summary>
    private void Next(double from)
    {
        var at = from;
        while (_random.NextDouble() > 1 / _network(at).Between)
            at++;
        var network = _network(at);
        var length = Math.Min(network.LongestOutage, -network.Outage * Math.Log(1 - _random.NextDouble()));
        (_outageFrom, _outageUntil) = (at + 1, at + 1 + length);
    }
}
