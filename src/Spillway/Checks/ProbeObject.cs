using System.Globalization;
using System.Text;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>
/// The one object that a run writes, in several versions, each of which differs from all others: a playlist's name and type, since
/// edges have rules for these, and a text that no player could take for a stream.
/// </summary>
/// <param name="between">Two PUTs of one key.</param>
internal sealed class ProbeObject(IObjectStore store, TimeSpan between, TimeProvider time)
{
    /// <summary>What all probes' names begin with, under the prefix.</summary>
    public const string Family = "spillway-check-";

    /// <summary>Lines of filling: enough that any edge finds it worth compressing.</summary>
    private const int Filling = 60;

    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly List<string> _written = [];
    private long? _lastPut;

    public string Key { get; private set; } = NewKey();

    /// <summary>How long the store took for the latest PUT.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>All keys that may have been written.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>As that of a live playlist that may be a second old.</summary>
    public static ObjectHeaders Mutable { get; } = new(StreamKeys.PlaylistType, "max-age=1, s-maxage=1");

    /// <summary>As that of a segment, but for its type.</summary>
    public static ObjectHeaders Immutable { get; } = new(StreamKeys.PlaylistType, StreamKeys.SegmentHeaders.CacheControl);

    /// <summary>Goes on under another name that nobody has asked for yet.</summary>
    public void Rename() => (Key, _lastPut) = (NewKey(), null);

    /// <summary>The bytes of a version.</summary>
    public byte[] Body(int version)
    {
        var text = new StringBuilder("#EXTM3U\n");
        text.Append(CultureInfo.InvariantCulture, $"# Version {version} of {Key}.\n");
        text.Append("# Written by \"spillway check\" to see how this store and its edge behave. It may be deleted.\n");
        for (var line = 0; line < Filling; line++)
            text.Append(CultureInfo.InvariantCulture, $"# Line {line} of version {version}, for compression to bite on.\n");
        return Encoding.UTF8.GetBytes(text.Append("#EXT-X-ENDLIST\n").ToString());
    }

    /// <summary>Waits as long as R2 wants two PUTs of a key to be apart.</summary>
    public async Task<PutResult> PutAsync(
        int version,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        if (_lastPut is { } last && between - time.GetElapsedTime(last) is { Ticks: > 0 } rest)
            await Task.Delay(rest, time, cancellationToken);
        if (!_written.Contains(Key))
            _written.Add(Key);
        var start = time.GetTimestamp();
        try
        {
            return await store.PutAsync(Key, Body(version), headers, condition, cancellationToken);
        }
        finally
        {
            _lastPut = time.GetTimestamp();
            Took = time.GetElapsedTime(start);
        }
    }

    public Task<GetResult> GetAsync(CancellationToken cancellationToken) => store.GetAsync(Key, cancellationToken);

    private static string NewKey() => $"{Family}{Guid.NewGuid():n}.m3u8";
}
