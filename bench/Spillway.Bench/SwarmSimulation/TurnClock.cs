namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// Players look ten times a second whose turn it is, each at its own moment. The moments are rounded to 10 ms, so that one event serves
/// many viewers; those that want nothing are left out.
/// </summary>
/// <param name="queue">Virtual time.</param>
/// <param name="look">A viewer's look; false: it wants nothing any more.</param>
internal sealed class TurnClock(EventQueue queue, Func<SimulatedViewer, bool> look)
{
    private const int Phases = 10;
    private const double Step = 0.01;

    private readonly List<SimulatedViewer>[] _looking =
    [
        .. Enumerable.Range(0, Phases).Select(static _ => new List<SimulatedViewer>()),
    ];
    private long _tick;

    public void Add(SimulatedViewer viewer)
    {
        if (viewer.LooksForTurn)
            return;
        viewer.LooksForTurn = true;
        _looking[viewer.Number % Phases].Add(viewer);
    }

    public void Tick()
    {
        var viewers = _looking[_tick % Phases];
        var kept = 0;
        for (var i = 0; i < viewers.Count; i++)
        {
            var viewer = viewers[i];
            viewer.LooksForTurn = look(viewer);
            if (viewer.LooksForTurn)
                viewers[kept++] = viewer;
        }
        viewers.RemoveRange(kept, viewers.Count - kept);
        queue.At(++_tick * Step, Tick);
    }
}
