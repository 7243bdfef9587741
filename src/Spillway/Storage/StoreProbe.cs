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
        var (etag, fault) = await RoundTripAsync(store, keys[0], body, cancellationToken);
        if (etag is not null && !singleWriter)
        {
            await Task.Delay(pause, time, cancellationToken);
            fault = await FalseConditionsAsync(store, keys[0], keys[1], body, cancellationToken);
            if (fault is null)
            {
                await Task.Delay(pause, time, cancellationToken);
                fault = await TrueConditionAsync(store, keys[0], etag, body, cancellationToken);
            }
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

    /// <returns>The ETag, or what is wrong.</returns>
    private static async Task<(string? ETag, StoreFault? Fault)> RoundTripAsync(
        IObjectStore store,
        string key,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        var put = await store.PutAsync(key, body, Headers, PutCondition.None, cancellationToken);
        if (put.Status != PutStatus.Stored)
            return (null, put.Fault);
        var get = await store.GetAsync(key, cancellationToken);
        if (get.Status is GetStatus.Refused or GetStatus.Unknown)
            return (null, get.Fault);
        if (get.Object is not { } found || found.ETag != put.ETag || !found.Body.Span.SequenceEqual(body))
            return (
                null,
                new StoreFault(
                    StoreFaultKind.Other,
                    "The store said that it had stored an object, and then did not read it back the same.",
                    "Check that Storage:Endpoint is the store itself and not a cache in front of it."
                )
            );
        return (found.ETag, null);
    }

    /// <summary>Each of the two conditions, where it is false: some stores know the one and not the other.</summary>
    private static async Task<StoreFault?> FalseConditionsAsync(
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
        var another = PutCondition.Matches("\"00000000000000000000000000000000\"");
        var onto = await store.PutAsync(missing, body, Headers, another, cancellationToken);
        if (onto.Status != PutStatus.PreconditionFailed)
            return onto.Status == PutStatus.Stored ? Ignored("If-Match") : onto.Fault;
        return null;
    }

    /// <summary>A store that always says 412 would never let a lease be renewed.</summary>
    private static async Task<StoreFault?> TrueConditionAsync(
        IObjectStore store,
        string key,
        string etag,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        var put = await store.PutAsync(key, body, Headers, PutCondition.Matches(etag), cancellationToken);
        return put.Status switch
        {
            PutStatus.Stored => null,
            PutStatus.PreconditionFailed => new StoreFault(
                StoreFaultKind.Other,
                "The store refuses If-Match with the ETag that it gave itself.",
                "Use a store with conditional PUT (such as Cloudflare R2), or set Storage:SingleWriter to true and run only one Spillway."
            ),
            _ => put.Fault,
        };
    }

    private static StoreFault Ignored(string header) =>
        new(
            StoreFaultKind.Other,
            $"The store ignores {header} on PUT, so two writers could overwrite each other.",
            "Use a store with conditional PUT (such as Cloudflare R2), or set Storage:SingleWriter to true and run only one Spillway."
        );
}
