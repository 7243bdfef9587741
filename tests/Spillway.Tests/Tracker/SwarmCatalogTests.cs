using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class SwarmCatalogTests
{
    private static readonly TrackerId s_made = new("mmmmmmmmmmmmmmmmmmmm"u8);
    private PublishedSwarm? _onAir;

    [Fact]
    public void The_broadcast_on_air_and_the_one_before_are_served_with_all_renditions_and_no_other()
    {
        var catalog = new SwarmCatalog(_ => _onAir);
        var broadcasts = Enumerable.Range(0, 3).Select(i => Broadcast($"20261122T19050{i}Z-7f3a")).ToArray();
        bool Serves(int broadcast, int variant) =>
            catalog.IsAllowed("live", SwarmHash.Of(broadcasts[broadcast].Id, broadcasts[broadcast].Variants[variant]));

        _onAir = broadcasts[0];
        Assert.True(Serves(0, 0) && Serves(0, 1));
        Assert.False(Serves(1, 0));
        Assert.False(catalog.IsAllowed("live", s_made));
        _onAir = broadcasts[1];
        Assert.True(Serves(1, 0) && Serves(1, 1) && Serves(0, 0) && Serves(0, 1));
        _onAir = broadcasts[2];
        Assert.True(Serves(2, 0) && Serves(1, 1));
        Assert.False(Serves(0, 0));
        // Going off air changes nothing: viewers still watch the end.
        _onAir = null;
        Assert.True(Serves(2, 0));
    }

    [Fact]
    public void Nothing_is_turned_away_until_something_is_known_be_it_that_there_is_nothing()
    {
        var catalog = new SwarmCatalog(_ => _onAir);
        Assert.True(catalog.IsAllowed("live", s_made));
        catalog.Show("live", null);
        Assert.False(catalog.IsAllowed("live", s_made));
        Assert.True(catalog.IsAllowed("other", s_made));
    }

    [Fact]
    public void A_multivariant_playlist_in_the_bucket_says_which_swarms_there_are()
    {
        var published = Broadcast("20261122T190501Z-7f3a");
        var playlist = new MultivariantPlaylist { Variants = published.Variants };
        var read = PublishedSwarm.Read("live", PlaylistWriter.Write(playlist))!;
        Assert.Equal("live/20261122T190501Z-7f3a/live", read.Id);
        Assert.Equal(
            published.Variants.Select(variant => SwarmHash.Of(published.Id, variant)),
            read.Variants.Select(variant => SwarmHash.Of(read.Id, variant))
        );
        Assert.Null(PublishedSwarm.Read("live", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nplaylist.m3u8\n"u8));
        Assert.Null(PublishedSwarm.Read("live", "junk"u8));
    }

    [Fact]
    public async Task A_tracker_that_puts_nothing_on_air_follows_the_bucket_and_survives_its_absence()
    {
        var time = new FakeTimeProvider();
        var first = Broadcast("a");
        var catalog = new SwarmCatalog(_ => _onAir);
        var inBucket = PlaylistOf(first);
        var isAway = true;
        var reads = 0;
        Task<StoredObject?> Read(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref reads);
            Assert.Equal("live/playlist.m3u8", key);
            return isAway
                ? throw new ObjectStoreException(new StoreFault(StoreFaultKind.Unreachable, "No answer.", "Wait."))
                : Task.FromResult<StoredObject?>(new StoredObject(inBucket, "\"1\"", default));
        }
        using var bucket = new BucketSwarms(
            Read,
            ["live"],
            _ => _onAir is not null,
            catalog,
            time,
            NullLogger<BucketSwarms>.Instance
        );
        await bucket.StartAsync(default);
        async Task Next()
        {
            var before = reads;
            await Until.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return reads > before + 1;
                },
                () => "the bucket is read again"
            );
        }

        await Next();
        Assert.True(catalog.IsAllowed("live", s_made));
        isAway = false;
        await Next();
        Assert.False(catalog.IsAllowed("live", s_made));
        Assert.True(catalog.IsAllowed("live", SwarmHash.Of(first.Id, first.Variants[0])));
        var second = Broadcast("b");
        inBucket = PlaylistOf(second);
        await Next();
        Assert.True(catalog.IsAllowed("live", SwarmHash.Of(second.Id, second.Variants[1])));
        Assert.True(catalog.IsAllowed("live", SwarmHash.Of(first.Id, first.Variants[1])));
        await bucket.StopAsync(default);
    }

    [Fact]
    public async Task Of_a_broadcast_that_has_just_begun_the_tracker_learns_with_the_first_announce_and_a_flood_costs_little()
    {
        var time = new FakeTimeProvider();
        var (first, second) = (Broadcast("a"), Broadcast("b"));
        var inBucket = PlaylistOf(first);
        var reads = 0;
        Task<StoredObject?> Read(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref reads);
            return Task.FromResult<StoredObject?>(new StoredObject(inBucket, "\"1\"", default));
        }
        var catalog = new SwarmCatalog(_ => null);
        using var bucket = new BucketSwarms(
            Read,
            ["live", "quiet"],
            _ => false,
            catalog,
            time,
            NullLogger<BucketSwarms>.Instance
        );
        await bucket.StartAsync(default);
        await Until.TrueAsync(() => reads == 2, "both streams are read at the start");
        inBucket = PlaylistOf(second);
        var hash = SwarmHash.Of(second.Id, second.Variants[0]);
        Assert.False(bucket.IsAllowed("live", hash));
        await Until.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.1));
                return catalog.IsAllowed("live", hash);
            },
            () => "it has read the stream again"
        );
        Assert.Equal(3, reads);

        // Made up, again and again, for half a minute.
        var began = time.GetUtcNow();
        var before = reads;
        while (time.GetUtcNow() - began < TimeSpan.FromSeconds(30))
        {
            Assert.False(bucket.IsAllowed("live", s_made));
            time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Yield();
        }
        Assert.InRange(reads - before, 1, 30 / BucketSwarms.Soonest.TotalSeconds + 2 * 30 / BucketSwarms.Interval.TotalSeconds);
        await bucket.StopAsync(default);
    }

    private static byte[] PlaylistOf(PublishedSwarm swarm) =>
        PlaylistWriter.Write(new MultivariantPlaylist { Variants = swarm.Variants });

    private static PublishedSwarm Broadcast(string id) =>
        new(
            $"live/{id}/live",
            [
                new Variant
                {
                    Uri = $"{id}/720p/playlist.m3u8",
                    Bandwidth = 2_628_000,
                    Codecs = "avc1.64001f,mp4a.40.2",
                    Resolution = new Resolution(1280, 720),
                    FrameRate = 30_000 / 1_001.0,
                },
                new Variant
                {
                    Uri = $"{id}/360p/playlist.m3u8",
                    Bandwidth = 900_000,
                    Codecs = "avc1.64001e,mp4a.40.2",
                    Resolution = new Resolution(640, 360),
                    FrameRate = 25,
                },
            ]
        );
}
