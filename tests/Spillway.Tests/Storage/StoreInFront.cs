using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>Stands before a store and passes everything on, but for what a test's own line does otherwise.</summary>
internal abstract class StoreInFront(IObjectStore inner) : IObjectStore
{
    protected IObjectStore Inner => inner;

    public virtual DateTimeOffset Now => inner.Now;

    public virtual Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public virtual Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    ) => inner.PutAsync(key, body, headers, condition, cancellationToken);

    public virtual Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
        inner.GetAsync(key, cancellationToken);

    public virtual IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public virtual Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        inner.DeleteAsync(keys, cancellationToken);
}
