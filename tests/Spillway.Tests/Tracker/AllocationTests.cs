using System.Text;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class AllocationTests
{
    private const int Announces = 2_000;

    [Fact]
    public void Relaying_offers_and_answers_allocates_nothing_from_the_bytes_of_one_message_to_those_of_the_next()
    {
        using var tracker = new StreamTracker("live", Unlimited.Tracker, null, TimeProvider.System, new Random(1));
        var peers = Enumerable.Range(0, 50).Select(i => new Counting(tracker, i)).ToArray();
        var announces = Enumerable.Range(0, peers.Length).Select(i => Utf8(Announce("h", $"p{i}", offers: 5))).ToArray();
        // An answer to each offer of each peer, by each other.
        var ready = new Dictionary<(int From, TrackerId OfferId), byte[]>();
        for (var to = 0; to < peers.Length; to++)
        {
            for (var offer = 0; offer < 5; offer++)
            {
                _ = TrackerId.TryParse(JsonBody($"p{to}-{offer}"), out var id);
                for (var from = 0; from < peers.Length; from++)
                    ready.Add((from, id), Utf8(Answer("h", $"p{from}", $"p{to}", Id($"p{to}-{offer}"))));
            }
        }

        void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                tracker.Receive(peers[round % peers.Length], announces[round % peers.Length]);
                foreach (var peer in peers)
                {
                    while (peer.TryTake(out var offerId))
                        tracker.Receive(peer, ready[(peer.Number, offerId)]);
                }
            }
        }

        // Two rounds: all have partners enough and pass one offer on; lists and buffers have their size.
        Run(Announces);
        var before = tracker.Count();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var part = 0; part < 5; part++)
            Run(Announces);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        var after = tracker.Count();
        var relays = after.Offers - before.Offers + after.Answers - before.Answers;
        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes for {relays} relays");
        Assert.InRange(relays, 15_000, long.MaxValue);
        Assert.Equal(0, bytes);
        Assert.Equal(0, after.Failed);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What stands between the quotes.</summary>
    private static byte[] JsonBody(string name) =>
        Utf8(System.Text.Json.JsonSerializer.Serialize(Id(name), Json.Default.String)[1..^1]);

    /// <summary>Encodes what it is sent, as a socket does, and remembers the offers.</summary>
    private sealed class Counting(StreamTracker tracker, int number)
        : TrackerConnection(new NetworkPlace($"192.0.2.{number}", null, "192.0.2.0/24"))
    {
        private readonly TrackerId[] _offers = new TrackerId[64];
        private int _count;

        public int Number => number;
        public override bool IsOpen => true;

        public override bool TrySend(in TrackerReply reply)
        {
            Assert.False(tracker.Encode(in reply).IsEmpty);
            if (reply.Kind == TrackerReplyKind.Offer)
                _offers[_count++] = reply.OfferId;
            return true;
        }

        public bool TryTake(out TrackerId offerId)
        {
            offerId = _count > 0 ? _offers[--_count] : default;
            return offerId != default;
        }
    }
}
