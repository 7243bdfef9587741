using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>A tracker and its viewers in virtual time: hours take seconds, and a seed gives the same event again.</summary>
internal sealed class SimulatedEvent : VirtualTime, IDisposable
{
    /// <summary>Of a server's frame with a payload below 64 KiB; a client's has four more for its mask.</summary>
    private const int FrameHeader = 4;

    private readonly TrackerWriter _writer = new();
    private readonly List<SimulatedViewer> _viewers = [];

    public SimulatedEvent(int seed, TrackerOptions? options = null)
    {
        Random = new Random(seed);
        Core = new TrackerCore(options ?? new TrackerOptions(), null, new Random(seed + 1));
        Sweep();
    }

    public TrackerCore Core { get; }
    public Random Random { get; }

    /// <summary>Those who are here.</summary>
    public IReadOnlyList<SimulatedViewer> Viewers => _viewers;
    public Dictionary<TrackerId, SimulatedViewer> ByPeerId { get; } = [];

    /// <summary>Bytes of WebSocket frames.</summary>
    public long In { get; private set; }
    public long Out { get; private set; }

    /// <summary>Since start, with those who have left.</summary>
    public int Joined { get; private set; }
    public long Announces { get; private set; }

    /// <summary>A viewer comes at that second, and stays.</summary>
    public void Join(double at, string address) =>
        Do(
            at,
            () =>
            {
                var viewer = new SimulatedViewer(this, Joined++, address);
                _viewers.Add(viewer);
                ByPeerId.Add(viewer.Id, viewer);
                Announce(viewer);
            }
        );

    public void Leave(SimulatedViewer viewer)
    {
        viewer.IsHere = false;
        _viewers.Remove(viewer);
        foreach (var peer in viewer.Peers)
            peer.Peers.Remove(viewer);
        Core.Close(viewer);
    }

    public void At(int interval, SimulatedViewer viewer, int timer) =>
        Do(
            Now + interval,
            () =>
            {
                if (viewer.IsHere && viewer.Timer == timer)
                    Announce(viewer);
            }
        );

    /// <summary>An offer reaches a viewer, who answers a fifth of a second later.</summary>
    public void Pass(SimulatedViewer to, SimulatedViewer from, TrackerId offerId) =>
        Do(
            Now + 0.2,
            () =>
            {
                if (to.IsHere)
                    to.Answer(from, offerId);
            }
        );

    public void CountOut(in TrackerReply reply) => Out += _writer.Write(in reply).Length + FrameHeader;

    public void Receive(SimulatedViewer from, ReadOnlySpan<byte> json)
    {
        In += json.Length + FrameHeader + 4;
        var message = TrackerReader.Read(json);
        Core.Receive(from, in message, TimeSpan.FromSeconds(Now));
    }

    /// <summary>How many viewers can be reached from the first over connections between viewers, itself included.</summary>
    public int Reachable()
    {
        var seen = new HashSet<SimulatedViewer> { _viewers[0] };
        var open = new Stack<SimulatedViewer>(seen);
        while (open.TryPop(out var viewer))
        {
            foreach (var peer in viewer.Peers.Where(seen.Add))
                open.Push(peer);
        }
        return seen.Count;
    }

    public void Dispose() => _writer.Dispose();

    private void Announce(SimulatedViewer viewer)
    {
        Announces++;
        viewer.Announce();
    }

    private void Sweep()
    {
        Core.RemoveSilent(TimeSpan.FromSeconds(Now));
        Do(Now + 5, Sweep);
    }
}
