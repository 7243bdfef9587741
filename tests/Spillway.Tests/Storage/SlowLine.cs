using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>A real store behind a line of limited speed, by the test's clock: uploads that go at one time share it.</summary>
internal sealed class SlowLine(IObjectStore inner, FastClock clock, double bytesPerSecond) : StoreInFront(inner)
{
    private const int Chunk = 10_000;

    private readonly Lock _gate = new();
    private TimeSpan _free;
    private int _active;
    private int _timedOut;

    /// <summary>PUTs whose client did not wait for the end: what they had sent was for nothing.</summary>
    public int TimedOut => Volatile.Read(ref _timedOut);

    public override async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            if (_active++ == 0)
                _free = clock.Elapsed;
        }
        try
        {
            for (var sent = 0; sent < body.Length; sent += Chunk)
                await Task.Delay(Pass(Math.Min(Chunk, body.Length - sent)), clock.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _timedOut);
            throw;
        }
        finally
        {
            lock (_gate)
                _active--;
        }
        return await Inner.PutAsync(key, body, headers, condition, CancellationToken.None);
    }

    private TimeSpan Pass(int bytes)
    {
        lock (_gate)
        {
            // However late this is called: the line has been busy all the time.
            _free += TimeSpan.FromSeconds(bytes / bytesPerSecond);
            var wait = _free - clock.Elapsed;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }
}
