using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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
internal sealed class FaultyStore : IObjectStore
{
    private static readonly StoreFault Reset = new(StoreFaultKind.Unreachable, "The connection was reset.", "Check the line.");
    private static readonly StoreFault No = new(StoreFaultKind.Denied, "The store said no.", "Check Storage:SecretAccessKey.");

    private readonly IObjectStore inner;
    private readonly Func<TimeSpan> now;
    private readonly ConcurrentQueue<SeenPut> puts = new();
    private readonly Queue<PutFault> planned = new();
    private volatile TaskCompletionSource late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int busy;
    private int waiting;
    private int parallel;
    private int mostParallel;

    public FaultyStore(IObjectStore inner, Func<TimeSpan> now) => (this.inner, this.now) = (inner, now);

    /// <summary>Decides by key; null for none. Comes after what is planned.</summary>
    public Func<string, PutFault?> Rule { get; set; } = static _ => null;

    /// <summary>The store cannot be read.</summary>
    public bool CannotBeRead { get; set; }

    /// <summary>Every PUT in the order of the answers.</summary>
    public IReadOnlyList<SeenPut> Puts => [.. puts];

    /// <summary>Those that the store took.</summary>
    public IEnumerable<SeenPut> Stored => puts.Where(static put => put.Outcome == PutStatus.Stored);

    /// <summary>The real store is at work now.</summary>
    public bool IsBusy => Volatile.Read(ref busy) > 0;

    /// <summary>PUTs held back now.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>The most PUTs at one time so far.</summary>
    public int MostParallel => Volatile.Read(ref mostParallel);

    public DateTimeOffset Now => inner.Now;

    public void Plan(params PutFault[] faults)
    {
        lock (planned)
            Array.ForEach(faults, planned.Enqueue);
    }

    /// <summary>Lets all go that are <see cref="PutFault.Late"/>.</summary>
    public void Release()
    {
        var released = Interlocked.Exchange(ref late, new(TaskCreationOptions.RunContinuationsAsynchronously));
        released.SetResult();
    }

    public Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        var at = now();
        PutStatus? outcome = null;
        NoteParallel(Interlocked.Increment(ref parallel));
        try
        {
            switch (Next(key))
            {
                case PutFault.Lost:
                    return new PutResult(PutStatus.Unknown, null, Reset);
                case PutFault.Denied:
                    return new PutResult(PutStatus.Refused, null, No);
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
            Interlocked.Decrement(ref parallel);
            puts.Enqueue(new SeenPut(key, body.ToArray(), headers, condition, at, outcome, now()));
        }

        Task<PutResult> SendAsync() => WorkAsync(() => inner.PutAsync(key, body, headers, condition, CancellationToken.None));

        async Task<PutResult> LateAsync()
        {
            Interlocked.Increment(ref waiting);
            await late.Task;
            var result = await SendAsync();
            outcome = result.Status;
            if (cancellationToken.IsCancellationRequested)
                puts.Enqueue(new SeenPut(key, body.ToArray(), headers, condition, at, outcome, now()));
            Interlocked.Decrement(ref waiting);
            return result;
        }
    }

    public Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
        CannotBeRead
            ? Task.FromResult(new GetResult(GetStatus.Unknown, null, Reset))
            : WorkAsync(() => inner.GetAsync(key, cancellationToken));

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var entry in inner.ListAsync(prefix, cancellationToken))
            yield return entry;
    }

    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        inner.DeleteAsync(keys, cancellationToken);

    private async Task<T> WorkAsync<T>(Func<Task<T>> work)
    {
        Interlocked.Increment(ref busy);
        try
        {
            return await work();
        }
        finally
        {
            Interlocked.Decrement(ref busy);
        }
    }

    private PutFault? Next(string key)
    {
        lock (planned)
        {
            if (planned.TryDequeue(out var fault))
                return fault;
        }
        return Rule(key);
    }

    private void NoteParallel(int count)
    {
        for (int seen; (seen = mostParallel) < count; )
            Interlocked.CompareExchange(ref mostParallel, count, seen);
    }
}
