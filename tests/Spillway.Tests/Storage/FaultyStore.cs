using System.Collections.Concurrent;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>What happens to one PUT on its way to the real store.</summary>
internal enum PutFault
{
    /// <summary>It does not get there, and the client does not know: a reset, a 5xx.</summary>
    Lost,

    /// <summary>It gets there, and the client does not know.</summary>
    AnswerLost,

    /// <summary>The store says no: wrong credentials.</summary>
    Denied,

    /// <summary>The bucket is not there.</summary>
    NoBucket,

    /// <summary>The store asks for less: 429, 503 SlowDown.</summary>
    Throttled,

    /// <summary>Gets there when <see cref="FaultyStore.Release"/> is called, also when the client has given up.</summary>
    Late,
}

/// <param name="At">When it was sent.</param>
/// <param name="Outcome">What the store really did; null if it never got there.</param>
/// <param name="AnsweredAt">When the client heard of it, or gave up.</param>
internal sealed record SeenPut(
    string Key,
    byte[] Body,
    ObjectHeaders Headers,
    PutCondition Condition,
    TimeSpan At,
    PutStatus? Outcome,
    TimeSpan AnsweredAt
);

/// <summary>A real store behind a bad line: does to each PUT what the test asks for, and remembers all of them.</summary>
internal sealed class FaultyStore(IObjectStore inner, Func<TimeSpan> now) : StoreInFront(inner)
{
    private static readonly StoreFault Reset = new(StoreFaultKind.Unreachable, "The connection was reset.", "Check the line.");
    private static readonly StoreFault No = new(StoreFaultKind.Denied, "The store said no.", "Check Storage:SecretAccessKey.");

    private static readonly StoreFault Gone = new(StoreFaultKind.NoSuchBucket, "There is no such bucket.", "Create it.");
    private static readonly StoreFault Less = new(StoreFaultKind.Throttled, "Slow down.", "Write less often.");

    private readonly ConcurrentQueue<SeenPut> _puts = new();
    private readonly Queue<PutFault> _planned = new();
    private volatile TaskCompletionSource _late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _busy;
    private int _waiting;
    private int _parallel;
    private int _mostParallel;

    /// <summary>Decides by key; null for none. Comes after what is planned.</summary>
    public Func<string, PutFault?> Rule { get; set; } = static _ => null;

    /// <summary>The store cannot be read.</summary>
    public bool CannotBeRead { get; set; }

    /// <summary>Every PUT in the order of the answers.</summary>
    public IReadOnlyList<SeenPut> Puts => [.. _puts];

    /// <summary>Those that the store took.</summary>
    public IEnumerable<SeenPut> Stored => _puts.Where(static put => put.Outcome == PutStatus.Stored);

    /// <summary>The real store is at work now.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    /// <summary>PUTs held back now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The most PUTs at one time so far.</summary>
    public int MostParallel => Volatile.Read(ref _mostParallel);

    public void Plan(params PutFault[] faults)
    {
        lock (_planned)
            Array.ForEach(faults, _planned.Enqueue);
    }

    /// <summary>Lets all go that are <see cref="PutFault.Late"/>.</summary>
    public void Release()
    {
        var released = Interlocked.Exchange(ref _late, new(TaskCreationOptions.RunContinuationsAsynchronously));
        released.SetResult();
    }

    public override async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        var at = now();
        PutStatus? outcome = null;
        NoteParallel(Interlocked.Increment(ref _parallel));
        try
        {
            switch (Next(key))
            {
                case PutFault.Lost:
                    return new PutResult(PutStatus.Unknown, null, Reset);
                case PutFault.Denied:
                    return new PutResult(PutStatus.Refused, null, No);
                case PutFault.NoBucket:
                    return new PutResult(PutStatus.Refused, null, Gone);
                case PutFault.Throttled:
                    return new PutResult(PutStatus.Unknown, null, Less);
                case PutFault.AnswerLost:
                    outcome = (await SendAsync()).Status;
                    return new PutResult(PutStatus.Unknown, null, Reset);
                case PutFault.Late:
                    return await LateAsync().WaitAsync(cancellationToken);
                default:
                    var result = await SendAsync();
                    outcome = result.Status;
                    return result;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _parallel);
            _puts.Enqueue(new SeenPut(key, body.ToArray(), headers, condition, at, outcome, now()));
        }

        Task<PutResult> SendAsync() => WorkAsync(() => Inner.PutAsync(key, body, headers, condition, CancellationToken.None));

        async Task<PutResult> LateAsync()
        {
            Interlocked.Increment(ref _waiting);
            await _late.Task;
            var result = await SendAsync();
            outcome = result.Status;
            if (cancellationToken.IsCancellationRequested)
                _puts.Enqueue(new SeenPut(key, body.ToArray(), headers, condition, at, outcome, now()));
            Interlocked.Decrement(ref _waiting);
            return result;
        }
    }

    public override Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
        CannotBeRead
            ? Task.FromResult(new GetResult(GetStatus.Unknown, null, Reset))
            : WorkAsync(() => Inner.GetAsync(key, cancellationToken));

    private async Task<T> WorkAsync<T>(Func<Task<T>> work)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            return await work();
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    private PutFault? Next(string key)
    {
        lock (_planned)
        {
            if (_planned.TryDequeue(out var fault))
                return fault;
        }
        return Rule(key);
    }

    private void NoteParallel(int count)
    {
        for (int seen; (seen = _mostParallel) < count; )
            Interlocked.CompareExchange(ref _mostParallel, count, seen);
    }
}
