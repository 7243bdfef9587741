using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>As <see cref="AllocationTests"/>, with the sockets: from the frame that comes in to the frames that go out.</summary>
public sealed class SocketAllocationTests
{
    private const int Peers = 50;

    [Fact]
    public async Task Relaying_allocates_nothing_from_the_bytes_of_one_frame_to_those_of_the_next()
    {
        using var tracker = new StreamTracker("live", Unlimited.Tracker, null, TimeProvider.System, new Random(1));
        var clients = Enumerable.Range(0, Peers).Select(i => new Client(tracker, i)).ToArray();
        var ready = new Dictionary<(int From, TrackerId OfferId), byte[]>();
        for (var to = 0; to < Peers; to++)
        {
            for (var offer = 0; offer < 5; offer++)
            {
                _ = TrackerId.TryParse(Escaped($"p{to}-{offer}"), out var id);
                for (var from = 0; from < Peers; from++)
                    ready.Add((from, id), Frame(Answer("h", $"p{from}", $"p{to}", Id($"p{to}-{offer}"))));
            }
        }
        var announces = Enumerable.Range(0, Peers).Select(i => Frame(LongAnnounce(i))).ToArray();

        void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                clients[round % Peers].Send(announces[round % Peers]);
                foreach (var client in clients)
                {
                    while (client.TryTakeOffer(out var offerId))
                        client.Send(ready[(client.Number, offerId)]);
                }
            }
        }

        Run(2_000);
        var before = tracker.Count();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        var after = tracker.Count();
        var relays = after.Offers - before.Offers + after.Answers - before.Answers;
        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes for {relays} relays");
        Assert.InRange(relays, 15_000, long.MaxValue);
        Assert.Equal(0, bytes);
        Assert.Equal(0, after.Failed);
        foreach (var client in clients)
            await client.EndAsync();
        Assert.Equal(0, tracker.Count().Peers);
    }

    /// <summary>Of the real size: its frame comes in several blocks.</summary>
    private static string LongAnnounce(int peer) =>
        Announce("h", $"p{peer}", offers: 5).Replace("v=0", "v=0" + new string('x', 1_800), StringComparison.Ordinal);

    private static byte[] Frame(string text) => RawFrame.Of(RawFrame.Text, text);

    private static byte[] Escaped(string name) =>
        Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(Id(name), Json.Default.String)[1..^1]);

    /// <summary>A client at the other end of two pipes that do at once what waits for them.</summary>
    private sealed class Client : IDuplexPipe
    {
        private static readonly PipeOptions s_options = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1_000_000,
            resumeWriterThreshold: 500_000,
            useSynchronizationContext: false
        );
        private readonly Pipe _toServer = new(s_options);
        private readonly Pipe _toClient = new(s_options);
        private readonly byte[] _received = new byte[1_000_000];
        private readonly Task<string> _run;
        private int _length;
        private int _read;

        public Client(StreamTracker tracker, int number)
        {
            Number = number;
            var place = new NetworkPlace($"192.0.2.{number}", null, "192.0.2.0/24");
            _run = new TrackerSocket(this, static () => Assert.Fail("cut off"), tracker, place, TimeProvider.System).RunAsync();
        }

        public int Number { get; }
        public PipeReader Input => _toServer.Reader;
        public PipeWriter Output => _toClient.Writer;

        public void Send(byte[] frame)
        {
            // In two parts, the first of which ends in the middle.
            SendPart(frame.AsSpan(0, frame.Length / 2));
            SendPart(frame.AsSpan(frame.Length / 2));
        }

        private void SendPart(ReadOnlySpan<byte> part)
        {
            _toServer.Writer.Write(part);
            var flush = _toServer.Writer.FlushAsync();
            if (!flush.IsCompleted)
                throw new InvalidOperationException("What waits for the bytes did not run at once.");
            flush.GetAwaiter().GetResult();
        }

        public bool TryTakeOffer(out TrackerId offerId)
        {
            if (_read == _length)
            {
                (_read, _length) = (0, 0);
                if (_toClient.Reader.TryRead(out var result))
                {
                    _length = (int)result.Buffer.Length;
                    result.Buffer.CopyTo(_received);
                    _toClient.Reader.AdvanceTo(result.Buffer.End);
                }
            }
            while (_read < _length)
            {
                var size = _received[_read + 1] < 126 ? 2 : 4;
                var length = size == 2 ? _received[_read + 1] : (_received[_read + 2] << 8) | _received[_read + 3];
                var payload = _received.AsSpan(_read + size, length);
                _read += size + length;
                var at = payload.IndexOf("\"offer_id\":\""u8);
                var end = payload.IndexOf("\",\"offer\":"u8);
                if (at < 0 || end < 0)
                    continue;
                Assert.True(TrackerId.TryParse(payload[(at + 12)..end], out offerId));
                return true;
            }
            offerId = default;
            return false;
        }

        public async Task EndAsync()
        {
            Send(RawFrame.CloseWith(1000));
            Assert.Equal("closed by the client", await _run.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }
}
