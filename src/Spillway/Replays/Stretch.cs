using Spillway.Playlists;

namespace Spillway.Replays;

/// <summary>Segments that follow one another without a break.</summary>
internal sealed class Stretch(string folder, string? map)
{
    private readonly List<string> _keys = map is null ? [] : [StreamKeys.Resolve(folder, map)];

    public string? Map => map;
    public IReadOnlyList<string> Keys => _keys;
    public TimeSpan Duration { get; private set; }

    public void Add(MediaSegment segment)
    {
        _keys.Add(StreamKeys.Resolve(folder, segment.Uri));
        Duration += segment.Duration;
    }
}
