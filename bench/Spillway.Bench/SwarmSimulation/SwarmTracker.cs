using System.Net;
using Spillway.Bench.Tracker;
using Spillway.Tracker;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>The real tracker core in virtual time, with the messages of browsers; what it introduces comes to <paramref name="meet"/>.</summary>
/// <param name="queue">Virtual time.</param>
/// <param name="seed">Of the core's choices and of the addresses.</param>
/// <param name="meet">Called with asker and answerer when the asker has its answer.</param>
internal sealed class SwarmTracker(EventQueue queue, int seed, Action<SimulatedViewer, SimulatedViewer> meet) : IDisposable
{
    private const string InfoHash = "u1V+kf8d/hGqPz0aB3cD";

    /// <summary>Of a frame with a payload below 64 KiB; a client's has four more for its mask.</summary>
    private const int FrameHeader = 4;

    private readonly TrackerCore _core = new(new TrackerOptions(), null, new Random(seed));
    private readonly Random _addresses = new(seed + 1);
    private readonly TrackerWriter _writer = new();
    private readonly Dictionary<TrackerId, ViewerSocket> _sockets = [];
    private readonly Dictionary<SimulatedViewer, ViewerSocket> _byViewer = [];

    public EventQueue Queue => queue;
    public Random Random { get; } = new(seed + 2);
    public BrowserMessages Messages { get; } = new(InfoHash);
    public byte[] Buffer { get; } = new byte[BrowserMessages.MaxLength];
    public long NextOffer { get; set; }

    /// <summary>WebSocket frames, in and out together.</summary>
    public long FrameCount { get; private set; }
    public long FrameBytes { get; private set; }

    /// <summary>Everybody sits at an address of its own, somewhere.</summary>
    public void Join(SimulatedViewer viewer)
    {
        var address = new IPAddress([(byte)_addresses.Next(1, 224), .. Three()]);
        var socket = new ViewerSocket(this, viewer, address);
        _sockets.Add(socket.Id, socket);
        _byViewer.Add(viewer, socket);
        socket.Announce();
        queue.In(Random.NextDouble(), socket.LookForPartners);
    }

    public void Leave(SimulatedViewer viewer)
    {
        if (!_byViewer.Remove(viewer, out var socket))
            return;
        _sockets.Remove(socket.Id);
        _core.Close(socket);
    }

    public void Receive(ViewerSocket from, ReadOnlySpan<byte> json)
    {
        Count(json.Length + FrameHeader + 4);
        var message = TrackerReader.Read(json);
        _core.Receive(from, in message, TimeSpan.FromSeconds(queue.Now));
    }

    public void CountOut(in TrackerReply reply) => Count(_writer.Write(in reply).Length + FrameHeader);

    public void Introduce(SimulatedViewer asker, TrackerId answerer)
    {
        if (_sockets.TryGetValue(answerer, out var other))
            meet(asker, other.Viewer);
    }

    /// <summary>Removes the silent every five seconds, as the server does.</summary>
    public void Sweep()
    {
        _core.RemoveSilent(TimeSpan.FromSeconds(queue.Now));
        queue.In(5, Sweep);
    }

    public void Dispose() => _writer.Dispose();

    private byte[] Three()
    {
        var bytes = new byte[3];
        _addresses.NextBytes(bytes);
        return bytes;
    }

    private void Count(int bytes) => (FrameCount, FrameBytes) = (FrameCount + 1, FrameBytes + bytes);
}
