using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>One elementary stream of a transport stream: takes its PES packets apart (ISO/IEC 13818-1 section 2.4.3.6).</summary>
internal abstract class PesTrack(int pid)
{
    public const int ClockRate = 90_000;
    public const long Wrap = 1L << 33;

    private const int FixedHeader = 9;
    private const int Unbounded = -1;

    private readonly byte[] _header = new byte[FixedHeader + byte.MaxValue];
    private int _headerLength;
    private State _state;
    private int _remaining;
    private int _continuity = -1;
    private long? _lastStamp;

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
            _continuity >= 0
            && packet.Continuity != (_continuity + 1 & 0x0F)
            && packet.Continuity != _continuity
            && !packet.IsDiscontinuity
        )
            findings.Note(
                $"packets of PID {pid} are missing (its continuity counter jumps): the source or the way from it loses data"
            );
        _continuity = packet.Continuity;
        if (packet.StartsUnit)
        {
            EndPacket();
            (_state, _headerLength) = (State.InHeader, 0);
        }
        var data = packet.Payload;
        if (_state == State.InHeader)
            data = ReadHeader(data);
        if (_state != State.InBody)
            return;
        if (_remaining != Unbounded)
        {
            data = data[..Math.Min(data.Length, _remaining)];
            _remaining -= data.Length;
        }
        Append(data);
    }

    /// <summary>To be called once, after the last packet.</summary>
    public void Finish(ref Findings findings)
    {
        if (_state == State.InBody && _remaining > 0)
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
        if (_state == State.InBody)
            End();
        _state = State.Waiting;
    }

    /// <summary>Collects the header, which adaptation fields can push over into the next packet, and gives back what follows it.</summary>
    private ReadOnlySpan<byte> ReadHeader(ReadOnlySpan<byte> data)
    {
        Collect(ref data, FixedHeader);
        if (_headerLength < FixedHeader)
            return default;
        if (!_header.AsSpan().StartsWith((ReadOnlySpan<byte>)[0, 0, 1]) || (_header[6] & 0xC0) != 0x80)
        {
            _state = State.Waiting;
            return default;
        }
        var whole = FixedHeader + _header[8];
        Collect(ref data, whole);
        if (_headerLength < whole)
            return default;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(4));
        _remaining = length == 0 ? Unbounded : Math.Max(length + 6 - whole, 0);
        _state = State.InBody;
        Packets++;
        var time = (_header[7] & 0x80) != 0 && _header[8] >= 5 ? Unwrap(ReadStamp(_header.AsSpan(FixedHeader))) : (long?)null;
        if (time is { } stamp)
            Times.Add(stamp);
        Begin(time);
        return data;
    }

    private void Collect(ref ReadOnlySpan<byte> data, int wanted)
    {
        var taken = Math.Clamp(wanted - _headerLength, 0, data.Length);
        data[..taken].CopyTo(_header.AsSpan(_headerLength));
        _headerLength += taken;
        data = data[taken..];
    }

    private static long ReadStamp(ReadOnlySpan<byte> field) =>
        (long)(field[0] >> 1 & 7) << 30 | (long)(field[1] << 7 | field[2] >> 1) << 15 | (long)(field[3] << 7 | field[4] >> 1);

    /// <summary>The nearest time to the stamp before that has these 33 bits.</summary>
    private long Unwrap(long stamp)
    {
        var before = _lastStamp ?? stamp;
        var step = stamp - before & Wrap - 1;
        _lastStamp = before + (step >= Wrap / 2 ? step - Wrap : step);
        return _lastStamp.Value;
    }
}
