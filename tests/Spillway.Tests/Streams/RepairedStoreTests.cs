using System.Net;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.TestSupport;

namespace Spillway.Tests.Streams;

/// <summary>Faults that an operator mends, at a real S3 server of their own: its gateway killed, credentials revoked, the bucket gone.</summary>
public sealed class RepairedStoreTests : IAsyncLifetime
{
    private CephCluster _ceph = null!;

    public async ValueTask InitializeAsync() => _ceph = await CephCluster.StartAsync();

    public ValueTask DisposeAsync() => _ceph.DisposeAsync();

    [Fact]
    public async Task Each_stops_publishing_and_is_named_and_after_the_repair_nothing_is_lost()
    {
        await using var show = await CephShow.StartAsync(_ceph);
        await show.PlayAsync(2);

        // The gateway dies and comes back.
        await show.PlayWhileAsync(_ceph.KillGatewayAsync());
        await show.PlayAsync(3);
        await show.PlayUntilFaultAsync("could not be reached");
        await show.PlayWhileAsync(_ceph.StartGatewayAsync());
        await show.PlayUntilListedAsync();
        show.AssertNothingLost();

        // Credentials are revoked: who may read may go on.
        await show.PlayWhileAsync(_ceph.SuspendUserAsync());
        await show.PlayUntilFaultAsync("403");
        Assert.Contains("Storage:AccessKeyId", show.Stream.Status.StoreFault, StringComparison.Ordinal);
        var listed = show.Witness.Listed.Count;
        await show.PlayAsync(3);
        Assert.InRange(show.Witness.Listed.Count, listed, listed + 1);
        await show.PlayWhileAsync(_ceph.EnableUserAsync());
        await show.PlayUntilListedAsync();
        show.AssertNothingLost();

        // The bucket is deleted with all that was in it, and made again.
        await show.PlayWhileAsync(show.Witness.WhileLookingAwayAsync(() => _ceph.DeleteBucketAsync(show.Bucket.Name)));
        // One may have been stored and not listed yet.
        var gone = show.Sent.Last();
        await show.PlayAsync(2);
        await show.PlayUntilFaultAsync("NoSuchBucket");
        Assert.Contains("Create the bucket", show.Stream.Status.StoreFault, StringComparison.Ordinal);
        await show.PlayWhileAsync(_ceph.CreateBucketAsync(show.Bucket.Name));
        await show.PlayUntilListedAsync();
        await show.PlayAsync(2);
        // What was listed before is gone for everybody; of what came since nothing is lost, and all of it is there.
        show.AssertNothingLost(gone);
        await AssertReplayAsync(show, gone);
    }

    /// <summary>The replay goes on in the new bucket: what was there is a gap, and what is no gap is there.</summary>
    private static async Task AssertReplayAsync(CephShow show, long gone)
    {
        var store = show.Bucket.PublicUrl.TrimEnd('/') + "/live/";
        using var client = new HttpClient();
        ReplayEntry[] entries = [];
        await Until.TrueAsync(
            async () =>
            {
                await show.PlayAsync(1);
                using var list = await client.GetAsync(store + "replays.json");
                if (list.StatusCode != HttpStatusCode.OK)
                    return false;
                entries = [.. ReplaysDocument.Parse(await list.Content.ReadAsByteArrayAsync())!.Replays];
                return entries is [{ Playlists.Count: 1 }];
            },
            () => $"the replay is listed: {string.Join(", ", entries.AsEnumerable())}"
        );
        Assert.True(entries[0].Gaps.Count >= gone - 1_000_000, $"{entries[0].Gaps}");
        var top = PlaylistParser.Parse(await client.GetByteArrayAsync(store + entries[0].Playlists[0])).Multivariant!;
        var folder = $"{store}{entries[0].Broadcast}/";
        var media = PlaylistParser.Parse(await client.GetByteArrayAsync(folder + top.Variants[0].Uri)).Media!;
        Assert.Equal(1_000_000, media.MediaSequence);
        Assert.All(media.Segments.Take((int)(gone - 1_000_000)), static segment => Assert.True(segment.Gap));
        var there = media.Segments.Where(static segment => !segment.Gap).ToList();
        Assert.NotEmpty(there);
        foreach (var segment in there)
        {
            using var stored = await client.GetAsync($"{folder}{top.Variants[0].Uri.Split('/')[0]}/{segment.Uri}");
            Assert.True(stored.IsSuccessStatusCode, $"{segment.Uri}: {stored.StatusCode}");
        }
    }
}
