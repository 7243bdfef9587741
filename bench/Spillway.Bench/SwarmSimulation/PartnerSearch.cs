namespace Spillway.Bench.SwarmSimulation;

/// <summary>When a viewer with hardly a connection asks the tracker for more: the rule of the player's <c>partner-search.ts</c>.</summary>
internal sealed class PartnerSearch(Random random)
{
    private const int Enough = 3;
    private const double First = 20;
    private const double Longest = 300;

    private double? _askAt;
    private double _pause = First;

    /// <summary>Whether to announce now, with all times in seconds.</summary>
    public bool IsDue(double now, int connections, int members)
    {
        if (connections >= Math.Min(Enough, members - 1))
        {
            (_askAt, _pause) = (null, First);
            return false;
        }
        _askAt ??= now + _pause * (0.75 + 0.5 * random.NextDouble());
        if (now < _askAt)
            return false;
        (_askAt, _pause) = (null, Math.Min(2 * _pause, Longest));
        return true;
    }
}
