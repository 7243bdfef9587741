using Spillway.Playlists;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Ladder;

/// <summary>The renditions that ffmpeg is about to write: known before the first of their playlists is there.</summary>
internal sealed class LadderTop(string folder, IReadOnlyList<SourceVariant> variants) : ITopPlaylist
{
    private bool _told;

    public string Shown { get; } = folder;

    public bool MayMove => true;

    public bool HasNews => !_told && variants.All(static v => File.Exists(v.Location.LocalPath));

    public Task<TopReading> ReadAsync(CancellationToken ct)
    {
        _told = _told || HasNews;
        return Task.FromResult(
            _told ? new TopReading(variants) : new TopReading([], "ffmpeg has not written anything yet") { IsExpected = true }
        );
    }

    public static SourceVariant Variant(string folder, LadderStep step, int bandwidth)
    {
        var location = FolderUpstream.FileUri(Path.Combine(folder, step.Name, "stream.m3u8"));
        return new SourceVariant(
            step.Name,
            Upstreams.Show(location),
            location,
            new Variant { Uri = $"{step.Name}/stream.m3u8", Bandwidth = bandwidth }
        );
    }
}
