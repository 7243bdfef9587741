namespace Spillway.Storage;

/// <summary>How a mutable object is had; null when there is none.</summary>
/// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
internal delegate Task<StoredObject?> ReadObject(string key, CancellationToken cancellationToken);

internal static class ObjectReading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads, and nothing else.</summary>
    public static ReadObject Reader(this IObjectStore store, TimeProvider time) =>
        async (key, cancellationToken) =>
        {
            var result = await store.GetWithinAsync(Patience, time, key, cancellationToken);
            return result.Status switch
            {
                GetStatus.Found => result.Object,
                GetStatus.Missing => null,
                _ => throw new ObjectStoreException(
                    result.Fault ?? new StoreFault(StoreFaultKind.Other, $"{key} could not be read.", "It is tried again.")
                ),
            };
        };
}
