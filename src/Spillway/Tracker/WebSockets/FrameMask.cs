using System.Buffers;
using System.Numerics;

namespace Spillway.Tracker.WebSockets;

/// <summary>https://www.rfc-editor.org/rfc/rfc6455#section-5.3</summary>
internal static class FrameMask
{
    /// <summary>Copies a payload and takes the mask off on the way.</summary>
    /// <param name="masked">As it came, perhaps in several pieces.</param>
    /// <param name="payload">As long.</param>
    /// <param name="key">The four bytes of the mask, the first one lowest. .NET runs on little-endian processors only.</param>
    public static void Remove(in ReadOnlySequence<byte> masked, Span<byte> payload, uint key)
    {
        if (masked.IsSingleSegment)
        {
            Remove(masked.FirstSpan, payload, key);
            return;
        }
        var done = 0;
        foreach (var piece in masked)
        {
            // The mask goes on where the last piece ended.
            Remove(piece.Span, payload[done..], BitOperations.RotateRight(key, 8 * (done & 3)));
            done += piece.Length;
        }
    }

    private static void Remove(ReadOnlySpan<byte> masked, Span<byte> payload, uint key)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(key));
        var done = 0;
        for (; masked.Length - done >= Vector<byte>.Count; done += Vector<byte>.Count)
            (new Vector<byte>(masked[done..]) ^ wide).CopyTo(payload[done..]);
        for (; done < masked.Length; done++)
            payload[done] = (byte)(masked[done] ^ (key >> (8 * (done & 3))));
    }
}
