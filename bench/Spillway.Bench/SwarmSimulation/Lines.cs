namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// Bytes as a fluid: a line in or out is shared evenly by what runs over it, and a transfer gets the smaller of its two shares. What one
/// leaves unused nobody else gets, so lines are used slightly less well than TCP and SCTP would.
/// </summary>
internal sealed class Lines(EventQueue queue)
{
    /// <param name="load">Its request has arrived.</param>
    /// <param name="bits">To be sent.</param>
    /// <param name="arrived">Called at the last bit.</param>
    public void Start(Load load, double bits, Action<Load> arrived)
    {
        (load.Flows, load.WasSent, load.Left, load.At) = (true, true, bits, queue.Now);
        load.To.Incoming.Add(load);
        load.From?.Outgoing.Add(load);
        Share(load, arrived);
    }

    /// <summary>Also of one that is broken off.</summary>
    public void End(Load load, Action<Load> arrived)
    {
        if (!load.Flows)
            return;
        Settle(load);
        load.Flows = false;
        load.Version++;
        load.To.Incoming.Remove(load);
        load.From?.Outgoing.Remove(load);
        Share(load, arrived);
    }

    private void Share(Load changed, Action<Load> arrived)
    {
        foreach (var load in changed.To.Incoming)
            Rate(load, arrived);
        if (changed.From is null)
            return;
        foreach (var load in changed.From.Outgoing)
            Rate(load, arrived);
    }

    private void Rate(Load load, Action<Load> arrived)
    {
        var rate = load.To.Line.Down / load.To.Incoming.Count;
        if (load.From is { } from)
            rate = Math.Min(rate, from.Line.Up / from.Outgoing.Count);
        if (Math.Abs(rate - load.Rate) < 1)
            return;
        Settle(load);
        load.Rate = rate;
        var version = ++load.Version;
        queue.In(
            load.Left / rate,
            () =>
            {
                if (load.Version == version)
                    arrived(load);
            }
        );
    }

    private void Settle(Load load)
    {
        load.Left = Math.Max(load.Left - load.Rate * (queue.Now - load.At), 0);
        load.At = queue.Now;
    }
}
