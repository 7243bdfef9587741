using System.Buffers.Binary;

namespace Spillway.Tests.Media;

/// <summary>Writes transport streams that no muxer would: odd splits, odd streams, lost packets.</summary>
internal sealed class TransportStreamBuilder
{
    private const int MapPid = 0x1000;

    private readonly List<byte> _stream = [];
    private readonly Dictionary<int, int> _counters = [];

    public byte[] Bytes => _stream.ToArray();

    /// <summary>PAT and PMT of one program.</summary>
    public TransportStreamBuilder Program(params (int Pid, byte Type, byte[] Descriptors)[] streams)
    {
        Unit(0, [0, .. Section(0x00, [0, 1, 0xC1, 0, 0, 0, 1, 0xE0 | MapPid >> 8, MapPid & 0xFF])]);
        byte[] entries =
        [
            .. streams.SelectMany(s =>
                (byte[])
                    [
                        s.Type,
                        (byte)(0xE0 | s.Pid >> 8),
                        (byte)s.Pid,
                        (byte)(0xF0 | s.Descriptors.Length >> 8),
                        (byte)s.Descriptors.Length,
                        .. s.Descriptors,
                    ]
            ),
        ];
        return Unit(MapPid, [0, .. Section(0x02, [0, 1, 0xC1, 0, 0, 0xE1, 0, 0xF0, 0, .. entries])]);
    }

    /// <param name="time">Presentation time at 90 kHz.</param>
    /// <param name="claim">Bytes that the length field claims beyond those there; null for length 0, "unknown".</param>
    public TransportStreamBuilder Pes(int pid, long time, byte[] payload, int? claim = 0)
    {
        var length = claim is { } more ? 8 + payload.Length + more : 0;
        byte[] stamp =
        [
            (byte)(0x21 | time >> 29 & 0x0E),
            (byte)(time >> 22),
            (byte)(0x01 | time >> 14 & 0xFE),
            (byte)(time >> 7),
            (byte)(0x01 | time << 1),
        ];
        return Unit(pid, [0, 0, 1, 0xE0, (byte)(length >> 8), (byte)length, 0x80, 0x80, 5, .. stamp, .. payload]);
    }

    /// <summary>One PES packet or table section, in as many packets as it takes.</summary>
    /// <param name="pieceSize">How much of it the next packet gets: 1 to 184 bytes.</param>
    public TransportStreamBuilder Unit(int pid, ReadOnlySpan<byte> unit, Func<int>? pieceSize = null, bool starts = true)
    {
        Span<byte> packet = stackalloc byte[188];
        for (; !unit.IsEmpty; starts = false)
        {
            var piece = unit[..Math.Min(unit.Length, pieceSize?.Invoke() ?? 184)];
            unit = unit[piece.Length..];
            var counter = _counters[pid] = _counters.GetValueOrDefault(pid, -1) + 1 & 15;
            packet.Fill(0xFF);
            packet[0] = 0x47;
            packet[1] = (byte)((starts ? 0x40 : 0) | pid >> 8);
            packet[2] = (byte)pid;
            packet[3] = (byte)((piece.Length < 184 ? 0x30 : 0x10) | counter);
            if (piece.Length < 184)
                packet[4] = (byte)(183 - piece.Length);
            if (piece.Length < 183)
                packet[5] = 0;
            piece.CopyTo(packet[(188 - piece.Length)..]);
            _stream.AddRange(packet);
        }
        return this;
    }

    /// <summary>The next packets of <paramref name="pid"/> are as if some before them had been lost.</summary>
    public TransportStreamBuilder Lose(int pid)
    {
        _counters[pid] += 3;
        return this;
    }

    private static byte[] Section(byte table, byte[] body)
    {
        byte[] section = [table, (byte)(0xB0 | body.Length + 4 >> 8), (byte)(body.Length + 4), .. body, 0, 0, 0, 0];
        var crc = uint.MaxValue;
        foreach (var value in section.AsSpan(0, section.Length - 4))
            for (var bit = 7; bit >= 0; bit--)
                crc = crc << 1 ^ ((crc >> 31 ^ (uint)(value >> bit & 1)) != 0 ? 0x04C11DB7u : 0);
        BinaryPrimitives.WriteUInt32BigEndian(section.AsSpan(section.Length - 4), crc);
        return section;
    }
}
