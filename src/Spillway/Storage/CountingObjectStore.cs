using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Spillway.Metrics;

namespace Spillway.Storage;

/// <summary>
/// Counts what is asked of a store, by the first part of the key: a live stream's name, or <c>watch</c>. It stands before the real
/// store and changes nothing.
/// </summary>
internal sealed class CountingObjectStore(IObjectStore inner) : IObjectStore
{
    /// <summary>Keys that one LIST or DELETE carries.</summary>
    private const int Page = 1000;

    private readonly ConcurrentDictionary<string, StoreCounters> _counters = new(StringComparer.Ordinal);

    public DateTimeOffset Now => inner.Now;

    public OperationCount Total =>
        _counters.Values.Aggregate(OperationCount.None, static (sum, counters) => sum + counters.Operations);

    /// <summary>All that has been asked for, by the first part of the keys.</summary>
    public IEnumerable<(string Name, StoreCounters Counters)> Roots => _counters.Select(static pair => (pair.Key, pair.Value));

    /// <summary>Is told how long each <c>put</c>, <c>get</c> or <c>delete</c> took. Null: nobody wants to know.</summary>
    public Action<string, TimeSpan>? Measured { get; set; }

    /// <param name="root">The first part of the keys.</param>
    public StoreCounters Of(string root) => _counters.GetOrAdd(root, static _ => new StoreCounters());

    /// <summary>Not counted: it is about no stream, and happens at the start.</summary>
    public Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        var status = PutStatus.Unknown;
        var start = Stopwatch.GetTimestamp();
        using var trace = Traces.StoreRequest("PUT", key);
        try
        {
            var result = await inner.PutAsync(key, body, headers, condition, cancellationToken);
            status = result.Status;
            return result;
        }
        finally
        {
            // Also when the caller's patience was at its end: it may have happened.
            OfKey(key).CountPut(key, status, body.Length);
            Traces.End(trace, status.ToString(), status is PutStatus.Refused or PutStatus.Unknown);
            Measured?.Invoke("put", Stopwatch.GetElapsedTime(start));
        }
    }

    public async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        var status = GetStatus.Unknown;
        var start = Stopwatch.GetTimestamp();
        using var trace = Traces.StoreRequest("GET", key);
        try
        {
            var result = await inner.GetAsync(key, cancellationToken);
            status = result.Status;
            return result;
        }
        finally
        {
            OfKey(key).CountGet(status);
            Traces.End(trace, status.ToString(), status is GetStatus.Refused or GetStatus.Unknown);
            Measured?.Invoke("get", Stopwatch.GetElapsedTime(start));
        }
    }

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var counters = OfKey(prefix);
        counters.CountList();
        long keys = 0;
        await foreach (var entry in inner.ListAsync(prefix, cancellationToken))
        {
            if (keys > 0 && keys % Page == 0)
                counters.CountList();
            keys++;
            yield return entry;
        }
    }

    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var group in keys.GroupBy(Root))
            Of(group.Key).CountDeletes((group.Count() + Page - 1) / Page);
        var start = Stopwatch.GetTimestamp();
        using var trace = Traces.StoreRequest("DELETE", key: null);
        var isDone = false;
        try
        {
            await inner.DeleteAsync(keys, cancellationToken);
            isDone = true;
        }
        finally
        {
            Traces.End(trace, isDone ? "Deleted" : "Unknown", !isDone);
            Measured?.Invoke("delete", Stopwatch.GetElapsedTime(start));
        }
    }

    private StoreCounters OfKey(string key) => Of(Root(key));

    private static string Root(string key) =>
        key.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? key[..slash] : key;
}

/// <summary>What was asked of the store for one stream since the start. Any thread may count and read.</summary>
internal sealed class StoreCounters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, UploadCount> _uploads = new(StringComparer.Ordinal);
    private OperationCount _operations;

    public OperationCount Operations
    {
        get
        {
            lock (_gate)
                return _operations;
        }
    }

    /// <summary>PUTs of media below <c>{stream}/{folder}/</c>, which is a broadcast's id, or <c>slate</c>.</summary>
    public UploadCount Uploads(string folder)
    {
        lock (_gate)
            return _uploads.GetValueOrDefault(folder);
    }

    /// <summary>Nobody will ask for this folder again.</summary>
    public void Forget(string folder)
    {
        lock (_gate)
            _uploads.Remove(folder);
    }

    public void CountPut(string key, PutStatus status, long bytes)
    {
        lock (_gate)
        {
            _operations += status == PutStatus.Refused ? new(0, 0, 0, 0, 1) : new(1, 0, 0, 0, 0);
            if (MediaFolder(key) is not { } folder)
                return;
            var stored = status == PutStatus.Stored;
            _uploads[folder] = _uploads.GetValueOrDefault(folder) + new UploadCount(1, stored ? 0 : 1, stored ? bytes : 0);
        }
    }

    public void CountGet(GetStatus status)
    {
        lock (_gate)
            _operations += status == GetStatus.Refused ? new(0, 0, 0, 0, 1) : new(0, 0, 1, 0, 0);
    }

    public void CountList()
    {
        lock (_gate)
            _operations += new OperationCount(0, 1, 0, 0, 0);
    }

    public void CountDeletes(long requests)
    {
        lock (_gate)
            _operations += new OperationCount(0, 0, 0, requests, 0);
    }

    private static string? MediaFolder(string key)
    {
        if (Path.GetExtension(key) is not (".ts" or ".m4s" or ".mp4"))
            return null;
        var parts = key.Split('/', 3);
        return parts.Length == 3 ? parts[1] : null;
    }
}
