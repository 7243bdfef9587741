using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>
/// A writer stopped like by SIGSTOP, with a PUT on its way, and set going again between each pair of its successor's steps. Whatever it
/// sends then must fail by its condition; <see cref="InstancesTest"/> holds all versions against that at the end.
/// </summary>
public sealed class FrozenWriterTests : InstancesTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_writer_that_thaws_before_a_PUT_of_its_successor_overwrites_nothing_and_yields(int step)
    {
        var (writer, standby, show) = await OnAirAsync();
        var thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        standby.Line.BeforePut = async (_, number) =>
        {
            if (number != step)
                return;
            Assert.True(writer.Line.UnderWay > 0);
            writer.Thaw();
            thawed.TrySetResult();
            // What it has under way arrives, and its timers make it do something.
            await Until.TrueAsync(() => writer.Line.UnderWay == 0, "it has arrived");
            await Clock.Wait(1.5);
        };
        await FreezeAtPlaylistAsync(writer, show);
        await UntilListsAsync(standby, writer, show);
        await thawed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await UntilOneWritesAsync(writer, standby);
        await PlayAllAsync(show, 8);
        await UntilOneWritesAsync(writer, standby);
        // Only where the successor had nothing yet, the first one may have kept its place.
        Assert.True(standby.Writes || step == 0, "the successor writes");
    }

    [Fact]
    public async Task A_writer_that_is_frozen_for_half_a_minute_stops_before_it_hears_of_its_successor()
    {
        var (writer, standby, show) = await OnAirAsync();
        await FreezeAtPlaylistAsync(writer, show);
        await UntilListsAsync(standby, show);
        await PlayAllAsync(show, 22);
        var before = writer.Line.Puts;
        writer.Thaw();
        await writer.SendAsync(show.Segment(0, run: 5));
        await UntilStandsByAsync(writer);
        // What was on its way, and the look at the lease: it began nothing anew but the lease's renewal.
        Assert.InRange(writer.Line.Puts - before, 0, 1);
        await PlayAllAsync(show, 4);
        Assert.True(standby.Writes);
        Assert.Equal(1, standby.Stream.Writer!.TakeOvers);
    }

    [Fact]
    public async Task A_successor_that_freezes_at_any_step_is_succeeded_itself()
    {
        var (writer, second, show) = await OnAirAsync();
        var third = Begin();
        await UntilStandsByAsync(third);
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + TimeSpan.FromSeconds(120)));
        var instances = new List<Instance> { writer, second, third };
        for (var step = 0; step < 6; step++)
        {
            var now = instances.Single(static instance => instance.Writes);
            var at = step;
            foreach (var next in instances.Where(instance => instance != now))
            {
                var from = next.Line.Puts;
                next.Line.BeforePut = (_, number) =>
                {
                    if (number - from == at)
                        next.Freeze();
                    return Task.CompletedTask;
                };
            }
            now.Freeze();
            await PlayAllAsync(show, 9);
            foreach (var instance in instances)
                instance.Line.BeforePut = static (_, _) => Task.CompletedTask;
            await PlayAllAsync(show, 9);
            instances.ForEach(static instance => instance.Thaw());
            await Clock.Wait(1);
            await Until.TrueAsync(() => instances.Count(static instance => instance.Writes) == 1, "one of them writes");
            await UntilListsAsync(instances.Single(static instance => instance.Writes), show);
        }
    }

    [Fact]
    public async Task One_that_waits_and_is_frozen_takes_nothing_from_a_writer_that_lives()
    {
        var (writer, standby, show) = await OnAirAsync();
        for (var i = 0; i < 3; i++)
        {
            standby.Freeze();
            await PlayAllAsync(show, 15 + i);
            standby.Thaw();
            await PlayAllAsync(show, 6);
        }
        Assert.True(writer.Writes);
        Assert.Equal(1, writer.Stream.Writer!.Epoch);
        Assert.Equal(0, standby.Line.Puts);
    }

    [Fact]
    public async Task What_a_frozen_writer_creates_behind_its_successor_s_back_is_read_before_anything_else_is_written()
    {
        // The bucket is empty, so that there is nothing to be fenced.
        var writer = Begin();
        writer.Line.BeforePut = (key, _) =>
        {
            if (key == "live/player.json")
                writer.Freeze();
            return Task.CompletedTask;
        };
        await UntilWritesAsync(writer);
        var standby = Begin();
        var met = 0;
        standby.Line.BeforePut = async (key, _) =>
        {
            if (key != "live/player.json" || Interlocked.Increment(ref met) > 1)
                return;
            writer.Line.BeforePut = static (_, _) => Task.CompletedTask;
            writer.Thaw();
            await Until.TrueAsync(() => writer.Line.UnderWay == 0, "what it had under way has arrived");
        };
        await UntilWritesAsync(standby);
        await PlayOnAirAsync(standby);
        // Taken over, and taken once more by itself to begin anew: that may be later than the first listing.
        await Until.TrueAsync(() => standby.Stream.Writer!.Epoch == 3, () => $"it begins anew: {standby.Stream.Writer}");
        Assert.Equal(1, standby.Stream.Writer!.TakeOvers);
        Assert.Contains(
            Store.Line.Stored,
            static put => put.Key == "live/player.json" && StampReader.Read(put.Body)!.Value.Epoch == 1
        );
        await UntilStandsByAsync(writer);
    }

    /// <summary>In the middle of a PUT of its live playlist.</summary>
    private async Task FreezeAtPlaylistAsync(Instance writer, Show show)
    {
        var frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Line.BeforePut = (key, _) =>
        {
            if (key.EndsWith("/0/playlist.m3u8", StringComparison.Ordinal) && frozen.TrySetResult())
                writer.Freeze();
            return Task.CompletedTask;
        };
        await PlayAllAsync(show, 4);
        await frozen.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Excuses.Add((Clock.Elapsed - TimeSpan.FromSeconds(3), Clock.Elapsed + TimeSpan.FromSeconds(25)));
    }

    private static async Task UntilOneWritesAsync(Instance one, Instance other) =>
        await Until.TrueAsync(
            () => one.Writes != other.Writes,
            () => $"one of them writes: {one.Stream.Writer} {other.Stream.Writer}"
        );
}
