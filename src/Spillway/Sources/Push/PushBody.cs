using System.Buffers;
using System.IO.Pipelines;

namespace Spillway.Sources.Push;

internal enum BodyOutcome
{
    Whole,
    TooLarge,
    TooMany,
    BrokenOff,
}

/// <summary>Reads a request's body to its end, or not at all.</summary>
internal static class PushBody
{
    /// <summary>
    /// ffmpeg opens an initialization section and sends its first byte when its first segment is cut, and a paused encoder sends nothing
    /// for a while: both come to an end. A connection without anybody at its other side does not.
    /// </summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);
    private const int FirstRoom = 64 * 1024;

    /// <param name="body">Of the request.</param>
    /// <param name="declared">Content-Length; null when it comes in chunks.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="inlet">Says how much may be on its way at one time; null for what is thrown away.</param>
    public static async Task<(BodyOutcome Outcome, ReadOnlyMemory<byte> Bytes)> ReadAsync(
        PipeReader body,
        long? declared,
        long limit,
        PushInlet? inlet,
        TimeProvider time
    )
    {
        if (declared > limit)
            return (BodyOutcome.TooLarge, default);
        var room = (int)Math.Min(limit, declared ?? FirstRoom);
        if (inlet is not null && !inlet.TryBegin(room))
            return (BodyOutcome.TooMany, default);
        try
        {
            var bytes = inlet is null ? [] : new byte[room];
            var length = 0L;
            using var late = new CancellationTokenSource(Idle, time);
            // Not RequestAborted: ffmpeg closes its side with the last byte, and what it has sent is still to be read then.
            while (true)
            {
                var read = await body.ReadAsync(late.Token);
                late.CancelAfter(Idle);
                var start = length;
                length += read.Buffer.Length;
                if (length > limit)
                    return (BodyOutcome.TooLarge, default);
                if (inlet is not null && length > bytes.Length)
                {
                    var larger = (int)Math.Min(limit, Math.Max(length, bytes.Length * 2L));
                    if (!inlet.TryGrow(larger - room))
                        return (BodyOutcome.TooMany, default);
                    room = larger;
                    Array.Resize(ref bytes, room);
                }
                if (inlet is not null)
                    read.Buffer.CopyTo(bytes.AsSpan((int)start));
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled)
                    return (BodyOutcome.BrokenOff, default);
                if (!read.IsCompleted)
                    continue;
                if (inlet is not null && length < bytes.Length)
                    Array.Resize(ref bytes, (int)length);
                return (BodyOutcome.Whole, bytes);
            }
        }
        catch (BadHttpRequestException exception)
        {
            return (
                exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyOutcome.TooLarge : BodyOutcome.BrokenOff,
                default
            );
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return (BodyOutcome.BrokenOff, default);
        }
        finally
        {
            inlet?.End(room);
        }
    }
}
