namespace Spillway.Sources.Rtmp;

/// <summary>Message type ids: RTMP 1.0 sections 5.4 and 7.1.</summary>
internal enum RtmpMessageType : byte
{
    SetChunkSize = 1,
    Abort = 2,
    Acknowledgement = 3,
    UserControl = 4,
    WindowSize = 5,
    PeerBandwidth = 6,
    Audio = 8,
    Video = 9,
    DataAmf3 = 15,
    CommandAmf3 = 17,
    Data = 18,
    Command = 20,
    Aggregate = 22,
}

/// <param name="Time">Milliseconds, modulo 2^32.</param>
/// <param name="Stream">The message stream it belongs to; 0 is the connection itself.</param>
internal readonly record struct RtmpMessage(RtmpMessageType Type, uint Time, uint Stream, ReadOnlyMemory<byte> Body);
