using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Tracker;

namespace Spillway.Tests.Streams;

/// <summary>What players are told of the formats is in their swarm's identity: it may not change while a broadcast lasts.</summary>
public sealed class FixedFormatTests : OnAirTest
{
    /// <summary>The level is in CODECS, and x264 chooses it by the bit rate unless it is told.</summary>
    private const string Quiet = "size=160x90 -hls_time 1 -level 3.0";
    private const string QuietLarger = "size=192x108 -hls_time 1 -level 3.0";

    /// <summary>The same formats, with many times the bits.</summary>
    private const string Busy = "size=160x90,noise=alls=100:allf=t -hls_time 1 -level 3.0 -b:v 1500k";
    private const string BusyLarger = "size=192x108,noise=alls=100:allf=t -hls_time 1 -level 3.0 -b:v 1500k";

    [Fact]
    public async Task Viewers_who_join_an_hour_apart_meet_over_a_restart_and_other_bit_rates()
    {
        Options.Grace = TimeSpan.FromHours(1);
        var (small, large) = (await Show.GetAsync(Quiet), await Show.GetAsync(QuietLarger));
        var (busySmall, busyLarge) = (await Show.GetAsync(Busy), await Show.GetAsync(BusyLarger));
        Start("0", "1");
        await BringAsync(small, large, 0, 4);
        await UntilStateAsync("live");
        await UntilListedAsync(4);
        var early = await SwarmsAsync();

        await StopAsync();
        var stopped = Clock.Elapsed;
        // Nothing of ours runs that would see it pass.
        Clock.Time.Advance(TimeSpan.FromMinutes(58));
        Excuses.Add((stopped, Clock.Elapsed + TimeSpan.FromSeconds(20)));
        Start("0", "1");
        await BringAsync(busySmall, busyLarge, 0, 5, run: 1);
        await Until.TrueAsync(
            () => Stream.Status.BandwidthAdvice is not null && Stream.OnAir!.Renditions.All(static r => r.Stored > 5),
            () => $"it goes on: {Stream.Status}"
        );
        Assert.Equal(2, early.Distinct().Count());
        Assert.Equal(early, await SwarmsAsync());
        Assert.Equal(0, Stream.Status.SwarmSplits);
    }

    [Fact]
    public async Task More_bits_than_players_were_told_are_said_and_wait_for_the_next_broadcast()
    {
        Options.Grace = TimeSpan.FromSeconds(5);
        Start();
        await GoOnAirAsync(Quiet);
        var told = (await MultivariantAsync()).Variants[0];
        Assert.Null(Stream.Status.BandwidthAdvice);
        var busy = await Show.GetAsync(Busy);
        await PlayAsync(busy, 3, 3);
        await Until.TrueAsync(() => Stream.Status.BandwidthAdvice is not null, () => $"it is said: {Stream.Status}");
        Assert.Contains("Streams.live.Bandwidth to [\"0=", Stream.Status.BandwidthAdvice, StringComparison.Ordinal);
        Assert.Equal(told, (await MultivariantAsync()).Variants[0]);

        await SendAsync(new SourceAway("it is away"));
        await UntilStateAsync("ended");
        await SendAsync(new SourceBack());
        await PlayAsync(await Show.GetAsync(Quiet), 0, 3, run: 1, atOnce: true);
        await UntilStateAsync("live");
        var next = (await MultivariantAsync()).Variants[0];
        var peak = Math.Max(Rate(busy.Bytes[3]), Math.Max(Rate(busy.Bytes[4]), Rate(busy.Bytes[5])));
        Assert.InRange(next.Bandwidth, 0.9 * peak, 1.1 * peak);
        Assert.Equal(told.AverageBandwidth!.Value, next.AverageBandwidth!.Value, told.AverageBandwidth.Value * 0.2);
        await Until.TrueAsync(() => Stream.Status.BandwidthAdvice is null, () => $"nothing is wrong any more: {Stream.Status}");

        static double Rate(byte[] second) => 8.0 * second.Length;
    }

    [Fact]
    public async Task The_operator_s_bandwidth_stands_as_it_is()
    {
        Options.Bandwidth = ["0=4321k", "50k"];
        Start("0", "1");
        var show = await Show.GetAsync(Show.Plain);
        await BringAsync(show, show, 0, 4);
        await UntilStateAsync("live");
        var variants = (await MultivariantAsync()).Variants;
        Assert.Equal([4_321_000, 50_000], variants.Select(static v => v.Bandwidth));
        Assert.Equal(50_000, variants[1].AverageBandwidth);
        // It was asked for, and is told all the same.
        await Until.TrueAsync(() => Stream.Status.BandwidthAdvice is not null, () => $"it is said: {Stream.Status}");
        Assert.StartsWith(
            "Segments are larger than the BANDWIDTH that players were told: 1 (",
            Stream.Status.BandwidthAdvice,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_change_of_the_format_parts_the_swarm_and_is_counted()
    {
        Start();
        await GoOnAirAsync();
        var before = await SwarmsAsync();
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 3, run: 1);
        await Until.TrueAsync(
            async () => (await PlayerAsync())!.Broadcast == Stream.OnAir!.Id && await IsAsync(new Resolution(192, 108)),
            () => $"the next broadcast is on air: {Stream.Status}"
        );
        Assert.Equal(1, Stream.Status.SwarmSplits);
        Assert.Matches("^0: from avc1.* 160x90 in MpegTs to avc1.* 192x108 in MpegTs$", Stream.Status.LastSwarmSplit);
        Assert.NotEqual(before[0], (await SwarmsAsync())[0]);

        async Task<bool> IsAsync(Resolution size) =>
            (await MultivariantAsync()).Variants[0].Resolution == size
            && Stream.OnAir!.Renditions.Single().Format.Resolution == size;
    }

    /// <summary>The info hash under which a viewer who comes now meets others, for each rendition.</summary>
    private async Task<IReadOnlyList<TrackerId>> SwarmsAsync()
    {
        var swarm = (await PlayerAsync())!.Swarm!;
        TrackerId[] players = [.. (await MultivariantAsync()).Variants.Select(variant => SwarmHash.Of(swarm, variant))];
        // And the tracker serves these.
        var told = Stream.OnAir!.ToMultivariant(static r => r.Declared.Name).Variants;
        Assert.Equal(players, told.Select(variant => SwarmHash.Of($"live/{Stream.OnAir.Id}/live", variant)));
        return players;
    }

    private async Task BringAsync(Show first, Show second, int from, int count, int run = 0)
    {
        for (var i = from; i < from + count; i++)
        {
            if (i > from + 2)
                await Clock.Wait(1);
            await SendAsync(first.Segment(i, "0", run));
            await SendAsync(second.Segment(i, "1", run));
        }
    }
}
