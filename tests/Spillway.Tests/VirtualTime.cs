namespace Spillway.Tests;

/// <summary>What happens at which second, in virtual time: hours take moments. What is due at one second happens in the order it was asked for.</summary>
internal abstract class VirtualTime
{
    private readonly PriorityQueue<Action, (double At, long Order)> _queue = new();
    private long _order;

    /// <summary>Seconds.</summary>
    public double Now { get; private set; }

    public void Do(double at, Action action) => _queue.Enqueue(action, (at, _order++));

    public void Run(double until)
    {
        while (_queue.TryPeek(out var action, out var next) && next.At <= until)
        {
            _queue.Dequeue();
            Now = Math.Max(Now, next.At);
            action();
        }
        Now = until;
    }
}
