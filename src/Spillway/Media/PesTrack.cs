using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>One elementary stream of a transport stream: takes its PES packets apart (ISO/IEC 13818-1 section 2.4.3.6).</summary>
internal abstract class PesTrack(int pid)
{
    public const int ClockRate = 90_000;
    public const long Wrap = 1L << 33;

    private const int FixedHeader = 9;
    private const int Unbounded = -1;

    private readonly byte[] header = new byte[FixedHeader + byte.MaxValue];
    private int headerLength;
    private State state;
    private int remaining;
    private int continuity = -1;
    private long? lastStamp;

    private enum State
    {
        Waiting,
        InHeader,
        InBody,
    }

    public int Pid => pid;

    /// <summary>SAMPLE-AES: the headers may look right, but what they describe cannot be read.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>PES packets that began.</summary>
    protected int Packets { get; private set; }

    /// <summary>Of PES packets, with wraps undone.</summary>
    protected FrameTimes Times { get; } = new();

    public void Push(in TransportPacket packet, ref Findings findings)
    {
        if (packet.Payload.IsEmpty)
            return;
        if (
            continuity >= 0
            && packet.Continuity != (continuity + 1 & 0x0F)
            && packet.Continuity != continuity
            && !packet.IsDiscontinuity
        )
            findings.Note(
                $"packets of PID {pid} are missing (its continuity counter jumps): the source or the way from it loses data"
            );
        continuity = packet.Continuity;
        if (packet.StartsUnit)
        {
            EndPacket();
            (state, headerLength) = (State.InHeader, 0);
        }
        var data = packet.Payload;
        if (state == State.InHeader)
            data = ReadHeader(data);
        if (state != State.InBody)
            return;
        if (remaining != Unbounded)
        {
            data = data[..Math.Min(data.Length, remaining)];
            remaining -= data.Length;
        }
        Append(data);
    }

    /// <summary>To be called once, after the last packet.</summary>
    public void Finish(ref Findings findings)
    {
        if (state == State.InBody && remaining > 0)
            findings.Note($"the last packet of PID {pid} is cut short");
        EndPacket();
    }

    public abstract TrackReport Report(ref Findings findings);

    /// <param name="time">Its presentation time in 1/<see cref="ClockRate"/> s with wraps undone; null if it has none.</param>
    protected abstract void Begin(long? time);
    protected abstract void Append(ReadOnlySpan<byte> data);
    protected abstract void End();

    /// <summary>Time stamps are told modulo 2^33, whatever undoing the wraps has made of them.</summary>
    protected static TimeSpan? ToTimestamp(long? time) =>
        time is { } units ? MediaTime.From((units % Wrap + Wrap) % Wrap, ClockRate) : null;

    private void EndPacket()
    {
        if (state == State.InBody)
            End();
        state = State.Waiting;
    }

    /// <summary>Collects the header, which adaptation fields can push over into the next packet, and gives back what follows it.</summary>
    private ReadOnlySpan<byte> ReadHeader(ReadOnlySpan<byte> data)
    {
        Collect(ref data, FixedHeader);
        if (headerLength < FixedHeader)
            return default;
        if (!header.AsSpan().StartsWith((ReadOnlySpan<byte>)[0, 0, 1]) || (header[6] & 0xC0) != 0x80)
        {
            state = State.Waiting;
            return default;
        }
        var whole = FixedHeader + header[8];
        Collect(ref data, whole);
        if (headerLength < whole)
            return default;
        var length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4));
        remaining = length == 0 ? Unbounded : Math.Max(length + 6 - whole, 0);
        state = State.InBody;
        Packets++;
        var time = (header[7] & 0x80) != 0 && header[8] >= 5 ? Unwrap(ReadStamp(header.AsSpan(FixedHeader))) : (long?)null;
        if (time is { } stamp)
            Times.Add(stamp);
        Begin(time);
        return data;
    }

    private void Collect(ref ReadOnlySpan<byte> data, int wanted)
    {
        var taken = Math.Clamp(wanted - headerLength, 0, data.Length);
        data[..taken].CopyTo(header.AsSpan(headerLength));
        headerLength += taken;
        data = data[taken..];
    }

    private static long ReadStamp(ReadOnlySpan<byte> field) =>
        (long)(field[0] >> 1 & 7) << 30 | (long)(field[1] << 7 | field[2] >> 1) << 15 | (long)(field[3] << 7 | field[4] >> 1);

    /// <summary>The nearest time to the stamp before that has these 33 bits.</summary>
    private long Unwrap(long stamp)
    {
        var before = lastStamp ?? stamp;
        var step = stamp - before & Wrap - 1;
        lastStamp = before + (step >= Wrap / 2 ? step - Wrap : step);
        return lastStamp.Value;
    }
}
