namespace Spillway.Sources.Rtmp;

/// <summary>
/// The server's half of the handshake (RTMP 1.0 section 5.2), in its simple form. Clients that begin the "complex" one, with a
/// digest in their bytes, take the simple answer: a version of 0 in it says that there is nothing to be checked.
/// </summary>
internal sealed class RtmpHandshake
{
    private const byte Version = 3;
    private const int PacketLength = 1536;

    /// <summary>C0 and C1; C2 is only counted.</summary>
    private readonly byte[] _hello = new byte[1 + PacketLength];
    private int _received;

    public bool IsDone => _received == 1 + 2 * PacketLength;

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes what belongs to the handshake and answers as soon as the client's hello is there.</summary>
    /// <returns>How many bytes were taken; all of them after a problem.</returns>
    public int Read(ReadOnlySpan<byte> bytes, RtmpChunkWriter answer)
    {
        var used = 0;
        if (_received < _hello.Length && bytes.Length > 0)
        {
            used = Math.Min(bytes.Length, _hello.Length - _received);
            bytes[..used].CopyTo(_hello.AsSpan(_received));
            _received += used;
            if (_hello[0] != Version)
            {
                Problem = Describe(_hello[0]);
                return bytes.Length;
            }
            if (_received == _hello.Length)
                Answer(answer);
        }
        if (_received >= _hello.Length)
        {
            var rest = Math.Min(bytes.Length - used, 1 + 2 * PacketLength - _received);
            used += rest;
            _received += rest;
        }
        return used;
    }

    private void Answer(RtmpChunkWriter answer)
    {
        var packets = new byte[1 + 2 * PacketLength];
        packets[0] = Version;
        // Time 0 and version 0, then bytes that should be random; then the client's own packet back.
        Random.Shared.NextBytes(packets.AsSpan(9, PacketLength - 8));
        _hello.AsSpan(1).CopyTo(packets.AsSpan(1 + PacketLength));
        answer.WriteRaw(packets);
    }

    private static string Describe(byte first) =>
        first switch
        {
            0x16 => "It speaks TLS: the address must begin with rtmp://, not rtmps://.",
            6 or 8 => "It speaks encrypted RTMP (RTMPE): the address must begin with rtmp://, not rtmpe://.",
            >= 0x20 and < 0x7f => "It does not speak RTMP, but some protocol of text lines, such as HTTP.",
            _ => $"It does not speak RTMP (version {first} instead of 3).",
        };
}
