using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>
/// One process's way to the store, which can be frozen, and cut for good at any PUT: from then on nothing that the process
/// does reaches the store, and it gets no answer.
/// </summary>
internal sealed class Lifeline(IObjectStore inner) : StoreInFront(inner)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _thawed = Done();
    private int _puts;
    private int _last = int.MaxValue;
    private bool _lastLands;

    /// <summary>Completes when it is cut.</summary>
    public Task Dead => _dead.Task;

    /// <summary>PUTs that came to it.</summary>
    public int Puts => Volatile.Read(ref _puts);

    /// <summary>Cut at that PUT (from 1), which gets to the store or does not.</summary>
    public void CutAt(int put, bool lands)
    {
        lock (_gate)
            (_last, _lastLands) = (put, lands);
    }

    public void Cut()
    {
        lock (_gate)
            _last = 0;
        _dead.TrySetResult();
    }

    /// <summary>Nothing gets through until <see cref="Thaw"/>.</summary>
    public void Freeze()
    {
        lock (_gate)
            _thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Thaw()
    {
        lock (_gate)
            _thawed.TrySetResult();
    }

    public override async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        await ThawedAsync(cancellationToken);
        var (isLast, gets) = Count();
        if (gets)
        {
            var result = await Inner.PutAsync(key, body, headers, condition, CancellationToken.None);
            if (!isLast && !Dead.IsCompleted)
                return result;
        }
        _dead.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }

    public override async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        await ThawedAsync(cancellationToken);
        if (Dead.IsCompleted)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return await Inner.GetAsync(key, cancellationToken);
    }

    private (bool IsLast, bool Gets) Count()
    {
        lock (_gate)
        {
            _puts++;
            return (_puts == _last, _puts < _last || (_puts == _last && _lastLands));
        }
    }

    private Task ThawedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _thawed.Task.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
