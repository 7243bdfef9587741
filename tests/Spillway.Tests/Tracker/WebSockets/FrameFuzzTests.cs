using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;
using Spillway.Tracker.WebSockets;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>Rounds as in <see cref="TrackerFuzzTests"/>: <c>make fuzz</c> takes a million.</summary>
public sealed class FrameFuzzTests
{
    private const int MaxMessage = 4096;

    [Fact]
    public void Right_frames_are_read_as_they_were_meant_however_they_are_cut_up()
    {
        var random = new Random(6455);
        for (var round = 0; round < TrackerFuzzTests.Rounds / 10; round++)
        {
            var (bytes, meant) = Right(random);
            Assert.Equal(meant, Transcript(bytes, random));
        }
    }

    [Fact]
    public void Mutilated_frames_throw_nothing_and_mean_the_same_however_they_are_cut_up()
    {
        var random = new Random(20_261_123);
        var faults = 0;
        for (var round = 0; round < TrackerFuzzTests.Rounds; round++)
        {
            var bytes = Right(random).Bytes;
            for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
                bytes = Mutilate(bytes, random);
            var whole = Transcript(bytes, null);
            Assert.Equal(whole, Transcript(bytes, random));
            if (whole.Contains("fault", StringComparison.Ordinal))
                faults++;
        }
        Assert.InRange(faults, TrackerFuzzTests.Rounds / 20, TrackerFuzzTests.Rounds - 1);
    }

    /// <summary>Reads as a socket does: what is left over comes again with more behind it.</summary>
    private static string Transcript(byte[] bytes, Random? random)
    {
        var reader = new FrameReader(MaxMessage);
        var heard = new StringBuilder();
        var taken = 0;
        var there = random is null ? bytes.Length : 0;
        var isFaulty = false;
        do
        {
            there = Math.Min(bytes.Length, there + random?.Next(1, 1 + bytes.Length / 3) ?? there);
            var input = random is null
                ? new ReadOnlySequence<byte>(bytes.AsMemory(taken..there))
                : Pieces.Of(bytes.AsMemory(taken..there), () => random.Next(0, 200));
            while (true)
            {
                if (isFaulty)
                {
                    if (reader.Skip(ref input))
                        return heard.Append(" bye").ToString();
                    break;
                }
                var kind = reader.Read(ref input);
                if (kind == FrameKind.Incomplete)
                    break;
                heard.Append(' ').Append(Describe(reader, kind));
                if (kind is FrameKind.Close or FrameKind.FaultyClose)
                    return heard.ToString();
                isFaulty = kind == FrameKind.Fault;
            }
            taken = there - (int)input.Length;
            // What waits for the rest of its frame is never more than a frame may have.
            Assert.InRange(input.Length, 0, MaxMessage + 14);
        } while (there < bytes.Length);
        reader.Clear();
        return heard.ToString();
    }

    private static string Describe(FrameReader reader, FrameKind kind) =>
        kind switch
        {
            FrameKind.Message => $"message({Convert.ToHexString(reader.Payload)})",
            FrameKind.Ping => $"ping({Convert.ToHexString(reader.Payload)})",
            FrameKind.Pong => "pong",
            FrameKind.Close => $"close {(int)reader.Status}",
            FrameKind.FaultyClose => $"fault {(int)reader.Status}",
            _ => Fault(reader.Status),
        };

    private static string Fault(WebSocketCloseStatus status)
    {
        Assert.True(
            status
                is WebSocketCloseStatus.ProtocolError
                    or WebSocketCloseStatus.InvalidPayloadData
                    or WebSocketCloseStatus.MessageTooBig
        );
        return $"fault {(int)status}";
    }

    private static (byte[] Bytes, string Meant) Right(Random random)
    {
        var bytes = new List<byte>();
        var meant = new StringBuilder();
        for (var frames = random.Next(1, 5); frames > 0; frames--)
        {
            var payload = new byte[
                random.Next(4) switch
                {
                    0 => random.Next(0, 4),
                    1 => random.Next(120, 130),
                    2 => random.Next(0, 500),
                    _ => random.Next(0, 125),
                }
            ];
            random.NextBytes(payload);
            switch (random.Next(5))
            {
                case 0 when payload.Length < 126:
                    bytes.AddRange(Frame(RawFrame.Ping, payload));
                    meant.Append($" ping({Convert.ToHexString(payload)})");
                    break;
                case 1 when payload.Length < 126:
                    bytes.AddRange(Frame(RawFrame.Pong, payload));
                    meant.Append(" pong");
                    break;
                case 2:
                    var cut = random.Next(payload.Length + 1);
                    bytes.AddRange(Frame(RawFrame.Binary, payload[..cut], final: false));
                    bytes.AddRange(Frame(RawFrame.Ping, [7]));
                    bytes.AddRange(Frame(RawFrame.Continuation, payload[cut..]));
                    meant.Append($" ping(07) message({Convert.ToHexString(payload)})");
                    break;
                default:
                    var isText = Utf8.IsValid(payload);
                    bytes.AddRange(Frame(isText ? RawFrame.Text : RawFrame.Binary, payload));
                    meant.Append($" message({Convert.ToHexString(payload)})");
                    break;
            }
        }
        return ([.. bytes], meant.ToString());

        byte[] Frame(int opcode, byte[] payload, bool final = true) =>
            RawFrame.Of(opcode, payload, final, mask: (uint)random.NextInt64(1L << 32));
    }

    private static byte[] Mutilate(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 20))..]];
            case 1:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            case 2:
                return bytes[..at];
            default:
                // Headers are where it matters.
                bytes[random.Next(2) == 0 ? at : random.Next(Math.Min(bytes.Length, 14))] = (byte)random.Next(256);
                return bytes;
        }
    }
}
