using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>A writer and a hot standby: one writes, the other waits, and takes over in time.</summary>
public sealed class StandbyTests : InstancesTest
{
    /// <summary>Three target durations of these shows are less.</summary>
    private static readonly TimeSpan s_inTime = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_second_instance_follows_its_source_and_stores_nothing()
    {
        var (first, second, show) = await OnAirAsync();
        var mine = second.Line.Puts;
        await PlayAllAsync(show, 20);
        Assert.True(first.Writes);
        Assert.True(second.Stream.StandsBy);
        Assert.Equal((0, 0), (mine, second.Line.Puts));
        Assert.Equal(first.Stream.Writer!.Instance, second.Stream.Writer!.Writer);
        Assert.Equal(LiveStreamStatusStandby, second.Stream.Status.State);
        Assert.Contains(first.Stream.Writer.Instance, second.Stream.Refusal, StringComparison.Ordinal);
        Assert.Null(first.Stream.Refusal);
        Assert.Single(MediaPlaylistKeys);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-300, 420)]
    [InlineData(86_400, -7)]
    public async Task It_takes_over_in_time_when_the_first_one_dies_whatever_their_wall_clocks_say(double first, double second)
    {
        var (writer, standby, show) = await OnAirAsync(first, second);
        await PlayAllAsync(show, 5);
        await Died(writer);
        var taken = await UntilListsAsync(standby, show);
        Assert.True(taken <= s_inTime, $"it took {taken.TotalSeconds:0.0} s");
        TestContext.Current.TestOutputHelper!.WriteLine($"{taken.TotalSeconds:0.0} s");
        Assert.Contains("not been renewed", standby.Stream.Writer!.Why, StringComparison.Ordinal);
        Assert.Equal(1, standby.Stream.Writer.TakeOvers);
        Assert.Equal(2, standby.Stream.Writer.Epoch);
    }

    [Fact]
    public async Task Nothing_that_the_source_brought_meanwhile_is_lost()
    {
        var (writer, standby, show) = await OnAirAsync();
        await PlayAllAsync(show, 3);
        await Died(writer);
        await UntilListsAsync(standby, show);
        await PlayAllAsync(show, 1);
        // The same broadcast goes on: each segment is listed in its order, and none is missing.
        var playlist = await PlaylistAsync(Assert.Single(MediaPlaylistKeys));
        var listed = playlist.Segments.Select(s => IndexIn(show, s)).ToList();
        Assert.Equal(Enumerable.Range(listed[0], listed.Count), listed);
        Assert.DoesNotContain(playlist.Segments, static s => s.Discontinuity);
        Assert.True(listed.Count > 10);
    }

    [Fact]
    public async Task A_writer_that_is_cut_off_stops_and_yields_when_it_is_back()
    {
        var (writer, standby, show) = await OnAirAsync();
        await PlayAllAsync(show, 4);
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + s_inTime));
        writer.Line.IsCut = true;
        var taken = await UntilListsAsync(standby, show);
        Assert.True(taken <= s_inTime, $"it took {taken.TotalSeconds:0.0} s");
        await PlayAllAsync(show, 20);
        writer.Line.IsCut = false;
        await UntilStandsByAsync(writer);
        Assert.Equal(standby.Stream.Writer!.Instance, writer.Stream.Writer!.Writer);
        await PlayAllAsync(show, 8);
        Assert.True(standby.Writes);
        Assert.Equal(1, standby.Stream.Writer.TakeOvers);
        Assert.Equal(0, writer.Stream.Writer.TakeOvers);
    }

    [Fact]
    public async Task A_writer_that_stops_hands_over_at_once()
    {
        var (writer, standby, show) = await OnAirAsync();
        await PlayAllAsync(show, 4);
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + s_inTime));
        await writer.StopAsync();
        var lease = LeaseDocument.Read((await Store.Direct.FindAsync("live/lease.json")).Body.Span)!;
        var taken = await UntilListsAsync(standby, show);
        Assert.True(taken < TimeSpan.FromSeconds(5.5), $"it took {taken.TotalSeconds:0.0} s");
        Assert.Contains("given the lease back", standby.Stream.Writer!.Why, StringComparison.Ordinal);
        Assert.True(lease.IsReleased || lease.Epoch == 2);
    }

    [Fact]
    public async Task A_killed_instance_takes_its_own_lease_at_once_when_it_is_started_again()
    {
        var writer = Begin(id: "one");
        var show = await PlayOnAirAsync(writer);
        await PlayAllAsync(show, 3);
        await Died(writer);
        var began = Clock.Elapsed;
        var again = Begin(id: "one");
        await UntilWritesAsync(again);
        Assert.True(Clock.Elapsed - began < TimeSpan.FromSeconds(1));
        Assert.Equal((2, 0), (again.Stream.Writer!.Epoch, again.Stream.Writer.TakeOvers));
        await UntilListsAsync(again, show);
    }

    [Fact]
    public async Task Another_one_waits_for_the_lease_of_the_dead_to_expire()
    {
        var writer = Begin(id: "one");
        var show = await PlayOnAirAsync(writer);
        await Died(writer);
        var began = Clock.Elapsed;
        var other = Begin(id: "two");
        await UntilWritesAsync(other);
        Assert.InRange((Clock.Elapsed - began).TotalSeconds, 5, 7);
        await UntilListsAsync(other, show);
    }

    [Fact]
    public async Task Ten_take_overs_in_one_history()
    {
        var instances = new List<Instance> { Begin(200) };
        await UntilWritesAsync(instances[0]);
        instances.Add(Begin(-200));
        var show = await PlayOnAirAsync(instances[0]);
        for (var i = 0; i < 10; i++)
        {
            var (writer, other) = (instances[i % 2], instances[(i + 1) % 2]);
            await UntilStandsByAsync(other);
            await PlayAllAsync(show, 3);
            Excuses.Add((Clock.Elapsed, Clock.Elapsed + s_inTime));
            writer.Line.IsCut = true;
            var taken = await UntilListsAsync(other, show);
            Assert.True(taken <= s_inTime, $"take-over {i + 1} took {taken.TotalSeconds:0.0} s");
            writer.Line.IsCut = false;
        }
        Assert.Equal(11, instances[0].Stream.Writer!.Epoch);
        Assert.Equal((5, 5), (instances[0].Stream.Writer!.TakeOvers, instances[1].Stream.Writer!.TakeOvers));
        Assert.Single(MediaPlaylistKeys);
    }

    [Fact]
    public async Task A_lease_marked_away_is_taken_by_one_whose_source_is_live()
    {
        Options.Grace = TimeSpan.FromMinutes(5);
        var (writer, standby, show) = await OnAirAsync();
        await PlayAllAsync(show, 3);
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + s_inTime));
        // The encoder goes to the other host.
        await writer.SendAsync(new SourceAway("nobody publishes"));
        var began = Clock.Elapsed;
        for (var i = 0; i < 8; i++)
        {
            await standby.SendAsync(show.Segment(10 + i));
            await Clock.Wait(1);
        }
        await UntilWritesAsync(standby);
        Assert.True(Clock.Elapsed - began < TimeSpan.FromSeconds(9));
        Assert.Contains("away", standby.Stream.Writer!.Why, StringComparison.Ordinal);
        await UntilStandsByAsync(writer);
    }

    [Fact]
    public async Task A_source_that_is_away_for_all_moves_nothing_and_neither_does_its_return()
    {
        Options.Grace = TimeSpan.FromMinutes(5);
        var (writer, standby, show) = await OnAirAsync();
        for (var blink = 0; blink < 3; blink++)
        {
            await writer.SendAsync(new SourceAway("gone"));
            await Clock.Wait(0.6);
            await standby.SendAsync(new SourceAway("gone"));
            await Clock.Wait(5);
            // The one that waits sees it first.
            var back = show.Segment(4 + blink);
            await standby.SendAsync(new SourceBack());
            await standby.SendAsync(back);
            await Clock.Wait(0.9);
            await writer.SendAsync(new SourceBack());
            await writer.SendAsync(back);
            await Clock.Wait(4);
        }
        Assert.True(writer.Writes);
        Assert.Equal(1, writer.Stream.Writer!.Epoch);
        Assert.True(standby.Stream.StandsBy);
    }

    [Fact]
    public async Task Nothing_on_air_costs_few_renewals_and_the_standby_still_takes_over()
    {
        var (writer, standby) = (Begin(), default(Instance));
        await UntilWritesAsync(writer);
        await writer.SendAsync(new SourceAway("nobody publishes"));
        standby = Begin();
        await UntilStandsByAsync(standby);
        await Clock.Wait(10);
        var before = writer.Line.Puts;
        await Clock.Wait(60);
        Assert.InRange(writer.Line.Puts - before, 2, 4);
        await writer.KillAsync();
        await Clock.Wait(45);
        Assert.True(standby.Stream.StandsBy);
        await Clock.Wait(30);
        await UntilWritesAsync(standby);
    }

    [Fact]
    public async Task Two_that_start_at_the_same_moment_are_one_writer_and_one_standby()
    {
        var (one, two) = (Begin(), Begin());
        await Until.TrueAsync(() => one.Writes || two.Writes, "one of them writes");
        var (writer, other) = one.Writes ? (one, two) : (two, one);
        await UntilStandsByAsync(other);
        var show = await PlayOnAirAsync(writer);
        await PlayAllAsync(show, 5);
        Assert.True(writer.Writes);
        Assert.Equal(0, other.Stream.Writer!.TakeOvers);
    }

    private const string LiveStreamStatusStandby = Spillway.Streams.LiveStreamStatus.Standby;

    private async Task Died(Instance writer)
    {
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + s_inTime));
        await writer.KillAsync();
    }
}
