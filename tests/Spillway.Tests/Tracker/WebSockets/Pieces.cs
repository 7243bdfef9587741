using System.Buffers;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>Bytes as a pipe shows them: in several pieces.</summary>
internal static class Pieces
{
    /// <param name="bytes">All.</param>
    /// <param name="next">Length of the next piece, at least 0.</param>
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, Func<int> next)
    {
        var first = new Piece(bytes[..0], null);
        var last = first;
        while (bytes.Length > 0)
        {
            var length = Math.Min(next(), bytes.Length);
            last = new Piece(bytes[..length], last);
            bytes = bytes[length..];
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
