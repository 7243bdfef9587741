namespace Spillway.Bench.SwarmSimulation;

/// <summary>One event: viewers come, meet by the tracker, play, pass segments on, leave.</summary>
internal sealed partial class SimulatedSwarm : IDisposable
{
    private readonly Scenario _scenario;
    private readonly StreamTiming _timing;
    private readonly Random _random;
    private readonly EventQueue _queue = new();
    private readonly Lines _lines;
    private readonly TurnClock _clock;
    private readonly SwarmTracker _tracker;
    private readonly List<SimulatedViewer> _viewers = [];
    private int _joined;

    public SimulatedSwarm(Scenario scenario, int seed)
    {
        _scenario = scenario;
        _timing = new StreamTiming(scenario.SegmentSeconds, scenario.Bitrate, scenario.LiveDelay);
        _random = new Random(seed);
        _lines = new Lines(_queue);
        _clock = new TurnClock(_queue, LookForTurn);
        _tracker = new SwarmTracker(_queue, seed + 1_000, Meet);
    }

    public Tally Tally { get; } = new();

    /// <summary>Pairs that tried to connect, and those that did.</summary>
    public int Attempts { get; private set; }
    public int Connections { get; private set; }

    /// <summary>Plays the event from the first viewer on.</summary>
    public SwarmOutcome Run()
    {
        _tracker.Sweep();
        _clock.Tick();
        // The stream has been on air for long enough that nobody comes before its first segment.
        var begin = 20 * _timing.Segment;
        for (var i = 0; i < _scenario.Viewers; i++)
            _queue.At(begin + Scenario.JoinSeconds * _random.NextDouble(), Join);
        _queue.Run(begin + Scenario.JoinSeconds);
        var joining = (_tracker.FrameCount, _tracker.FrameBytes);
        var from = begin + Scenario.JoinSeconds + Scenario.SettleSeconds;
        var to = from + _scenario.MeasuredSeconds;
        _queue.Run(from);
        var before = (_tracker.FrameCount, _tracker.FrameBytes);
        Tally.IsOn = true;
        _queue.Run(to);
        Tally.IsOn = false;
        var measured = (_tracker.FrameCount - before.FrameCount, _tracker.FrameBytes - before.FrameBytes);
        // Copies are those of whole segments: all viewers had time to fetch them.
        _queue.Run(to + _timing.MostLatency);
        return new SwarmOutcome(
            Tally,
            [.. Tally.CopiesOf((int)(from / _timing.Segment), (int)(to / _timing.Segment))],
            [.. _viewers.Select(static viewer => viewer.Links.Count)],
            joining,
            measured,
            Attempts,
            Connections,
            _queue.Count
        );
    }

    public void Dispose() => _tracker.Dispose();

    private void Join()
    {
        var line = AccessLine.Draw(_scenario.Audience, _random);
        var viewer = new SimulatedViewer(
            _joined++,
            line,
            _timing,
            Scenario.MostBehind * _timing.Segment * _random.NextDouble(),
            Scenario.PublishDelay + Scenario.ReloadSpread * _timing.Segment * _random.NextDouble(),
            _queue.Now
        );
        _viewers.Add(viewer);
        _tracker.Join(viewer);
        for (var number = viewer.Next; number <= viewer.Listed; number++)
            WaitForUrgency(viewer, number);
        Consider(viewer);
        ReadPlaylist(viewer);
        if (_scenario.HasChurn)
            _queue.In(-Scenario.StaySeconds * Math.Log(1 - _random.NextDouble()), () => Replace(viewer));
    }

    /// <summary>A viewer closes the page, which its peers notice at once, and another one comes.</summary>
    private void Replace(SimulatedViewer viewer)
    {
        viewer.IsHere = false;
        _viewers.Remove(viewer);
        foreach (var load in viewer.Loads.ToArray())
            End(load);
        while (viewer.Links is [.., var last])
            Disconnect(viewer, last);
        _tracker.Leave(viewer);
        Join();
    }

    /// <summary>Each segment comes to a viewer's notice with its own reload of the playlist.</summary>
    private void ReadPlaylist(SimulatedViewer viewer) =>
        _queue.At(
            (viewer.Listed + 2) * _timing.Segment + viewer.ListedAfter + Scenario.ReloadJitter * _random.NextDouble(),
            () =>
            {
                if (!viewer.IsHere)
                    return;
                viewer.Listed++;
                WaitForUrgency(viewer, viewer.Listed);
                Consider(viewer);
                ReadPlaylist(viewer);
            }
        );

    private void WaitForUrgency(SimulatedViewer viewer, int number)
    {
        if (viewer.UrgentAt(number) <= _queue.Now)
            return;
        _queue.At(
            viewer.UrgentAt(number),
            () =>
            {
                if (!viewer.IsHere || viewer.Here.Contains(number))
                    return;
                // Whoever has stalled meanwhile has more time.
                WaitForUrgency(viewer, number);
                Consider(viewer);
            }
        );
    }

    private void Meet(SimulatedViewer asker, SimulatedViewer answerer) =>
        _queue.In(Scenario.ConnectDelay, () => Connect(asker, answerer));

    private void Connect(SimulatedViewer a, SimulatedViewer b)
    {
        if (!a.IsHere || !b.IsHere || a.LinkTo(b) is not null)
            return;
        Attempts++;
        if (_scenario.Audience == Audience.Public && !NatTraversal.Connects(a.Line.Nat, b.Line.Nat, _random))
            return;
        Connections++;
        if (a.Blame.IsBanned(b, _queue.Now) || b.Blame.IsBanned(a, _queue.Now))
            return;
        var (there, back) = (new PeerLink(b), new PeerLink(a));
        (there.Back, back.Back) = (back, there);
        a.Links.Add(there);
        b.Links.Add(back);
        a.Turns.PeersCame(_queue.Now);
        b.Turns.PeersCame(_queue.Now);
        Announce(a);
        Announce(b);
    }

    private void Disconnect(SimulatedViewer viewer, PeerLink link)
    {
        Remove(viewer, link);
        Remove(link.Other, link.Back);
    }

    private void Remove(SimulatedViewer viewer, PeerLink link)
    {
        viewer.Links.Remove(link);
        if (viewer.Links.Count == 0)
            viewer.Turns.PeersGone();
        if (link.Load is { } load)
            End(load);
        if (viewer.IsHere)
            _queue.In(0, () => Consider(viewer));
    }
}
