namespace Spillway.Bench.SwarmSimulation;

/// <summary>Virtual time. What is due at the same moment runs in the order it was asked for, so that a seed gives the same run again.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Due> _queue = new();
    private long _order;

    /// <summary>Seconds since the stream began.</summary>
    public double Now { get; private set; }

    public long Count => _order;

    /// <param name="seconds">From now; 0: after what is running.</param>
    /// <param name="action">What happens then.</param>
    public void In(double seconds, Action action) => At(Now + seconds, action);

    public void At(double time, Action action) => _queue.Enqueue(action, new Due(Math.Max(time, Now), _order++));

    public void Run(double until)
    {
        while (_queue.TryPeek(out var action, out var due) && due.Time <= until)
        {
            _queue.Dequeue();
            Now = due.Time;
            action();
        }
        Now = until;
    }

    private readonly record struct Due(double Time, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other)
        {
            var byTime = Time.CompareTo(other.Time);
            return byTime != 0 ? byTime : Order.CompareTo(other.Order);
        }

        public static bool operator <(Due left, Due right) => left.CompareTo(right) < 0;

        public static bool operator >(Due left, Due right) => left.CompareTo(right) > 0;

        public static bool operator <=(Due left, Due right) => left.CompareTo(right) <= 0;

        public static bool operator >=(Due left, Due right) => left.CompareTo(right) >= 0;
    }
}
