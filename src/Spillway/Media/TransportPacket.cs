using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>One packet of an MPEG transport stream: ISO/IEC 13818-1 section 2.4.3.2.</summary>
internal readonly ref struct TransportPacket
{
    public const int Size = 188;
    public const byte Sync = 0x47;

    /// <param name="packet">Exactly <see cref="Size"/> bytes.</param>
    public TransportPacket(ReadOnlySpan<byte> packet)
    {
        var head = BinaryPrimitives.ReadUInt32BigEndian(packet);
        IsInSync = head >> 24 == Sync && (head & 0x800000) == 0;
        StartsUnit = (head & 0x400000) != 0;
        Pid = (int)(head >> 8 & 0x1FFF);
        IsScrambled = (head & 0xC0) != 0;
        Continuity = (int)(head & 0x0F);
        var adaptation = (head & 0x20) != 0 ? packet[4] + 1 : 0;
        IsDiscontinuity = adaptation > 1 && (packet[5] & 0x80) != 0;
        Payload = (head & 0x10) != 0 && adaptation <= Size - 4 ? packet[(4 + adaptation)..] : default;
    }

    /// <summary>It begins with the sync byte and no receiver has marked it as broken.</summary>
    public bool IsInSync { get; }

    /// <summary>A PES packet or a table section begins in the payload.</summary>
    public bool StartsUnit { get; }
    public int Pid { get; }
    public bool IsScrambled { get; }

    /// <summary>Counts the packets with payload of one PID, modulo 16.</summary>
    public int Continuity { get; }

    /// <summary>A jump of the counter is meant here.</summary>
    public bool IsDiscontinuity { get; }

    /// <summary>Empty if there is none.</summary>
    public ReadOnlySpan<byte> Payload { get; }
}
