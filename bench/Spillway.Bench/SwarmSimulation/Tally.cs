namespace Spillway.Bench.SwarmSimulation;

/// <summary>Why a segment was fetched from the edge.</summary>
internal enum EdgeReason
{
    /// <summary>It was the viewer's turn.</summary>
    Turn,

    /// <summary>It was so near that the viewer could not wait for others any more.</summary>
    Urgent,

    /// <summary>Urgent, and listed already when the viewer came.</summary>
    Start,

    /// <summary>Urgent, and the viewer has no connection to anybody.</summary>
    Alone,
}

/// <summary>What is counted while the measurement runs.</summary>
internal sealed class Tally
{
    private readonly Dictionary<int, int> _copies = [];
    private readonly long[] _reasons = new long[4];
    private readonly Dictionary<int, int> _turns = [];
    private readonly Dictionary<int, double> _given = [];

    public bool IsOn { get; set; }
    public double EdgeBits { get; private set; }
    public double PeerBits { get; private set; }
    public long Segments { get; private set; }
    public long Late { get; private set; }
    public double LateSeconds { get; private set; }
    public IReadOnlyList<long> Reasons => _reasons;

    /// <summary>Segments that each viewer has fetched in its turn; those without any are missing.</summary>
    public IReadOnlyCollection<int> Turns => _turns.Values;

    /// <summary>Bits that each viewer has given to others; those who gave none are missing.</summary>
    public IReadOnlyCollection<double> Given => _given.Values;

    /// <param name="from">The peer's number; null: the edge.</param>
    /// <param name="bits">That have come.</param>
    public void Bits(int? from, double bits)
    {
        if (!IsOn)
            return;
        if (from is not { } peer)
        {
            EdgeBits += bits;
            return;
        }
        PeerBits += bits;
        _given[peer] = _given.GetValueOrDefault(peer) + bits;
    }

    /// <summary>Copies count for a segment wherever the measurement stands: they are cut to whole segments at the end.</summary>
    public void EdgeCopy(int viewer, int number, EdgeReason reason)
    {
        _copies[number] = _copies.GetValueOrDefault(number) + 1;
        if (!IsOn)
            return;
        _reasons[(int)reason]++;
        if (reason == EdgeReason.Turn)
            _turns[viewer] = _turns.GetValueOrDefault(viewer) + 1;
    }

    /// <param name="late">Seconds after it was needed; 0: in time.</param>
    public void Arrived(double late)
    {
        if (!IsOn)
            return;
        Segments++;
        Late += late > 0 ? 1 : 0;
        LateSeconds += late;
    }

    /// <summary>Of the segments from one number up to another, without that.</summary>
    public IEnumerable<int> CopiesOf(int from, int to) =>
        Enumerable.Range(from, to - from).Select(number => _copies.GetValueOrDefault(number));
}
