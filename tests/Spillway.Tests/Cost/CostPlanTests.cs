using Spillway.Cost;

namespace Spillway.Tests.Cost;

public sealed class CostPlanTests
{
    private static readonly CostPlan s_event = new()
    {
        Viewers = 600,
        Minutes = 40,
        Kilobits = [2500],
        PeerShare = 0.3,
    };

    [Fact]
    public void Before_is_the_bit_rate_times_time_times_viewers()
    {
        var load = PlannedLoad.Of(s_event);
        Assert.Equal(450e9, load.Before.BytesOut);
        Assert.Equal(720_000, load.Before.Requests);
        Assert.Equal(135e9, load.PeerBytes, 3);
        Assert.Equal(315e9, load.Edge[0].Bytes, 3);
        Assert.Equal(750e6, load.After.Uploads);
        Assert.Equal(360_000, load.Edge.Single(static edge => edge.Kind == "media playlists").Requests);
        var r2 = PlannedCost.Of(PriceList.Builtin, "r2", load, PriceList.Builtin.Server);
        Assert.Equal(40.5, r2.Before.ProRata, 9);
        // 100 GB a month are free.
        Assert.Equal(31.5, r2.Before.Billed, 9);
    }

    /// <summary>Class A within 5 %, everything else of the server's within 10 %, and the Class B that the measured table has: up to a quarter too many, never too few.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_plan_is_what_forty_minutes_measured(int renditions)
    {
        using var measured = new MeasuredEvent(renditions);
        var load = PlannedLoad.Of(Measured(measured));

        Within(0.05, measured["store.byWriter.classA"], load.ClassA);
        Within(0.05, measured["store.putsByKind.segment"], Puts(load, "segments") + Puts(load, "slate"));
        Within(0.05, measured["store.putsByKind.media playlist"], Puts(load, "media playlists"));
        Within(0.2, measured["store.putsByKind.lease"], Puts(load, "renewals of the lease"));
        Within(0.05, measured["store.putsByKind.report"], Puts(load, "broadcast report"));
        Within(0.05, measured["origin.inAll.requests"], load.After.Requests);
        Within(0.1, measured["origin.inAll.bytesOut"], load.After.BytesOut);
        Within(0.1, measured["origin.inAll.bytesIn"], load.After.BytesIn);
        // The bit rates are the encoder's, without the container.
        Within(0.1, measured["store.bytesUploaded"], load.After.Uploads);
        Within(0.02, measured["edgeInAll.requests"], load.EdgeRequests);
        Above(0.25, measured.ClassB("20 locations, one upper tier"), load.ClassB);
        Above(0.25, measured.ClassB("20 locations, no tier"), PlannedLoad.Of(load.Plan with { Tiered = false }).ClassB);
        Within(0.02, measured.ClassB("no cache"), PlannedLoad.Of(load.Plan with { Locations = 0 }).ClassB);
    }

