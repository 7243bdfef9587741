using Spillway.Events;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Tests.Events;

public sealed class EventRulesTests
{
    private static readonly LeaseReport s_waiting = new() { Instance = "aaaa", Why = "this instance has just started" };
    private static readonly LeaseReport s_mine = s_waiting with { Writer = "aaaa", Writes = true, Why = "nobody had the lease" };
    private static readonly LeaseReport s_others = s_waiting with { Writer = "bbbb", Why = "instance bbbb writes" };

    private StreamMoment _before = StreamMoment.Nothing("live");

    [Fact]
    public void An_evening_is_told_from_its_begin_to_its_end()
    {
        Assert.Equal([], See(new LiveStreamStatus(), s_waiting));
        Assert.Equal(["Info writer"], See(new LiveStreamStatus(), s_mine));
        Assert.Equal(["Info on-air"], See(OnAir("b1"), s_mine));
        Assert.Equal([], See(OnAir("b1"), s_mine));
        Assert.Equal(["Warning source-away"], See(OnAir("b1") with { SourceAway = "gone" }, s_mine));
        Assert.Equal(["Warning slate"], See(OnAir("b1") with { SourceAway = "gone", State = "slate" }, s_mine));
        Assert.Equal(["Info source-back"], See(OnAir("b1") with { State = "slate" }, s_mine));
        Assert.Equal(["Info slate-over"], See(OnAir("b1"), s_mine));
        Assert.Equal(["Warning storage-trouble"], See(OnAir("b1") with { StoreFault = "refused" }, s_mine));
        Assert.Equal([], See(OnAir("b1") with { StoreFault = "refused otherwise" }, s_mine));
        Assert.Equal(["Info storage-well"], See(OnAir("b1"), s_mine));
        Assert.Equal(["Warning gap"], See(OnAir("b1") with { Gaps = 2 }, s_mine));
        Assert.Equal(["Warning source-away"], See(OnAir("b1") with { Gaps = 2, SourceAway = "gone" }, s_mine));
        Assert.Equal(["Info off-air"], See(OnAir("b1") with { Gaps = 2, SourceAway = "gone", State = "ended" }, s_mine));
        Assert.Equal([], See(OnAir("b1") with { Gaps = 2, SourceAway = "gone", State = "ended" }, s_mine));
        Assert.Equal(["Info source-back"], See(OnAir("b1") with { Gaps = 2, State = "ended" }, s_mine));
        Assert.Equal(["Info on-air"], See(OnAir("b2") with { Gaps = 2 }, s_mine));
    }

    [Fact]
    public void With_nothing_on_air_a_source_that_is_away_is_no_warning() =>
        Assert.Equal(["Info source-away"], See(new LiveStreamStatus { SourceAway = "no encoder" }));

    [Fact]
    public void The_next_broadcast_says_what_has_changed()
    {
        See(OnAir("b1"));
        var next = Changes(OnAir("b2") with { SwarmSplits = 1, LastSwarmSplit = "another size" }).Single();
        Assert.Equal(EventKinds.OnAir, next.Kind);
        Assert.Equal("Broadcast b2 is on air in place of b1: another size.", next.Text);
        Assert.Equal("b2", next.Broadcast);
    }

    /// <summary>A run that starts anew, after a defect or a loss of the lease, is offline until it has read the bucket.</summary>
    [Fact]
    public void A_run_that_starts_anew_neither_ends_nor_begins_a_broadcast()
    {
        See(OnAir("b1"), s_mine);
        Assert.Equal([], See(new LiveStreamStatus(), s_mine));
        Assert.Equal([], See(OnAir("b1"), s_mine));
    }

    [Fact]
    public void A_take_over_is_told_by_the_old_writer_and_by_the_new_one()
    {
        See(OnAir("b1"), s_mine);
        Assert.Equal(
            ["Warning failover"],
            See(new LiveStreamStatus { State = LiveStreamStatus.Standby }, s_mine with { Writer = null, Writes = false })
        );
        Assert.Equal(["Info writer"], See(new LiveStreamStatus { State = LiveStreamStatus.Standby }, s_others));
        Assert.Equal([], See(new LiveStreamStatus { State = LiveStreamStatus.Standby }, s_others));
        Assert.Equal(["Warning failover"], See(OnAir("b1"), s_mine with { TakeOvers = 1 }));
    }

    [Fact]
    public void A_writer_that_reads_the_bucket_anew_has_lost_nothing()
    {
        See(OnAir("b1"), s_mine);
        Assert.Equal(
            [],
            See(new LiveStreamStatus(), s_mine with { Writes = false, Why = "this instance reads the bucket anew" })
        );
        Assert.Equal([], See(OnAir("b1"), s_mine));
    }

    [Fact]
    public void Another_writer_where_only_one_may_be_is_an_error() =>
        Assert.Equal(["Error failover"], See(new LiveStreamStatus { Superseded = "another one writes" }));

    [Fact]
    public void Gaps_are_counted_since_the_last_look_and_anew_after_a_restart()
    {
        See(OnAir("b1") with { Gaps = 5 });
        Assert.Equal(2, Changes(OnAir("b1") with { Gaps = 7 }).Single().Count);
        Assert.Equal(3, Changes(OnAir("b1") with { Gaps = 3 }).Single().Count);
    }

    [Fact]
    public void Peers_that_give_nothing_are_told_once_and_so_is_their_recovery()
    {
        Assert.Equal(["Warning peers-zero"], See(OnAirFirst(), peers: "0 %"));
        Assert.Equal([], See(OnAir("b1"), peers: "0 % still"));
        Assert.Equal(["Info peers-well"], See(OnAir("b1")));
    }

    [Fact]
    public void Advice_is_told_when_it_begins_and_figures_in_it_do_not_repeat_it()
    {
        See(OnAir("b1"));
        Assert.Equal(
            ["Warning advice", "Warning advice", "Warning advice", "Warning advice"],
            See(
                OnAir("b1") with
                {
                    SourceAdvice = "a",
                    StoreAdvice = "b 71 %",
                    BandwidthAdvice = "c 9 Mbit/s",
                    SlateProblem = "d",
                }
            )
        );
        Assert.Equal(
            ["Warning advice"],
            See(
                OnAir("b1") with
                {
                    SourceAdvice = "another",
                    StoreAdvice = "b 72 %",
                    BandwidthAdvice = "c 10 Mbit/s",
                    SlateProblem = "d",
                }
            )
        );
    }

    private LiveStreamStatus OnAirFirst()
    {
        See(OnAir("b1"));
        return OnAir("b1");
    }

    private static LiveStreamStatus OnAir(string broadcast) => new() { State = "live", Broadcast = broadcast };

    private string[] See(LiveStreamStatus status, LeaseReport? lease = null, string? peers = null) =>
        [.. Changes(status, lease, peers).Select(static change => $"{change.Level} {change.Kind}")];

    private IReadOnlyList<StreamChange> Changes(LiveStreamStatus status, LeaseReport? lease = null, string? peers = null)
    {
        var after = StreamMoment.Of("live", status, lease, peers, _before);
        var changes = EventRules.Changes(_before, after);
        _before = after;
        return changes;
    }
}
