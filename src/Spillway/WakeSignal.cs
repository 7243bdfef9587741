namespace Spillway;

/// <summary>Ends one waiter's pause early; signals given meanwhile count once.</summary>
internal sealed class WakeSignal
{
    private TaskCompletionSource _signal = New();

    public void Set() => Volatile.Read(ref _signal).TrySetResult();

    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var set = Volatile.Read(ref _signal);
        using (var done = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            await Task.WhenAny(set.Task, Task.Delay(longest, time, done.Token));
            await done.CancelAsync();
        }
        ct.ThrowIfCancellationRequested();
        if (set.Task.IsCompleted)
            Volatile.Write(ref _signal, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
