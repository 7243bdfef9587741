namespace Spillway.Bench.Event.Viewers;

/// <summary>When a viewer loses a socket, in seconds after it was first open: its network changes, or its laptop sleeps.</summary>
internal sealed class Losses(IReadOnlyList<double> after)
{
    private int _next;

    /// <summary>Seconds after the first opening; null: no more.</summary>
    public double? Next => _next < after.Count ? after[_next] : null;

    public void Passed() => _next++;

    public static Losses Draw(EventPlan plan, Random random)
    {
        var count = (int)plan.Reconnects + (random.NextDouble() < plan.Reconnects % 1 ? 1 : 0);
        // Not so late that it cannot come back.
        var room = (plan.Length - plan.Joining).TotalSeconds * 0.9;
        return new Losses([.. Enumerable.Range(0, count).Select(_ => room * random.NextDouble()).Order()]);
    }
}
