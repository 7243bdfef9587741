using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>
/// The initialization sections of one rendition. Sources overwrite them in place, so one is kept only for the scope (run and
/// discontinuity) it was read in, and only once a segment was found whole with it.
/// </summary>
internal sealed class InitializationSections(Upstreams upstreams, SegmentKeys keys)
{
    private const int Capacity = 8;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, ByteRange? Range, int Scope), ReadOnlyMemory<byte>> _confirmed = [];
    private readonly List<ReadOnlyMemory<byte>> _contents = [];

    public async Task<Fetched> ReadAsync(
        ListedSegment segment,
        InitializationSectionReference map,
        TimeSpan timeout,
        TimeSpan silence,
        CancellationToken ct
    )
    {
        if (upstreams.Resolve(segment.Playlist, map.Uri) is not { } location)
            return Fetched.Failed("its initialization section lies where the source may not point");
        lock (_gate)
        {
            if (_confirmed.TryGetValue(Key(segment, map), out var known))
                return Fetched.Whole(known, location);
        }
        var read = await upstreams.For(location).ReadSegmentAsync(location, map.Range, timeout, silence, ct);
        if (read.IsWhole && map.Key is { } key)
        {
            var opened = await keys.OpenAsync(segment, key, read.Bytes, timeout, ct);
            read = opened.Reason is { } reason ? Fetched.Failed(reason) : read with { Bytes = opened.Bytes };
        }
        return read.IsWhole ? read : read with { Reason = $"its initialization section: {read.Reason}" };
    }

    /// <summary>The section fits a whole segment. Returns the same memory for the same content.</summary>
    public ReadOnlyMemory<byte> Confirm(ListedSegment segment, InitializationSectionReference map, ReadOnlyMemory<byte> section)
    {
        lock (_gate)
        {
            var index = _contents.FindIndex(c => c.Span.SequenceEqual(section.Span));
            if (index >= 0)
                section = _contents[index];
            else
                _contents.Add(section);
            if (_contents.Count > Capacity)
                _contents.RemoveAt(0);
            if (_confirmed.Count >= Capacity)
                _confirmed.Remove(_confirmed.Keys.MinBy(k => k.Scope));
            _confirmed[Key(segment, map)] = section;
            return section;
        }
    }

    private static (string, ByteRange?, int) Key(ListedSegment segment, InitializationSectionReference map) =>
        (SegmentIdentity.PathOf(map.Uri).ToString(), map.Range, segment.Scope);
}
