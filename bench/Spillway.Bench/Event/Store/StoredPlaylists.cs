using System.Collections.Concurrent;
using System.Diagnostics;
using Spillway.Playlists;
using Spillway.TestSupport;

namespace Spillway.Bench.Event.Store;

/// <summary>
/// What has been published, and when: every media playlist that the store took, at the moment of its answer. By it all that viewers
/// are given is judged.
/// </summary>
/// <param name="prefix">Length of what begins the store's paths and not those of the edge: a slash and the bucket's name.</param>
internal sealed class StoredPlaylists(int prefix)
{
    private readonly ConcurrentDictionary<string, List<Version>> _versions = new(StringComparer.Ordinal);

    /// <summary>How many versions of how many media playlists.</summary>
    public (int Versions, int Playlists) Count => (_versions.Values.Sum(static all => all.Count), _versions.Count);

    public void Note(ProxiedPut put)
    {
        if (put.Status is < 200 or > 299 || !put.Target.EndsWith(StreamKeys.PlaylistName, StringComparison.Ordinal))
            return;
        if (PlaylistParser.Parse(put.Body).Media is not { } playlist)
            return;
        var versions = _versions.GetOrAdd(put.Target[prefix..], static _ => []);
        lock (versions)
            versions.Add(new Version(LastOf(playlist), Stopwatch.GetTimestamp()));
    }

    /// <summary>Number of the newest segment listed.</summary>
    public static long LastOf(MediaPlaylist playlist) => playlist.MediaSequence + playlist.Segments.Count - 1;

    /// <summary>For how long a newer version than the one with this last number has been stored: zero while there is none.</summary>
    /// <param name="path">The playlist's, at the edge.</param>
    /// <param name="last">Number of the newest segment the viewer knows.</param>
    /// <param name="now">Time stamp.</param>
    public TimeSpan Behind(string path, long last, long now)
    {
        if (!_versions.TryGetValue(path, out var versions))
            return TimeSpan.Zero;
        lock (versions)
        {
            var newer = versions.Count;
            while (newer > 0 && versions[newer - 1].Last > last)
                newer--;
            if (newer == versions.Count || versions[newer].At > now)
                return TimeSpan.Zero;
            return Stopwatch.GetElapsedTime(versions[newer].At, now);
        }
    }

    private readonly record struct Version(long Last, long At);
}
