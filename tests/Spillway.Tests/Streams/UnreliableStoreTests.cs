using Spillway.TestSupport;

namespace Spillway.Tests.Streams;

/// <summary>Every way in which a line and a store fail, at random, in front of a real S3 server: 0 lies, and nothing is lost.</summary>
public sealed class UnreliableStoreTests(ITestOutputHelper output)
{
    private static readonly ProxyFault[] s_faults =
    [
        new ProxyFault.Answer(500, "InternalError"),
        new ProxyFault.Answer(503, "SlowDown"),
        new ProxyFault.Answer(429, "TooManyRequests"),
        new ProxyFault.Reset(),
        new ProxyFault.CutUpload(2000),
        new ProxyFault.LoseAnswer(),
        new ProxyFault.ArriveLate(TimeSpan.FromSeconds(3)),
        new ProxyFault.Stall(),
    ];

    [Fact]
    public Task A_store_that_fails_three_times_in_ten_loses_nothing_and_tells_no_lie() => FailAsync(15);

    [Fact]
    [Trait("Speed", "soak")]
    [Trait("Proof", "uploads")]
    public Task Nor_does_it_in_ten_minutes() => FailAsync(600);

    [Fact]
    public async Task An_outage_loses_nothing() => await GoAwayAsync(20);

    [Theory]
    [Trait("Speed", "soak")]
    [Trait("Proof", "uploads")]
    [InlineData(300)]
    [InlineData(600)]
    public Task Nor_does_a_long_one(int seconds) => GoAwayAsync(seconds);

    [Theory]
    [Trait("Speed", "soak")]
    [Trait("Proof", "uploads")]
    [InlineData(1.1, 120)]
    [InlineData(0.7, 240)]
    public async Task A_slow_line_carries_what_it_can(double speed, int seconds)
    {
        await using var show = await CephShow.StartAsync(await CephCluster.SharedAsync());
        show.Proxy.UploadBytesPerSecond = speed * show.Rate;
        await show.PlayAsync(seconds);
        // Playlists go over the same line and take their part.
        Assert.Empty(show.Witness.Lies);
        Assert.InRange(show.Stream.Uploads.Stored, 0.75 * Math.Min(1, speed) * seconds, seconds + 4);
        Summarize($"a line of {speed} x the stream's rate for {seconds} s", show);
    }

    private async Task FailAsync(int seconds)
    {
        await using var show = await CephShow.StartAsync(await CephCluster.SharedAsync());
        var random = new Random(11);
        show.Proxy.Rule = _ =>
        {
            lock (random)
                return random.NextDouble() < 0.3 ? s_faults[random.Next(s_faults.Length)] : null;
        };
        await show.PlayAsync(seconds);
        show.Proxy.Rule = null;
        await show.PlayUntilListedAsync();
        show.AssertNothingLost();
        Assert.True(show.Stream.Uploads.FailedTries > seconds / 10, "it did fail");
        Assert.True(show.Witness.Read >= seconds, "all was looked at");
        Summarize($"three failures in ten for {seconds} s", show);
    }

    private async Task GoAwayAsync(int seconds)
    {
        var data = Directory.CreateTempSubdirectory("spillway-spool-");
        try
        {
            // Little memory: most of it waits on disk.
            await using var show = await CephShow.StartAsync(await CephCluster.SharedAsync(), new(100_000), data.FullName);
            await show.PlayAsync(2);
            show.Proxy.IsDown = true;
            await show.PlayAsync(seconds);
            Assert.NotNull(show.Stream.Status.StoreFault);
            Assert.True(show.Stream.Uploads.Waiting >= seconds - 1, $"{show.Stream.Uploads.Waiting} wait");
            show.Proxy.IsDown = false;
            await show.PlayUntilListedAsync();
            show.AssertNothingLost();
            Summarize($"an outage of {seconds} s", show);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private void Summarize(string what, CephShow show) =>
        output.WriteLine(
            $"{what}: {show.Stream.Uploads.Stored} segments of a second stored, {show.Stream.Uploads.FailedTries} tries failed, "
                + $"{show.Stream.Uploads.Waiting} wait, {show.Stream.Status.Gaps} gaps; "
                + $"{show.Witness.Read} listed keys read, {show.Witness.Lies.Count} lies"
        );
}
