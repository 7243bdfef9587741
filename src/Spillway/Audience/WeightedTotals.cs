namespace Spillway.Audience;

/// <summary>What is added up of each viewer.</summary>
internal enum Measure
{
    /// <summary>Bytes of media.</summary>
    FromPeers,

    /// <summary>Bytes of media.</summary>
    FromEdge,

    /// <summary>Bytes of media.</summary>
    ToPeers,

    /// <summary>Interruptions.</summary>
    Stalls,

    /// <summary>Hours in which the picture went on.</summary>
    Hours,

    /// <summary>Hours in which it stood still against the viewer's will.</summary>
    Stalled,
}

/// <summary>
/// Sums over an audience of which only a part reports: each viewer's figures count as often as there are viewers for one who
/// reports (Horvitz and Thompson). The squares say how far off the sums may be.
/// </summary>
internal sealed class WeightedTotals
{
    public static readonly int Measures = Enum.GetValues<Measure>().Length;

    private readonly double[] _sums = new double[Measures];
    private readonly double[,] _squares = new double[Measures, Measures];

    /// <summary>Who have added something.</summary>
    public int Viewers { get; private set; }

    public double this[Measure measure] => _sums[(int)measure];

    /// <param name="viewer">All that one viewer has reported, already weighted.</param>
    /// <param name="unseen">Which part of the viewers does not report: 1 less the share.</param>
    public void Add(ReadOnlySpan<double> viewer, double unseen)
    {
        Viewers++;
        for (var i = 0; i < Measures; i++)
        {
            _sums[i] += viewer[i];
            for (var j = 0; j < Measures; j++)
                _squares[i, j] += unseen * viewer[i] * viewer[j];
        }
    }

    public WeightedTotals Copy()
    {
        var copy = new WeightedTotals { Viewers = Viewers };
        Array.Copy(_sums, copy._sums, _sums.Length);
        Array.Copy(_squares, copy._squares, _squares.Length);
        return copy;
    }

    public Estimate? Sum(Measure measure, string of)
    {
        if (Viewers == 0)
            return null;
        Span<double> one = stackalloc double[Measures];
        one[(int)measure] = 1;
        return Around(this[measure], Math.Sqrt(Square(one)), double.PositiveInfinity, of);
    }

    /// <summary>How much of one there is for each of the others, such as stalls an hour.</summary>
    /// <param name="most">What it can be at most.</param>
    /// <returns>Null: there is none of the others.</returns>
    public Estimate? Ratio(Measure of, ReadOnlySpan<Measure> to, double most, string words)
    {
        var whole = 0.0;
        foreach (var measure in to)
            whole += this[measure];
        if (whole <= 0)
            return null;
        var ratio = this[of] / whole;
        Span<double> residual = stackalloc double[Measures];
        foreach (var measure in to)
            residual[(int)measure] -= ratio;
        residual[(int)of] += 1;
        return Around(ratio, Math.Sqrt(Square(residual)) / whole, most, words);
    }

    private Estimate Around(double value, double deviation, double most, string of)
    {
        // All of them have reported: there is nothing to be off by.
        var half = deviation == 0 && Viewers > 0 && IsWhole ? 0 : Sampling.Student(Viewers) * deviation;
        return new Estimate(
            value,
            half is { } low ? Math.Max(0, value - low) : null,
            half is { } high ? Math.Min(most, value + high) : null,
            of
        );
    }

    private bool IsWhole => _squares[(int)Measure.Hours, (int)Measure.Hours] == 0;

    private double Square(ReadOnlySpan<double> factors)
    {
        var sum = 0.0;
        for (var i = 0; i < Measures; i++)
        {
            for (var j = 0; j < Measures; j++)
                sum += factors[i] * factors[j] * _squares[i, j];
        }
        return Math.Max(0, sum);
    }
}
