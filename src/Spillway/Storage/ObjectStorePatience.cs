using System.Globalization;

namespace Spillway.Storage;

/// <summary>One attempt at the store that may take so long and no longer: then nobody knows whether it happened.</summary>
internal static class ObjectStorePatience
{
    public static async Task<PutResult> PutWithinAsync(
        this IObjectStore store,
        TimeSpan patience,
        TimeProvider time,
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await store.PutAsync(key, body, headers, condition, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PutResult(PutStatus.Unknown, null, NoAnswer(patience));
        }
    }

    public static async Task<GetResult> GetWithinAsync(
        this IObjectStore store,
        TimeSpan patience,
        TimeProvider time,
        string key,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await store.GetAsync(key, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GetResult(GetStatus.Unknown, null, NoAnswer(patience));
        }
    }

    private static StoreFault NoAnswer(TimeSpan patience) =>
        new(
            StoreFaultKind.Unreachable,
            string.Create(CultureInfo.InvariantCulture, $"No answer within {patience.TotalSeconds:0.#} s."),
            "It is tried again. If it goes on, look at this machine's network, or use a nearer store or a lower bit rate."
        );
}
