using System.Diagnostics;

namespace Spillway.TestSupport;

/// <summary>A line of limited speed that all uploads share.</summary>
/// <param name="bytesPerSecond">Its speed.</param>
internal sealed class SharedLine(double bytesPerSecond)
{
    private readonly Lock _gate = new();
    private readonly long _origin = Stopwatch.GetTimestamp();
    private TimeSpan _free;

    /// <summary>Waits until so many bytes have gone through.</summary>
    public Task PassAsync(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = Stopwatch.GetElapsedTime(_origin);
            _free = (_free > now ? _free : now) + TimeSpan.FromSeconds(bytes / bytesPerSecond);
            wait = _free - now;
        }
        return Task.Delay(wait, cancellationToken);
    }
}

/// <summary>A request's body as it comes over a slow line, or one that breaks.</summary>
/// <param name="body">What the client sends.</param>
/// <param name="line">Null: as fast as it comes.</param>
/// <param name="breaksAfter">Bytes after which reading fails.</param>
internal sealed class LineStream(Stream body, SharedLine? line, long breaksAfter) : Stream
{
    private const int Chunk = 4096;

    private long _left = breaksAfter;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left <= 0)
            throw new IOException("The line broke, as planned by the test.");
        var most = (int)Math.Min(_left, line is null ? buffer.Length : Math.Min(Chunk, buffer.Length));
        var read = await body.ReadAsync(buffer[..most], cancellationToken);
        _left -= read;
        if (line is not null && read > 0)
            await line.PassAsync(read, cancellationToken);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
