namespace Spillway.Watch;

/// <summary>A viewer's watch, which goes as the given time does and counts from when it was made.</summary>
internal sealed class ViewerClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public Task WaitAsync(TimeSpan duration, CancellationToken cancellation) => Task.Delay(duration, time, cancellation);
}
