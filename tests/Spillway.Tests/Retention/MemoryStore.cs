using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary>A store of thousands of keys over days of a clock that is moved by hand; faults and events may be put between any two calls.</summary>
internal sealed class MemoryStore(FakeTimeProvider time) : IObjectStore
{
    private static readonly StoreFault Reset = new(StoreFaultKind.Unreachable, "The connection was reset.", "Check the line.");

    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);

    /// <summary>Called before each call, with its name and its key or prefix.</summary>
    public Func<string, string, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called for each key just before it goes.</summary>
    public Action<string, StoredObject> Deleting { get; set; } = static (_, _) => { };

    /// <summary>Keys that cannot be read.</summary>
    public Func<string, bool> Unreadable { get; set; } = static _ => false;

    /// <summary>What becomes of a PUT: null for nothing bad, true: stored and the answer lost, false: lost.</summary>
    public Func<string, bool?> PutFault { get; set; } = static _ => null;

    /// <summary>How many keys of a DELETE go before it fails; null: it does not fail.</summary>
    public Func<int?> DeleteFault { get; set; } = static () => null;

    public DateTimeOffset Now => time.GetUtcNow();

    public IReadOnlyDictionary<string, StoredObject> Objects => _objects;

    public bool Has(string key) => _objects.ContainsKey(key);

    public void Put(string key, byte[] body) => _objects[key] = new StoredObject(body, TestObjects.ETagOf(body), Now);

    public void Put(string key, string text = "x") => Put(key, TestObjects.Bytes(text));

    public Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<StoreFault?>(null);

    public async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        await Before("PUT", key);
        var fault = PutFault(key);
        if (fault == false)
            return new PutResult(PutStatus.Unknown, null, Reset);
        var present = _objects.GetValueOrDefault(key);
        if ((condition.IfNoneMatch && present is not null) || (condition.IfMatch is { } etag && present?.ETag != etag))
            return new PutResult(PutStatus.PreconditionFailed, null, Reset);
        Put(key, body.ToArray());
        return fault == true
            ? new PutResult(PutStatus.Unknown, null, Reset)
            : new PutResult(PutStatus.Stored, _objects[key].ETag, null);
    }

    public async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        await Before("GET", key);
        if (Unreadable(key))
            return new GetResult(GetStatus.Unknown, null, Reset);
        return _objects.TryGetValue(key, out var stored)
            ? new GetResult(GetStatus.Found, stored, null)
            : new GetResult(GetStatus.Missing, null, null);
    }

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Before("LIST", prefix);
        foreach (var (key, stored) in _objects.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            yield return new ObjectEntry(key, stored.Body.Length, stored.LastModified);
    }

    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await Before("DELETE", keys.First());
        var fault = DeleteFault();
        foreach (var key in keys.Take(fault ?? keys.Count))
        {
            if (!_objects.TryGetValue(key, out var stored))
                continue;
            Deleting(key, stored);
            _objects.Remove(key);
        }
        if (fault is not null)
            throw new ObjectStoreException(Reset);
    }
}
