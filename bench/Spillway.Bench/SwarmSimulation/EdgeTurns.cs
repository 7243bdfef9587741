namespace Spillway.Bench.SwarmSimulation;

/// <summary>What the peers of a viewer say of a segment.</summary>
internal enum Holding
{
    Nobody,
    Fetching,
    Held,
}

/// <summary>The player's rule (<c>web/player/src/p2p/edge-turns.ts</c>), line by line: who fetches from the edge what nobody has yet.</summary>
internal sealed class EdgeTurns(StreamTiming timing)
{
    private List<Wait> _waiting = [];
    private List<Wait> _next = [];
    private double? _settledAt;

    /// <summary>There is a peer now; the first one starts the time of settling.</summary>
    public void PeersCame(double now) => _settledAt ??= now + StreamTiming.Settling;

    public void PeersGone()
    {
        _waiting.Clear();
        _settledAt = null;
    }

    /// <summary>Begins a look at what is wanted; <see cref="IsDue"/> for each, then <see cref="End"/>.</summary>
    public void Begin() => _next.Clear();

    public bool IsDue(double now, int number, Holding holding, int place)
    {
        var known = Find(number) ?? new Wait(number, now, null);
        if (holding == Holding.Held)
        {
            _next.Add(new Wait(number, now, null));
            return false;
        }
        var since = Math.Max(known.Since, _settledAt ?? now);
        if (holding == Holding.Fetching)
        {
            known = known with { FetchedSince = known.FetchedSince ?? now };
            since = Math.Max(since, known.FetchedSince.Value + timing.Patience);
        }
        else if (known.FetchedSince is not null)
        {
            known = new Wait(number, now, null);
            since = now;
        }
        _next.Add(known);
        return now >= since + timing.Step * place;
    }

    public void End() => (_waiting, _next) = (_next, _waiting);

    private Wait? Find(int number)
    {
        foreach (var wait in _waiting)
        {
            if (wait.Number == number)
                return wait;
        }
        return null;
    }

    private readonly record struct Wait(int Number, double Since, double? FetchedSince);
}
