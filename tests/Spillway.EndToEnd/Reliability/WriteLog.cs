using System.Globalization;
using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// Every write of a playlist or JSON document that the store answered, of all instances, in the order of the answers: the proxies'
/// own knowledge of who writes, whatever the instances say.
/// </summary>
/// <param name="now">The witness's clock.</param>
internal sealed class WriteLog(Func<TimeSpan> now)
{
    private readonly List<Write> _writes = [];

    private readonly List<string> _refused = [];

    /// <summary>Documents that the store refused, since what is there was not what the writer believed: who, and which.</summary>
    public IReadOnlyList<string> Refused
    {
        get
        {
            lock (_writes)
                return [.. _refused];
        }
    }

    public void Watch(Instance instance)
    {
        instance.Proxy!.Answered = put =>
        {
            var stamp = StampReader.Read(put.Body);
            lock (_writes)
            {
                if (put.Status == 412 && stamp is not null)
                    _refused.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{now().TotalSeconds:F1} s {instance.Name} {put.Target} {stamp}"
                        )
                    );
                if (put.Status is >= 200 and < 300 && stamp is { } known)
                    _writes.Add(new Write(now(), instance.Name, put.Target, known.Epoch, known.Revision));
            }
        };
    }

    /// <summary>Who put a live media playlist last; null before the first.</summary>
    public string? Writer
    {
        get
        {
            lock (_writes)
                return _writes.FindLast(static write => write.IsMediaPlaylist)?.Instance;
        }
    }

    /// <summary>Somebody else than <paramref name="instance"/> has put a live media playlist since then.</summary>
    public bool IsTakenFrom(string instance, TimeSpan since)
    {
        lock (_writes)
            return _writes.Exists(write => write.IsMediaPlaylist && write.At > since && write.Instance != instance);
    }

    /// <summary>Every epoch under which something was written.</summary>
    public int Epochs
    {
        get
        {
            lock (_writes)
                return _writes.Select(static write => write.Epoch).Distinct().Count();
        }
    }

    /// <summary>What one writer must not do to another: write under an epoch that has a successor, or under another's epoch.</summary>
    public IReadOnlyList<string> Trespasses()
    {
        var found = new List<string>();
        lock (_writes)
        {
            foreach (var key in _writes.GroupBy(static write => write.Key, StringComparer.Ordinal))
            {
                Write? last = null;
                foreach (var write in key)
                {
                    if (last is not null && write.Epoch < last.Epoch)
                        found.Add($"OVERWRITTEN {write} came after {last}");
                    else if (last is not null && write.Epoch == last.Epoch && write.Revision <= last.Revision)
                        found.Add($"REVISION {write} came after {last}");
                    last = write;
                }
            }
            // The life of a process, too, has an epoch of its own; so one epoch has one instance.
            foreach (var epoch in _writes.GroupBy(static write => write.Epoch))
            {
                if (epoch.Select(static write => write.Instance).Distinct(StringComparer.Ordinal).Count() > 1)
                    found.Add(
                        $"SHARED epoch {epoch.Key}: {string.Join(" | ", epoch.DistinctBy(static write => write.Instance))}"
                    );
            }
        }
        return found;
    }

    private sealed record Write(TimeSpan At, string Instance, string Key, long Epoch, long Revision)
    {
        // live/{broadcast}/{rendition}/playlist.m3u8 below the bucket's name.
        public bool IsMediaPlaylist => Key.EndsWith("/playlist.m3u8", StringComparison.Ordinal) && Key.Count(c => c == '/') >= 5;

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{At.TotalSeconds:F3} s {Instance} {Key} epoch {Epoch} revision {Revision}"
            );
    }
}
