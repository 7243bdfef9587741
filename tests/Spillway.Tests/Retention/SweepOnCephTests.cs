using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary>The same on a real S3 server: pages of LIST, conditions, DeleteObjects in batches. Only the time is made up.</summary>
public sealed class SweepOnCephTests
{
    [Fact]
    public async Task More_than_a_thousand_segments_of_an_ended_broadcast_go_and_nothing_else()
    {
        var (options, _) = await CephBucketStore.CreateAsync();
        using var store = new S3ObjectStore(options, TimeProvider.System);
        var made = new SweptStream();
        made.PutBroadcast(SweptStream.Old, 1_000_000, 1_001_039, 1_001_030, ended: true);
        made.PutBroadcast(SweptStream.Now, 1_001_040, 1_001_050, 1_001_045);
        made.PutMultivariant(SweptStream.Now);
        made.Store.Put("live/theirs.txt");
        made.Store.Put("other/live/playlist.m3u8");
        await Parallel.ForEachAsync(
            made.Store.Objects,
            async (pair, _) => await store.StoreAsync(pair.Key, pair.Value.Body.ToArray())
        );

        var later = new LaterStore(store);
        var first = await SweepAsync(later);
        Assert.Equal(0, first.DeletedKeys);
        later.Ahead = TimeSpan.FromHours(2);
        var playlists = await SweepAsync(later);
        Assert.Equal(1, playlists.Deleted.Single(static g => g.Reason == "live playlists of ended broadcasts").Keys);
        Assert.Equal(5, playlists.Deleted.Single(static g => g.Reason == "segments before the window on air").Keys);
        Assert.Equal(2, playlists.Operations.Lists);
        later.Ahead = TimeSpan.FromHours(4);
        var said = await SweepAsync(later, dryRun: true);
        var segments = await SweepAsync(later);
        Assert.Equal(said.Deleted, segments.Deleted);
        Assert.Equal(1040, segments.Deleted.Single(static g => g.Reason == "segments of ended broadcasts").Keys);
        Assert.Equal(1040, segments.DeletedKeys);
        Assert.Equal(2, segments.Operations.Deletes);
        Assert.Empty(segments.Problems);

        var left = (await store.ListAllAsync("")).ConvertAll(static entry => entry.Key);
        string[] expected =
        [
            "live/playlist.m3u8",
            "live/sweep.json",
            "live/theirs.txt",
            "other/live/playlist.m3u8",
            $"live/{SweptStream.Now}/0/playlist.m3u8",
            .. Enumerable.Range(0, 6).Select(static i => SweptStream.Segment(SweptStream.Now, 1_001_045 + i)),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), left);
        Assert.NotNull(StampReader.Read((await store.FindAsync(StreamKeys.Sweep("live"))).Body.Span));
    }

    private static Task<SweepResult> SweepAsync(IObjectStore store, bool dryRun = false) =>
        new Sweep(
            new SweepParts
            {
                Store = store,
                Stream = "live",
                Epoch = 1,
                Conditional = true,
                StillMine = static _ => Task.FromResult(true),
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            }
        ).RunAsync(dryRun, CancellationToken.None);

    /// <summary>The store some hours later: nobody waits for these.</summary>
    private sealed class LaterStore(IObjectStore inner) : StoreInFront(inner)
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset Now => Inner.Now + Ahead;
    }
}
