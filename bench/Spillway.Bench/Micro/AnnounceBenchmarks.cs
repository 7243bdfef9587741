using System.Diagnostics.CodeAnalysis;
using System.Text;
using BenchmarkDotNet.Attributes;
using Spillway.Bench.Tracker;
using Spillway.Tracker;

namespace Spillway.Bench.Micro;

/// <summary>
/// An announce with five offers of 1.8 KB of SDP in a swarm of so many, from its bytes to those of what follows from it. No sockets. Every
/// peer announces in turn; their limits are raised.
/// </summary>
[MemoryDiagnoser]
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "BenchmarkDotNet calls CleanUp; it derives from the class, so that it cannot be sealed."
)]
public class AnnounceBenchmarks
{
    private const string InfoHash = "u1V+kf8d/hGqPz0aB3cD";

    private readonly byte[] _message = new byte[BrowserMessages.MaxLength];
    private readonly BrowserMessages _messages = new(InfoHash);
    private StreamTracker? _tracker;
    private Peer[] _peers = [];
    private int _next;
    private long _offer;

    [Params(250, 4_000)]
    public int Peers { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var options = new TrackerOptions
        {
            MessagesPerMinute = 100_000_000,
            OffersPerMinute = 100_000_000,
            OffersPerMinutePerAddress = 100_000_000,
            OffersPerMinuteToPeer = 100_000_000,
        };
        _tracker = new StreamTracker("live", options, null, TimeProvider.System, new Random(1));
        _peers = [.. Enumerable.Range(0, Peers).Select(i => new Peer(_tracker, i))];
        for (var i = 0; i < Peers; i++)
            Announce();
    }

    [Benchmark(Description = "an announce with five offers, in a swarm of so many")]
    public int Announce()
    {
        var peer = _peers[_next++ % Peers];
        var length = _messages.WriteAnnounce(peer.Id, _offer++, _message);
        _tracker!.Receive(peer, _message.AsSpan(0, length));
        return length;
    }

    [GlobalCleanup]
    public void CleanUp() => _tracker?.Dispose();

    /// <summary>Encodes what it is sent, as a socket does, and throws it away.</summary>
    private sealed class Peer(StreamTracker tracker, int number)
        : TrackerConnection(new NetworkPlace($"192.0.{number / 250}.{number % 250}", null, $"192.0.{number / 250}.0/24"))
    {
        public byte[] Id { get; } = Encoding.ASCII.GetBytes($"-XX0001-{number:d12}");
        public override bool IsOpen => true;

        public override bool TrySend(in TrackerReply reply) => !tracker.Encode(in reply).IsEmpty;
    }
}