    [Fact]
    public void Before_is_what_a_crowd_at_a_folder_was_measured_to_ask()
    {
        using var measured = new MeasuredEvent(3);
        var load = PlannedLoad.Of(Measured(measured));
        Within(0.05, measured["before.requestsForEvent"], load.Before.Requests);
        Within(0.1, measured["before.bytesForEvent"], load.Before.BytesOut);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 1)]
    [InlineData(6, 2)]
    public void The_lease_needs_renewals_of_its_own_only_between_two_playlists(double segment, double renewals) =>
        Assert.Equal(renewals, StoreWrites.RenewalsASegment(segment));

    [Fact]
    public void A_replay_and_tracker_nodes_add_what_they_write()
    {
        var load = PlannedLoad.Of(s_event with { KeepDays = 30, Nodes = 2 });
        // Two playlists each half minute, and two at the end; two signs of life each 15 s.
        Assert.Equal(162, Puts(load, "replay playlists"));
        Assert.Equal(320, Puts(load, "heartbeats of tracker nodes"));
        var cost = PlannedCost.Of(PriceList.Builtin, "r2", load, PriceList.Builtin.Server);
        Assert.Equal(0.75 * 0.015, Row(cost, "store: GB kept for a month").ProRata, 9);
    }

    [Fact]
    public void Without_sharing_nobody_comes_to_the_tracker()
    {
        var load = PlannedLoad.Of(s_event with { PeerShare = 0 });
        Assert.Equal((60 * 1.15) + 160 + 50, load.After.Requests, 6);
        Assert.Equal(450e9, load.Edge[0].Bytes);
        Assert.Equal(160 * 2500, load.After.BytesOut);
    }

    [Fact]
    public void Sharing_saves_metered_bytes_and_not_R2_s_dollars()
    {
        var (none, most) = (PlannedLoad.Of(s_event with { PeerShare = 0 }), PlannedLoad.Of(s_event with { PeerShare = 0.75 }));
        var list = PriceList.Builtin;
        var (r2, r2Shared) = (Of("r2", none), Of("r2", most));
        Assert.InRange(r2Shared.After.ProRata, 0.8 * r2.After.ProRata, 1.2 * r2.After.ProRata);
        // 450 GB at $0.085 are $38, of which three quarters are saved.
        var saved = Row(Of("s3", none), "edge: bytes to viewers").ProRata - Row(Of("s3", most), "edge: bytes to viewers").ProRata;
        Assert.Equal(337.5 * 0.085, saved, 2);

        PlannedCost Of(string provider, PlannedLoad load) => PlannedCost.Of(list, provider, load, list.Server);
    }

    [Fact]
    public void Bunny_s_bill_reaches_its_minimum()
    {
        var load = PlannedLoad.Of(s_event with { Viewers = 10 });
        var cost = PlannedCost.Of(PriceList.Builtin, "bunny", load, PriceList.Builtin.Server);
        Assert.Equal(
            1,
            cost.Rows.Where(static row => row.What.StartsWith("edge", StringComparison.Ordinal))
                .Sum(static row => row.Money.Billed),
            9
        );
    }

    [Fact]
    public void The_uploads_have_what_signalling_leaves_of_the_free_bytes()
    {
        var load = PlannedLoad.Of(s_event with { Minutes = 60 * 24 * 10, Kilobits = [2500, 1200, 600], Viewers = 10 });
        var cost = PlannedCost.Of(PriceList.Builtin, "r2", load, PriceList.Builtin.Server);
        var server = cost.Rows.Where(static row => row.What.StartsWith("server", StringComparison.Ordinal)).ToList();
        var gigabytes = server.Sum(static row => row.Amount);
        Assert.InRange(gigabytes, 450, 600);
        Assert.Equal((gigabytes - 100) * 0.09, server.Sum(static row => row.Money.Billed), 9);
    }

    private static CostPlan Measured(MeasuredEvent measured)
    {
        var minutes = measured["plan.seconds"] / 60;
        return new CostPlan
        {
            Viewers = (int)measured["plan.viewers"],
            Minutes = minutes,
            Kilobits = measured.Kilobits,
            PeerShare = 1 - measured["plan.edgeShare"],
            SegmentSeconds = measured["plan.segmentSeconds"],
            Reconnects = measured["plan.reconnects"],
            // All came evenly within the first five minutes.
            Present = 1 - (measured["plan.joiningSeconds"] / 2 / measured["plan.seconds"]),
        };
    }

    private static double Puts(PlannedLoad load, string kind) => load.Writes.Single(write => write.Kind == kind).Puts;

    private static Money Row(PlannedCost cost, string what) => cost.Rows.Single(row => row.What == what).Money;

    private static void Within(double margin, double measured, double planned) =>
        Assert.InRange(planned, measured * (1 - margin), measured * (1 + margin));

    private static void Above(double margin, double measured, double planned) =>
        Assert.InRange(planned, measured, measured * (1 + margin));
}
