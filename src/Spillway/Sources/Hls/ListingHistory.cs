using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>The last segments a run of the source listed, by number; bounded.</summary>
internal sealed class ListingHistory
{
    private const int Capacity = 1000;
    private readonly SortedDictionary<long, SegmentIdentity> _entries = [];

    public long Last { get; private set; } = -1;

    public DateTimeOffset? NewestDate { get; private set; }

    public bool IsEmpty => _entries.Count == 0;

    public void Add(MediaPlaylist playlist)
    {
        for (var i = Math.Max(0, playlist.Segments.Count - Capacity); i < playlist.Segments.Count; i++)
        {
            var number = playlist.MediaSequence + i;
            if (number <= Last && _entries.Count > 0)
                continue;
            var entry = SegmentIdentity.Of(playlist.Segments[i]);
            _entries.Add(number, entry);
            Last = number;
            if (entry.Date > NewestDate || NewestDate is null)
                NewestDate = entry.Date ?? NewestDate;
            if (_entries.Count > Capacity)
                _entries.Remove(_entries.Keys.First());
        }
    }

    /// <summary>The newest number under which a segment was listed; null for none.</summary>
    public long? Find(MediaSegment segment)
    {
        var wanted = SegmentIdentity.Of(segment);
        long? newest = null;
        foreach (var (number, known) in _entries)
        {
            if (known.IsSameAs(wanted))
                newest = number;
        }
        return newest;
    }

    /// <summary>Compares every number that both know.</summary>
    public Kinship Compare(MediaPlaylist playlist)
    {
        var common = 0;
        var dated = 0;
        for (var i = Math.Max(0, playlist.Segments.Count - Capacity); i < playlist.Segments.Count; i++)
        {
            if (!_entries.TryGetValue(playlist.MediaSequence + i, out var known))
                continue;
            var listed = SegmentIdentity.Of(playlist.Segments[i]);
            if (!listed.IsSameAs(known))
                return new Kinship(common, Differs: true, SameDates: false);
            common++;
            if (listed.Date is not null && known.Date is not null)
                dated++;
        }
        return new Kinship(common, Differs: false, SameDates: common > 0 && dated == common);
    }
}

/// <summary>How a listing stands to a run that was seen before.</summary>
/// <param name="Common">Numbers that both list.</param>
/// <param name="Differs">One of them means another segment.</param>
/// <param name="SameDates">All of them carry the same dates: the same segments for certain, not only the same names.</param>
internal readonly record struct Kinship(int Common, bool Differs, bool SameDates);
