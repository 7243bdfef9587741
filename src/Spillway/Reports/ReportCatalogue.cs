using System.Collections.Concurrent;
using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Reports;

/// <summary>
/// The reports of all streams, newest first. Which there are is found by a LIST, an operation of class A for each 1,000 keys: at most
/// once an hour and only when asked for; those of this process are known without. A final report is read once.
/// </summary>
internal sealed class ReportCatalogue(IObjectStore store, TimeProvider time) : IDisposable
{
    private const int MostKept = 500;
    private static readonly TimeSpan ListedFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReadFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Listed> _listed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (BroadcastReport Report, long ReadAt)> _read = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _listing = new(1);

    /// <summary>Ids of broadcasts with a report, newest first, and when the store was asked.</summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<(IReadOnlyList<string> Ids, DateTimeOffset AsOf)> ListAsync(
        LiveStream stream,
        CancellationToken cancellationToken
    )
    {
        await _listing.WaitAsync(cancellationToken);
        try
        {
            if (!_listed.TryGetValue(stream.Name, out var listed) || time.GetElapsedTime(listed.At) > ListedFor)
            {
                var (at, now) = (time.GetTimestamp(), store.Now);
                var found = await SweepListing.ReadAsync(store, stream.Name, cancellationToken);
                string[] ids = [.. found.Broadcasts.Values.Where(static b => b.Report is not null).Select(static b => b.Id)];
                _listed[stream.Name] = listed = new Listed(ids, at, now);
            }
            IEnumerable<string> made = stream.Reports?.Made.Where(id => stream.Reports.Find(id) is not null) ?? [];
            return ([.. listed.Ids.Union(made, StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal)], listed.AsOf);
        }
        finally
        {
            _listing.Release();
        }
    }

    /// <returns>Null when there is none, or what is there is no report.</returns>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<BroadcastReport?> FindAsync(LiveStream stream, string broadcast, CancellationToken cancellationToken)
    {
        if (stream.Reports?.Find(broadcast) is { } own)
            return own;
        var key = StreamKeys.Report(stream.Name, broadcast);
        if (
            _read.TryGetValue(key, out var kept)
            && (kept.Report.State == BroadcastReport.Ended || time.GetElapsedTime(kept.ReadAt) < ReadFor)
        )
            return kept.Report;
        var result = await store.GetWithinAsync(Patience, time, key, cancellationToken);
        if (result.Status is GetStatus.Refused or GetStatus.Unknown)
            throw new ObjectStoreException(
                result.Fault ?? new StoreFault(StoreFaultKind.Other, $"{key} could not be read.", "Try again.")
            );
        if (result.Object is not { } stored || BroadcastReport.Parse(stored.Body.Span) is not { } report)
            return null;
        if (_read.Count >= MostKept)
            _read.Clear();
        _read[key] = (report, time.GetTimestamp());
        return report;
    }

    /// <summary>For good. Whoever calls has made sure that nobody writes it any more.</summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer: it may be there still.</exception>
    public async Task DeleteAsync(LiveStream stream, string broadcast, CancellationToken cancellationToken)
    {
        var key = StreamKeys.Report(stream.Name, broadcast);
        await store.DeleteAsync([key], cancellationToken);
        stream.Reports?.Forget(broadcast);
        _read.TryRemove(key, out _);
        await _listing.WaitAsync(CancellationToken.None);
        try
        {
            if (_listed.TryGetValue(stream.Name, out var listed))
                _listed[stream.Name] = listed with { Ids = [.. listed.Ids.Where(id => id != broadcast)] };
        }
        finally
        {
            _listing.Release();
        }
    }

    public void Dispose() => _listing.Dispose();

    private sealed record Listed(IReadOnlyList<string> Ids, long At, DateTimeOffset AsOf);
}
