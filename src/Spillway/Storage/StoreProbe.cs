using System.Text;

namespace Spillway.Storage;

/// <summary>
/// Asks a store whether it can do what is needed of it, with one small object of a name of its own: write, keep to a
/// condition, read back, delete.
/// </summary>
internal static class StoreProbe
{
    private static readonly ObjectHeaders Headers = new("text/plain; charset=utf-8", "no-store");

    /// <param name="singleWriter">The store need not keep to conditions (<c>Storage:SingleWriter</c>).</param>
    /// <param name="pause">Between two writes of one key: R2 takes one a second.</param>
    /// <returns>What is wrong, or null.</returns>
    public static async Task<StoreFault?> RunAsync(
        IObjectStore store,
        bool singleWriter,
        TimeSpan pause,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var name = $"spillway-check-{Guid.NewGuid():n}";
        string[] keys = [$"{name}.txt", $"{name}-missing.txt"];
        var body = Encoding.UTF8.GetBytes($"Written by Spillway to check that the store works: {name}\n");
        var fault = await RoundTripAsync(store, keys[0], body, cancellationToken);
        if (fault is null && !singleWriter)
        {
            await Task.Delay(pause, time, cancellationToken);
            fault = await ConditionsAsync(store, keys[0], keys[1], body, cancellationToken);
        }
        try
        {
            // Also after a fault: a PUT without an answer may have stored it.
            await store.DeleteAsync(keys, cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            fault ??= exception.Fault;
        }
        return fault;
    }

    private static async Task<StoreFault?> RoundTripAsync(
        IObjectStore store,
        string key,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        var put = await store.PutAsync(key, body, Headers, PutCondition.None, cancellationToken);
        if (put.Status != PutStatus.Stored)
            return put.Fault;
        var get = await store.GetAsync(key, cancellationToken);
        if (get.Status is GetStatus.Refused or GetStatus.Unknown)
            return get.Fault;
        if (get.Object is null || !get.Object.Body.Span.SequenceEqual(body))
            return new StoreFault(
                StoreFaultKind.Other,
                "The store said that it had stored an object, and then did not read it back the same.",
                "Check that Storage:Endpoint is the store itself and not a cache in front of it."
            );
        return null;
    }

    /// <summary>Each of the two conditions, where it is false: some stores know the one and not the other.</summary>
    private static async Task<StoreFault?> ConditionsAsync(
        IObjectStore store,
        string existing,
        string missing,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        var over = await store.PutAsync(existing, body, Headers, PutCondition.Missing, cancellationToken);
        if (over.Status != PutStatus.PreconditionFailed)
            return over.Status == PutStatus.Stored ? Ignored("If-None-Match") : over.Fault;
        var etag = PutCondition.Matches("\"00000000000000000000000000000000\"");
        var onto = await store.PutAsync(missing, body, Headers, etag, cancellationToken);
        if (onto.Status != PutStatus.PreconditionFailed)
            return onto.Status == PutStatus.Stored ? Ignored("If-Match") : onto.Fault;
        return null;
    }

    private static StoreFault Ignored(string header) =>
        new(
            StoreFaultKind.Other,
            $"The store ignores {header} on PUT, so two writers could overwrite each other.",
            "Use a store with conditional PUT (such as Cloudflare R2), or set Storage:SingleWriter to true and run only one Spillway."
        );
}
