using System.Globalization;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>The server is restarted as by <c>systemctl restart</c> under viewers that play from the edge.</summary>
public sealed class UpgradeTests(ITestOutputHelper output) : EndToEndTest
{
    [Fact]
    [Trait("Proof", "restarts")]
    public async Task Viewers_play_on_through_restarts_of_the_server_and_nobody_reloads_the_page()
    {
        var proof = new Proof("restarts", 1, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var nginx = Own(await NginxEdge.StartAsync(Path.Combine(Folder, "nginx"), bucket.PublicUrl));
        var source = await CreateSourceAsync();
        source.Start();
        var instance = Own(
            Instance.Create(
                "server",
                source.Folder,
                Folder,
                proof,
                ceph,
                bucket,
                more: new Dictionary<string, string> { ["SPILLWAY__STORAGE__PUBLICURL"] = nginx.PublicUrl }
            )
        );
        var witness = Own(Witness.Watch(bucket));
        instance.Start();
        await instance.Process.ListsAsync(3, TimeSpan.FromSeconds(30));
        // From the origin, which tells them where the tracker is; all else they have from the edge.
        Viewer[] viewers = [await OpenAsync(instance.Origin), await OpenAsync(instance.Origin)];
        await AllPlayAsync(viewers, 4, TimeSpan.FromSeconds(30));
        var pages = await Task.WhenAll(viewers.Select(static viewer => viewer.PageIdAsync()));
        var since = await Task.WhenAll(viewers.Select(static viewer => viewer.NowAsync()));

        List<double> away = [];
        List<long> fromPeers = [];
        for (var step = proof.First; step < proof.First + proof.Steps; step++)
        {
            var random = proof.Random(step);
            await Task.Delay(TimeSpan.FromSeconds(4 + (4 * random.NextDouble())), TestContext.Current.CancellationToken);
            var stopped = witness.Now;
            witness.Died($"restart {step}");
            Assert.Null(await instance.TerminateAsync());
            instance.Start();
            Assert.True(await witness.ListsAgainAsync(witness.Now, TimeSpan.FromSeconds(30)), $"restart {step}: nothing new");
            away.Add(witness.LongestPause(stopped, witness.Now).TotalSeconds);
            await AllPlayAsync(viewers, 2, TimeSpan.FromSeconds(30));
            fromPeers.Add((await FiguresAsync(viewers)).Sum(static figures => figures.BytesFromPeers));
            proof.Note($"restart {step}: nothing new for {away[^1]:F1} s, {fromPeers[^1]} bytes from peers so far");
        }
        var restarted = (await FiguresAsync(viewers)).Sum(static figures => figures.BytesFromPeers);
        // The trackers' sockets come back after a pause of their own; sharing must go on behind the last restart, too.
        await Until.TrueAsync(
            async () => (await FiguresAsync(viewers)).Sum(static figures => figures.BytesFromPeers) > restarted,
            TimeSpan.FromSeconds(60),
            () => "viewers share again after the last restart"
        );

        var playbacks = await Task.WhenAll(viewers.Zip(since).Select(static pair => pair.First.PlaybackAsync(pair.Second)));
        var ended = await FiguresAsync(viewers);
        var reloads = pages
            .Zip(await Task.WhenAll(viewers.Select(static viewer => viewer.PageIdAsync())))
            .Count(static pair => pair.First != pair.Second);
        var verdict = await witness.ConcludeAsync();
        foreach (var problem in verdict.Problems)
            proof.Note(problem);
        foreach (var (playback, figures) in playbacks.Zip(ended))
            proof.Note($"{playback}; {figures}");
        proof.Summarize(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{proof.Steps} restarts under {viewers.Length} viewers: {reloads} reloads, {ended.Sum(static figures => figures.Stalls)} stalls, "
                    + $"longest {playbacks.Max(static playback => playback.LongestStall):F1} s, {playbacks.Sum(static playback => playback.Jumps)} jumps; "
                    + $"nothing new for {Figures.Of(away, "s")}; "
                    + $"{ended.Sum(static figures => figures.BytesFromPeers)} bytes from peers, {ended.Sum(static figures => figures.BytesFromEdge)} from the edge; "
                    + $"{verdict.Figures}"
            )
        );
        Assert.Equal(0, reloads);
        Assert.Empty(verdict.Problems);
        Assert.Equal(1, verdict.Broadcasts);
        Assert.All(ended, static figures => Assert.Equal("live", figures.State));
    }

    private static async Task<IReadOnlyList<ViewerFigures>> FiguresAsync(IEnumerable<Viewer> viewers) =>
        await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()));
}
