using System.Text;
using System.Text.RegularExpressions;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Replays;

/// <summary>How long an edge may keep what is put in the course of a show whose replay is kept; the bucket of a show on air has its own test.</summary>
public sealed class CacheHeaderTests : ReplayTest
{
    private const string ForEver = "public, max-age=31536000, immutable";
    private const string Soon = "max-age=1, s-maxage=2";
    private const string Ended = "max-age=60, s-maxage=60";

    /// <summary>By key; the second of live playlists, and the first of ended ones.</summary>
    private static readonly (string Key, string Header, string? OnceEnded)[] s_table =
    [
        ("playlist\\.m3u8", Soon, null),
        ("player\\.json", Soon, null),
        ("lease\\.json", "no-store", null),
        ("replays\\.json", "max-age=10, s-maxage=10", null),
        ("[^/]+/replay\\.m3u8", Soon, null),
        ("[^/]+/0/playlist\\.m3u8", "max-age=1, s-maxage=1", Ended),
        ("[^/]+/0/replay\\.m3u8", "max-age=1, s-maxage=1", Ended),
        ("[^/]+/0/[0-9]{7}-[0-9a-f]{32}\\.ts", ForEver, null),
    ];

    [Fact]
    public async Task Everything_that_is_put_says_how_long_it_may_be_kept()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 4);
        await EndShowAsync();
        await UntilListAsync(static list => list is [{ OnAir: false }], "the replay is listed");
        await EndedAsync(MediaPlaylistKeys[0]);

        var seen = new HashSet<(string, bool)>();
        foreach (var put in Store.Line.Stored)
        {
            var (key, header, onceEnded) = Assert.Single(
                s_table,
                row => Regex.IsMatch(put.Key, $"^live/{row.Key}$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
            );
            var hasEnded =
                onceEnded is not null && Encoding.UTF8.GetString(put.Body).EndsWith("#EXT-X-ENDLIST\n", StringComparison.Ordinal);
            Assert.Equal((put.Key, hasEnded ? onceEnded! : header), (put.Key, put.Headers.CacheControl));
            seen.Add((key, hasEnded));
        }
        // A replay of so short a show may have been put only once it had ended.
        foreach (var (key, _, onceEnded) in s_table)
            Assert.True(seen.Contains((key, onceEnded is not null)), $"{key} was put: {string.Join(", ", seen)}");
        Assert.Contains(("[^/]+/0/playlist\\.m3u8", false), seen);
    }
}
