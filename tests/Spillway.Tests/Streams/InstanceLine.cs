using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>One instance's way to the store, which can be cut or stand still while other instances' ways are well.</summary>
internal sealed class InstanceLine(IObjectStore store) : StoreInFront(store)
{
    private static readonly StoreFault NoRoute = new(StoreFaultKind.Unreachable, "No route to host.", "Check the line.");

    private volatile TaskCompletionSource? _frozen;
    private int _puts;
    private int _underWay;

    /// <summary>Nothing gets through, and the client is told so.</summary>
    public bool IsCut { get; set; }

    /// <summary>PUTs of mutable objects begun so far.</summary>
    public int Puts => Volatile.Read(ref _puts);

    /// <summary>PUTs that have neither arrived nor failed.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Awaited before a PUT of a mutable object gets on its way: its key, and how many there were before it.</summary>
    public Func<string, int, Task> BeforePut { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Requests and answers stay where they are.</summary>
    public void Freeze() => _frozen ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => Interlocked.Exchange(ref _frozen, null)?.SetResult();

    public override Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        // What the client has given up may arrive all the same.
        return SendAsync().WaitAsync(cancellationToken);

        async Task<PutResult> SendAsync()
        {
            Interlocked.Increment(ref _underWay);
            try
            {
                return await SendOnAsync();
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }

        async Task<PutResult> SendOnAsync()
        {
            if (condition != PutCondition.None)
                await BeforePut(key, Interlocked.Increment(ref _puts) - 1);
            await ThawedAsync();
            if (IsCut)
                return new PutResult(PutStatus.Unknown, null, NoRoute);
            var result = await Inner.PutAsync(key, body, headers, condition, CancellationToken.None);
            await ThawedAsync();
            return IsCut ? new PutResult(PutStatus.Unknown, null, NoRoute) : result;
        }
    }

    public override async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        await ThawedAsync().WaitAsync(cancellationToken);
        var result = IsCut ? new GetResult(GetStatus.Unknown, null, NoRoute) : await Inner.GetAsync(key, cancellationToken);
        await ThawedAsync().WaitAsync(cancellationToken);
        return result;
    }

    private Task ThawedAsync() => _frozen?.Task ?? Task.CompletedTask;
}
