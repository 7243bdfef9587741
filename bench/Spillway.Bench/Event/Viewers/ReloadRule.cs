using Spillway.Playlists;

namespace Spillway.Bench.Event.Viewers;

/// <summary>When hls.js 1.7 asks for a live playlist again: <c>computeReloadInterval</c> in <c>utils/level-helper.ts</c>.</summary>
internal static class ReloadRule
{
    private const int NearTheEdge = 4;

    /// <summary>From the begin of the last request to that of the next one.</summary>
    /// <param name="playlist">As just read.</param>
    /// <param name="updated">It lists more than the one before.</param>
    /// <param name="behind">From the end of the list to what is on screen.</param>
    public static TimeSpan After(MediaPlaylist playlist, bool updated, TimeSpan behind)
    {
        var target = TimeSpan.FromSeconds(playlist.TargetDuration);
        if (!updated)
            return target / 2;
        var last = playlist.Segments is [.., var newest] ? newest.Duration : TimeSpan.Zero;
        return NearTheEdge * target > behind && last > TimeSpan.Zero && last < target ? last : target;
    }
}
