using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>Broken bytes come to a clean end: no exception, little memory.</summary>
public sealed class RtmpFuzzTests
{
    [Fact]
    public void Noise_in_chunks_comes_to_messages_or_to_a_problem()
    {
        var random = new Random(20_261_122);
        byte[] types = [1, 2, 8, 9, 20];
        var problems = new HashSet<string>();
        var messages = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var reader = new RtmpChunkReader { TakesMedia = random.Next(2) == 0 };
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            // A first header that can be used, often.
            if (bytes.Length > 12 && random.Next(4) > 0)
                new byte[] { 4, 0, 0, 0, 0, 0, (byte)random.Next(250), types[random.Next(types.Length)] }.CopyTo(bytes, 0);
            ReadOnlySpan<byte> rest = bytes;
            while (reader.Read(rest, out var used) is { } message)
            {
                messages++;
                Assert.InRange(message.Body.Length, 0, RtmpChunkReader.MaxMediaLength);
                rest = rest[used..];
            }
            Assert.InRange(reader.Buffered, 0, RtmpChunkReader.MaxBuffered);
            if (reader.Problem is { } problem)
                problems.Add(problem[..12]);
        }
        Assert.InRange(messages, 2_000, int.MaxValue);
        Assert.InRange(problems.Count, 4, 6);
    }

    [Fact]
    public void Broken_AMF_gives_what_can_be_read_of_it_in_little_memory()
    {
        var random = new Random(20_261_122);
        var seed = new AmfWriter()
            .Text("connect")
            .Number(1)
            .Object(("app", "live"), ("flashVer", "x"), ("fpad", false), ("capabilities", 15d))
            .Null()
            .Written.ToArray();
        byte[] types = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17];
        var whole = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = round % 3 == 0 ? new byte[random.Next(200)] : [.. seed];
            if (round % 3 == 0)
                bytes = [.. bytes.Select(_ => random.Next(2) == 0 ? types[random.Next(types.Length)] : (byte)random.Next(4))];
            else
                Mutate(bytes, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var values = AmfReader.ReadAll(bytes);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
            whole += values.Count == 4 ? 1 : 0;
        }
        Assert.InRange(whole, 1_000, 49_000);
    }

    [Fact]
    public void Broken_tags_are_media_or_a_refusal_or_nothing()
    {
        var random = new Random(20_261_122);
        byte[][] seeds =
        [
            Client.VideoConfiguration,
            Client.Frame(20),
            Client.AudioConfiguration,
            [0x90, .. "avc1"u8, 1, 2, 3],
            [0x91, .. "mp4a"u8, 1, 2, 3],
        ];
        var (media, refused, nothing) = (0, 0, 0);
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            Mutate(bytes, random);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var reading = random.Next(2) == 0 ? FlvTag.ReadVideo(1, bytes) : FlvTag.ReadAudio(1, bytes);
            Assert.False(reading is { Media: not null, Refusal: not null });
            media += reading.Media is null ? 0 : 1;
            refused += reading.Refusal is null ? 0 : 1;
            nothing += reading == default ? 1 : 0;
        }
        Assert.All(new[] { media, refused, nothing }, static count => Assert.InRange(count, 5_000, 90_000));
    }

    [Fact]
    public void A_session_that_is_broken_anywhere_ends_cleanly_or_goes_on()
    {
        var random = new Random(20_261_122);
        var (began, ended, went) = (0, 0, 0);
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = Whole();
            // Not in the handshake, where most bytes may be any; nor always in what comes next.
            var from = random.Next(2) == 0 ? Client.Hello.Length : random.Next(bytes.Length);
            Mutate(bytes.AsSpan(from), random);
            var talk = new Conversation();
            for (var at = 0; at < bytes.Length; )
            {
                var part = Math.Min(bytes.Length - at, random.Next(1, 3000));
                talk.Send(bytes.AsSpan(at, part));
                at += part;
            }
            Assert.InRange(talk.Session.Buffered, 0, RtmpChunkReader.MaxBuffered);
            Assert.InRange(talk.Written, 0, 20_000);
            Assert.InRange(talk.Events.Count, 0, 200);
            began += talk.Events.OfType<RtmpPublishBegan>().Any() ? 1 : 0;
            ended += talk.Session.End is null ? 0 : 1;
            went += talk.Session.End is null ? 1 : 0;
            // Media only of one that is on air.
            if (talk.Events.Count > 0)
                Assert.IsType<RtmpPublishBegan>(talk.Events[0]);
        }
        Assert.All(new[] { began, ended, went }, static count => Assert.InRange(count, 300, 2_900));
    }

    private static byte[] Whole() =>
        [
            .. Client.Hello,
            .. Client.Connect(),
            .. Client.Command("releaseStream", 2, static values => values.Null().Text(Client.Key)),
            .. Client.CreateStream(),
            .. Client.Publish(),
            .. Client.Metadata("fuzz"),
            .. Client.Video(Client.VideoConfiguration),
            .. Client.Audio(Client.AudioConfiguration),
            .. Client.Video(Client.Frame(300, isKeyframe: true)),
            .. Client.Message(RtmpMessageType.SetChunkSize, Client.Number(128), stream: 0, chunkStream: 2),
            .. Client.Video(Client.Frame(), 0x1000000),
            .. Client.Message(RtmpMessageType.UserControl, [0, 6, 1, 2, 3, 4], stream: 0, chunkStream: 2),
            .. Client.Command("FCUnpublish", 8),
        ];

    private static void Mutate(Span<byte> bytes, Random random)
    {
        for (var changes = random.Next(4); changes > 0 && bytes.Length > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => 0xff,
            };
        }
    }
}
