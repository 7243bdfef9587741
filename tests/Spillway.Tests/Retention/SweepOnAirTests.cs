using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Retention;

/// <summary>A real stream sweeps after itself.</summary>
public sealed class SweepOnAirTests : OnAirTest
{
    public SweepOnAirTests() => Sweeps = new StreamSweeps();

    [Fact]
    public async Task The_broadcast_before_the_last_is_gone_hours_after_its_end_and_the_last_one_stays()
    {
        // The gaps at their ends do not push out what was shown.
        Options.Window = 200;
        // A clock that leaps by hours is a process that was frozen for hours: it would lose its lease each time.
        Conditional = false;
        Start();
        await GoOnAirAsync();
        var first = Stream.OnAir!.Id;
        await GoOffAirAsync();
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 3, run: 1, atOnce: true);
        await Until.TrueAsync(() => Stream.OnAir!.Id != first, "the next broadcast is on air");
        await UntilStateAsync("live");
        var second = Stream.OnAir!.Id;
        await GoOffAirAsync();

        // Off air nothing needs the time between.
        for (var hour = 0; hour < 6; hour++)
        {
            Clock.Time.Advance(TimeSpan.FromHours(1));
            await Clock.Wait(5);
        }
        var left = (await Store.Direct.ListAllAsync("live/")).ConvertAll(static entry => entry.Key);
        Assert.DoesNotContain(left, key => key.Contains(first, StringComparison.Ordinal));
        Assert.Equal(4, left.Count(key => key.Contains(second, StringComparison.Ordinal)));
        Assert.Equal("0 1 2", Story(await Show.GetAsync(Show.Larger), await PlaylistAsync()));
        Assert.Null(Stream.Status.StoreFault);
    }

    [Fact]
    public async Task It_is_found_while_the_stream_is_written_here_and_only_then()
    {
        Start();
        await GoOnAirAsync();
        var result = await Sweeps!.Current!.SweepAsync(dryRun: true, TestContext.Current.CancellationToken);
        Assert.Equal(0, result.DeletedKeys);
        Assert.Empty(result.Problems);
        // Three segments, their playlist, the multivariant one, player.json, lease.json.
        Assert.Equal(7, result.Keys);
        Assert.Equal(0, result.Unknown);
        await StopAsync();
        Assert.Null(Sweeps.Current);
    }

    [Fact]
    public async Task A_sweep_of_one_that_has_a_successor_deletes_nothing()
    {
        Start();
        await GoOnAirAsync();
        var id = $"{Stream.OnAir!.Id[..^1]}{(Stream.OnAir.Id[^1] == '0' ? '1' : '0')}";
        await Store.Direct.StoreAsync($"live/{id}/0/1000000-{new string('0', 32)}.ts", TestObjects.Bytes("x"));
        var sweeper = Sweeps!.Current!;
        await GoOffAirAsync();
        Clock.Time.Advance(TimeSpan.FromHours(2));
        await Until.TrueAsync(
            async () => (await Store.Direct.LookAsync(StreamKeys.Sweep("live"))).Status == GetStatus.Found,
            () => "it has noted what it will delete"
        );
        var theirs = new LeaseDocument
        {
            Epoch = 9,
            Revision = 1,
            Writer = "another",
            Duration = 10,
            Source = LeaseDocument.Live,
        };
        await Store.Direct.StoreAsync(StreamKeys.Lease("live"), theirs.ToJson());
        Clock.Time.Advance(TimeSpan.FromHours(2));
        var sweep = sweeper.SweepAsync(dryRun: false, TestContext.Current.CancellationToken);
        await ((Task)sweep).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        // Either it asked, or the stream had yielded already.
        Assert.True(sweep.IsCanceled || (await sweep).Stopped);
        Assert.Single(await Store.Direct.ListAllAsync($"live/{id}/"));
    }

    private async Task GoOffAirAsync()
    {
        await SendAsync(new SourceAway("the test is over"));
        await UntilStateAsync("ended");
        await SendAsync(new SourceBack());
    }
}
