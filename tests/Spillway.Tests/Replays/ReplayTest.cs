using System.Text;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Replays;

/// <summary>
/// A live stream whose replays are kept. At the end of each test every version of every playlist that was stored is judged once
/// more: replays as what they are, and live playlists by what a stored replay listed when something left them.
/// </summary>
public abstract class ReplayTest : OnAirTest
{
    protected ReplayTest() => Options.Replay.Count = 10;

    private protected override void AssertMore()
    {
        AssertReplaysOnlyGrow();
        if (Options.Replay.IsOn)
            AssertNothingLeftUnkept();
    }

    private protected async Task<IReadOnlyList<ReplayEntry>> ListAsync() =>
        await Store.Direct.LookAsync("live/replays.json") is { Object.Body: var body }
            ? ReplaysDocument.Parse(body.Span)!.Replays
            : [];

    /// <summary>The list once it says so.</summary>
    private protected async Task<IReadOnlyList<ReplayEntry>> UntilListAsync(
        Func<IReadOnlyList<ReplayEntry>, bool> condition,
        string what
    )
    {
        IReadOnlyList<ReplayEntry> list = [];
        await Until.TrueAsync(
            async () => condition(list = await ListAsync()),
            () => $"{what}: {string.Join(", ", list)} {(Running.IsFaulted ? Running.Exception : null)}"
        );
        return list;
    }

    /// <summary>One rendition's replay playlist of a part of a replay in the list.</summary>
    private protected async Task<MediaPlaylist> ReplayAsync(ReplayEntry entry, int part = 0, int rendition = 0)
    {
        var path = $"live/{entry.Playlists[part]}";
        var top = PlaylistParser.Parse((await Store.Direct.FindAsync(path)).Body.Span).Multivariant!;
        return await PlaylistAsync($"{path[..path.LastIndexOf('/')]}/{top.Variants[rendition].Uri}");
    }

    private protected async Task EndShowAsync()
    {
        await SendAsync(new Spillway.Sources.SourceAway("the test"));
        await UntilStateAsync("ended");
    }

    private protected static bool IsReplay(string key) =>
        key[(key.LastIndexOf('/') + 1)..].StartsWith("replay", StringComparison.Ordinal)
        && key.EndsWith(".m3u8", StringComparison.Ordinal);

    private void AssertReplaysOnlyGrow()
    {
        var checker = new PlaylistChecker();
        // A replay on air is put twice a minute and not with every segment: whoever watches it is not at the live edge.
        checker.Excuse(TimeSpan.Zero, TimeSpan.MaxValue, "a replay is put seldom");
        foreach (var put in Store.Line.Stored.Where(static put => IsReplay(put.Key)))
            checker.Add($"http://edge/{put.Key}", put.AnsweredAt, Encoding.UTF8.GetString(put.Body));
        checker.AssertClean();
        foreach (var key in Store.Line.Stored.Where(static put => IsReplay(put.Key)).Select(static put => put.Key).Distinct())
        {
            var versions = Store.Line.Stored.Where(put => put.Key == key).Select(static put => Lines(put.Body)).ToList();
            foreach (var (earlier, later) in versions.Zip(versions.Skip(1)))
                Assert.Equal(earlier, later.Take(earlier.Count));
        }

        // The stamp apart, a version begins with all of the one before it.
        static List<string> Lines(byte[] body) =>
            [
                .. Encoding
                    .UTF8.GetString(body)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Where(static line => !line.StartsWith("#SPILLWAY", StringComparison.Ordinal)),
            ];
    }

    /// <summary>A segment leaves the live playlist only once a stored replay playlist lists it.</summary>
    private void AssertNothingLeftUnkept()
    {
        var kept = new Dictionary<string, HashSet<long>>(StringComparer.Ordinal);
        var live = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var put in Store.Line.Puts.Where(static put => put.Outcome == PutStatus.Stored))
        {
            if (PlaylistParser.Parse(put.Body).Media is not { } playlist || !put.Key.EndsWith(".m3u8", StringComparison.Ordinal))
                continue;
            var folder = put.Key[..put.Key.LastIndexOf('/')];
            var numbers = kept.TryGetValue(folder, out var known) ? known : kept[folder] = [];
            if (IsReplay(put.Key))
            {
                numbers.UnionWith(Enumerable.Range(0, playlist.Segments.Count).Select(i => playlist.MediaSequence + i));
                continue;
            }
            for (var gone = live.GetValueOrDefault(folder, playlist.MediaSequence); gone < playlist.MediaSequence; gone++)
                Assert.True(numbers.Contains(gone), $"{put.Key} no longer lists {gone}, and no stored replay does");
            live[folder] = playlist.MediaSequence;
        }
    }
}
