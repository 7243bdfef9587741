using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpChunkReaderTests
{
    private readonly RtmpChunkReader _reader = new() { TakesMedia = true };

    [Fact]
    public void Messages_that_are_cut_in_any_way_and_mixed_with_others_come_out_as_they_went_in()
    {
        var formats = new HashSet<int>();
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var sender = new ChunkSender(random);
            var (bytes, sent) = Mix(random, sender);
            var received = ReadInParts(bytes, random);
            Assert.Equal(sent.Select(Show), received.Select(Show));
            formats.UnionWith(sender.Used);
        }
        Assert.Equal([0, 1, 2, 3], formats.Order());
    }

    [Fact]
    public void Every_cut_into_two_gives_the_same()
    {
        var random = new Random(1);
        var (bytes, sent) = Mix(random, new ChunkSender(random));
        var expected = sent.Select(Show).ToList();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var reader = new RtmpChunkReader { TakesMedia = true };
            var received = new List<RtmpMessage>();
            ReadAll(reader, bytes.AsSpan(0, cut), received);
            ReadAll(reader, bytes.AsSpan(cut), received);
            Assert.Equal(expected, received.Select(Show));
        }
    }

    [Fact]
    public void An_extended_time_stamp_stands_in_every_chunk_of_its_message()
    {
        byte[] bytes =
        [
            .. (byte[])[0x04, 0xff, 0xff, 0xff, 0, 0, 130, 9, 1, 0, 0, 0, 0x12, 0x34, 0x56, 0x78],
            .. Enumerable.Repeat((byte)7, 128),
            .. (byte[])[0xc4, 0x12, 0x34, 0x56, 0x78, 7, 7],
            // A step that is not extended ends it.
            .. (byte[])[0x84, 0, 0, 40],
            .. Enumerable.Repeat((byte)8, 128),
            .. (byte[])[0xc4, 8, 8],
        ];
        var messages = ReadAll(bytes);
        Assert.Equal([0x12345678u, 0x12345678u + 40], messages.Select(static m => m.Time));
        Assert.All(messages[0].Body.ToArray(), static b => Assert.Equal(7, b));
        Assert.All(messages[1].Body.ToArray(), static b => Assert.Equal(8, b));
    }

    [Fact]
    public void A_step_of_0xffffff_exactly_is_extended_too()
    {
        var sender = new ChunkSender();
        var messages = ReadAll(sender.Whole(4, new RtmpMessage(RtmpMessageType.Audio, 0xffffff, 1, new byte[300])));
        Assert.Equal(0xffffffu, messages.Single().Time);
        Assert.Equal(300, messages.Single().Body.Length);
    }

    [Fact]
    public void Type_3_after_type_0_takes_the_time_for_the_step()
    {
        byte[] bytes = [0x04, 0, 0, 23, 0, 0, 1, 8, 1, 0, 0, 0, 1, 0xc4, 2, 0xc4, 3];
        Assert.Equal([23u, 46u, 69u], ReadAll(bytes).Select(static m => m.Time));
    }

    [Fact]
    public void A_message_that_is_given_up_is_forgotten_and_the_next_one_begins_anew()
    {
        var sender = new ChunkSender();
        var begun = new List<byte>();
        sender.Add(begun, 4, new RtmpMessage(RtmpMessageType.Video, 1, 1, new byte[1000]), 0);
        byte[] bytes =
        [
            .. begun,
            .. Client.Message(RtmpMessageType.Abort, Client.Number(4), stream: 0, chunkStream: 2),
            .. sender.Whole(4, new RtmpMessage(RtmpMessageType.Video, 2, 1, new byte[10])),
        ];
        Assert.Equal(10, Assert.Single(ReadAll(bytes)).Body.Length);
        Assert.Equal(0, _reader.Buffered);
    }

    [Fact]
    public void A_message_may_be_empty() =>
        Assert.Equal(0, Assert.Single(ReadAll([0x04, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0])).Body.Length);

    [Theory]
    [InlineData(0u)]
    [InlineData(0x80000000u)]
    public void A_chunk_size_that_is_none_ends_it(uint size)
    {
        ReadAll(Client.Message(RtmpMessageType.SetChunkSize, Client.Number(size), stream: 0, chunkStream: 2));
        Assert.Contains("chunk size", _reader.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_may_be_as_long_as_can_be_said()
    {
        byte[] bytes =
        [
            .. Client.Message(RtmpMessageType.SetChunkSize, Client.Number(int.MaxValue), stream: 0, chunkStream: 2),
            .. new ChunkSender { ChunkSize = int.MaxValue / 2 }.Whole(
                4,
                new RtmpMessage(RtmpMessageType.Video, 0, 1, new byte[99_999])
            ),
        ];
        Assert.Equal(99_999, Assert.Single(ReadAll(bytes)).Body.Length);
    }

    [Theory]
    [InlineData(9, false, 65_537)]
    [InlineData(20, true, 65_537)]
    [InlineData(9, true, 8 * 1024 * 1024 + 1)]
    [InlineData(9, true, 0xffffff)]
    public void A_message_too_long_is_refused_before_memory_is_taken_for_it(byte type, bool takesMedia, int length)
    {
        _reader.TakesMedia = takesMedia;
        byte[] header = [0x04, 0, 0, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, type, 1, 0, 0, 0];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var messages = ReadAll(header);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
        Assert.Empty(messages);
        Assert.Contains($"{length} bytes long", _reader.Problem, StringComparison.Ordinal);
        Assert.Equal(0, _reader.Buffered);
    }

    [Fact]
    public void Messages_that_begin_and_do_not_end_take_memory_up_to_a_bound()
    {
        for (var stream = 3; stream < 3 + RtmpChunkReader.MaxChunkStreams && _reader.Problem is null; stream++)
        {
            var begun = new List<byte>();
            new ChunkSender().Add(begun, stream, new RtmpMessage(RtmpMessageType.Video, 0, 1, new byte[7_000_000]), 0);
            ReadAll([.. begun]);
        }
        Assert.Contains("too many long messages", _reader.Problem, StringComparison.Ordinal);
        Assert.InRange(_reader.Buffered, 7_000_000, RtmpChunkReader.MaxBuffered);
    }

    [Fact]
    public void Chunk_streams_are_counted()
    {
        for (var stream = 2; stream < 2 + RtmpChunkReader.MaxChunkStreams; stream++)
            Assert.Single(ReadAll(Client.Message(RtmpMessageType.Audio, [1], chunkStream: 10 * stream)));
        Assert.Null(_reader.Problem);
        ReadAll(Client.Message(RtmpMessageType.Audio, [1], chunkStream: 65_599));
        Assert.Contains("chunk streams", _reader.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x84)]
    [InlineData(0xc4)]
    public void A_chunk_that_refers_to_none_before_it_ends_it(byte first)
    {
        ReadAll([first, 0, 0, 1]);
        Assert.Contains("none", _reader.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_inside_another_of_the_same_chunk_stream_ends_it()
    {
        var begun = new List<byte>();
        new ChunkSender().Add(begun, 4, new RtmpMessage(RtmpMessageType.Video, 1, 1, new byte[1000]), 0);
        ReadAll([.. begun, .. Client.Video([1])]);
        Assert.Contains("has ended", _reader.Problem, StringComparison.Ordinal);
    }

    /// <summary>Messages on several chunk streams, chunk by chunk in any order, with changes of the chunk size between them.</summary>
    private static (byte[] Bytes, List<RtmpMessage> Ended) Mix(Random random, ChunkSender sender)
    {
        RtmpMessageType[] types = [RtmpMessageType.Audio, RtmpMessageType.Video, RtmpMessageType.Data, RtmpMessageType.Command];
        uint[] steps = [0, 1, 23, 40, 40, 40, 0xfffffe, 0xffffff, 0x1000000, 0x90000000];
        var streams = new[] { 3, 4, 63, 64, 319, 320, 65_599 }
            .Select(id => (Id: id, Messages: new Queue<RtmpMessage>(Draw())))
            .ToList();
        var bytes = new List<byte>();
        var ended = new List<RtmpMessage>();
        var offsets = new Dictionary<int, int>();
        while (streams.Count > 0)
        {
            if (random.Next(10) == 0)
            {
                var size = random.Next(4) == 0 ? random.Next(1, 5000) : random.Next(1, 200);
                bytes.AddRange(sender.Whole(2, new RtmpMessage(RtmpMessageType.SetChunkSize, 0, 0, Client.Number((uint)size))));
                sender.ChunkSize = size;
            }
            var (id, messages) = streams[random.Next(streams.Count)];
            var message = messages.Peek();
            var next = sender.Add(bytes, id, message, offsets.GetValueOrDefault(id));
            offsets[id] = next;
            if (next < message.Body.Length)
                continue;
            ended.Add(messages.Dequeue());
            offsets[id] = 0;
            streams.RemoveAll(static s => s.Messages.Count == 0);
        }
        return ([.. bytes], ended);

        IEnumerable<RtmpMessage> Draw()
        {
            var time = (uint)random.NextInt64(1L << 32);
            var step = steps[random.Next(steps.Length)];
            var body = new byte[random.Next(3) * random.Next(300)];
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                step = random.Next(3) == 0 ? steps[random.Next(steps.Length)] : step;
                time = unchecked(time + step);
                body = random.Next(3) == 0 ? new byte[random.Next(600)] : [.. body];
                random.NextBytes(body);
                yield return new RtmpMessage(types[random.Next(types.Length)], time, (uint)random.Next(2), body);
            }
        }
    }

    private static List<RtmpMessage> ReadInParts(byte[] bytes, Random random)
    {
        var reader = new RtmpChunkReader { TakesMedia = true };
        var received = new List<RtmpMessage>();
        for (var at = 0; at < bytes.Length; )
        {
            var part = Math.Min(bytes.Length - at, random.Next(4) == 0 ? random.Next(1, 2000) : random.Next(1, 30));
            ReadAll(reader, bytes.AsSpan(at, part), received);
            at += part;
        }
        Assert.Equal(0, reader.Buffered);
        return received;
    }

    private List<RtmpMessage> ReadAll(byte[] bytes)
    {
        var received = new List<RtmpMessage>();
        ReadAll(_reader, bytes, received);
        return received;
    }

    private static void ReadAll(RtmpChunkReader reader, ReadOnlySpan<byte> bytes, List<RtmpMessage> received)
    {
        while (reader.Read(bytes, out var used) is { } message)
        {
            received.Add(message);
            bytes = bytes[used..];
        }
    }

    private static string Show(RtmpMessage message) =>
        $"{message.Type} {message.Time} {message.Stream} {Convert.ToHexString(message.Body.Span)}";
}
