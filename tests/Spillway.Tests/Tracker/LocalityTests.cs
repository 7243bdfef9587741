using System.Globalization;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>Who is brought together with whom. "At home" is a viewer with an address of its own, far from all others.</summary>
public sealed class LocalityTests
{
    private const string Venue = "192.0.2.1";

    [Fact]
    public void In_a_venue_most_connections_stay_inside_and_with_the_people_at_home_it_is_one_graph()
    {
        using var show = new SimulatedEvent(1);
        for (var i = 0; i < 300; i++)
        {
            show.Join(show.Random.NextDouble() * 60, Venue);
            show.Join(show.Random.NextDouble() * 60, Home(show, i));
        }
        show.Run(600);
        var inside = Share(show, Venue);
        Print($"300 in a venue, 300 at home: {inside:P0} of the venue's connections stay inside; by chance it would be 50 %");
        Assert.InRange(inside, 0.70, 0.95);
        Assert.Equal(600, show.Reachable());
        Assert.All(show.Viewers, static viewer => Assert.InRange(viewer.Peers.Count, 4, 60));
    }

    [Fact]
    public void Four_venues_that_know_nobody_else_are_one_graph_whatever_the_dice_and_however_many_come_and_go()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            using var show = new SimulatedEvent(seed);
            for (var i = 0; i < 200; i++)
                show.Join(show.Random.NextDouble() * 30, At(i % 4));
            // Each second somebody goes and somebody comes: half of all within 100 seconds.
            for (var second = 60; second < 360; second++)
            {
                show.Do(second, () => show.Leave(show.Viewers[show.Random.Next(show.Viewers.Count)]));
                show.Join(second, At(second % 4));
            }
            for (var minute = 1; minute <= 6; minute++)
            {
                show.Run(60 * minute);
                Assert.InRange(show.Reachable(), show.Viewers.Count - 2, show.Viewers.Count); // those who came this moment
            }
            show.Run(420);
            Assert.Equal(200, show.Reachable());
            Assert.All(Enumerable.Range(0, 4), venue => Assert.InRange(Share(show, At(venue)), 0.65, 0.95));
        }

        static string At(int venue) => string.Create(CultureInfo.InvariantCulture, $"192.0.{venue}.1");
    }

    [Fact]
    public void One_large_venue_and_many_who_are_alone_are_both_served()
    {
        using var show = new SimulatedEvent(7);
        for (var i = 0; i < 550; i++)
            show.Join(show.Random.NextDouble() * 20, Venue);
        for (var i = 0; i < 50; i++)
            show.Join(show.Random.NextDouble() * 300, Home(show, i));
        show.Run(400);
        var homes = show.Viewers.Where(static viewer => viewer.Place.Address != Venue).ToArray();
        var least = homes.Min(static viewer => viewer.Peers.Count);
        Print(
            $"550 in a venue, 50 at home: {Share(show, Venue):P0} of the venue's connections inside; at home at least {least} each"
        );
        Assert.Equal(50, homes.Length);
        Assert.InRange(least, 4, 60);
        Assert.InRange(show.Viewers.Min(static viewer => viewer.Peers.Count), 4, 60);
        Assert.Equal(600, show.Reachable());
    }

    [Fact]
    public void Neighbours_are_sought_by_address_then_by_the_operators_list_then_by_prefix_then_anywhere()
    {
        var networks = new ListedNetworks(["10.20.0.0/16"]);
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var groups = new Dictionary<string, string[]>
        {
            ["address"] = [.. Enumerable.Repeat("10.20.1.1", 30)],
            ["listed"] = [.. Enumerable.Range(0, 30).Select(i => $"10.20.{100 + i}.1")],
            ["prefix"] = [.. Enumerable.Range(0, 30).Select(i => $"10.20.1.{100 + i}")],
            ["anywhere"] = [.. Enumerable.Range(0, 400).Select(i => $"198.51.{i % 200}.{i / 200}")],
        };
        var members = new Dictionary<string, RecordingConnection[]>();
        foreach (var (name, addresses) in groups)
        {
            members[name] = [.. addresses.Select(address => new RecordingConnection(address, networks))];
            for (var i = 0; i < addresses.Length; i++)
                core.Receive(members[name][i], Announce("h", $"{name[..2]}{i}"));
        }
        var sender = new RecordingConnection("10.20.1.1", networks);
        for (var round = 0; round < 400; round++)
            core.Receive(sender, Announce("h", "sender", offers: 5, batch: $"{round}"), 61 * round);

        int Offers(string name) =>
            members[name].Sum(static member => member.All().Count(static message => message.ContainsKey("offer")));
        var (address, listed, prefix, anywhere) = (Offers("address"), Offers("listed"), Offers("prefix"), Offers("anywhere"));
        Print($"of 2,000 offers: {address} to the same address, {listed + prefix} to the same network, {anywhere} elsewhere");
        Assert.Equal(2_000, address + listed + prefix + anywhere);
        // 60 %; of the next 20 % the listed network holds all three; the last 20 % go anywhere, mostly to strangers.
        Assert.InRange(address, 1_250, 1_450);
        Assert.InRange(listed + prefix, 220, 400);
        Assert.InRange(anywhere, 280, 380);
    }

    [Fact]
    public void What_is_not_found_near_is_sought_farther_away()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var near = new RecordingConnection("192.0.2.2");
        var far = Enumerable.Range(0, 10).Select(i => new RecordingConnection($"198.51.{i}.1")).ToArray();
        core.Receive(near, Announce("h", "near"));
        for (var i = 0; i < far.Length; i++)
            core.Receive(far[i], Announce("h", $"far{i}"));
        near.All();
        var sender = new RecordingConnection("192.0.2.1");
        core.Receive(sender, Announce("h", "sender", offers: 5));
        Assert.Equal(5, core.OffersRelayed);
        Assert.Single(near.All());
    }

    [Fact]
    public void A_peer_that_comes_back_from_elsewhere_is_looked_for_there()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var before = new RecordingConnection("192.0.2.1");
        core.Receive(before, Announce("h", "mobile"));
        before.Dead = true;
        var after = new RecordingConnection("203.0.113.1");
        core.Receive(after, Announce("h", "mobile"));
        for (var i = 0; i < 400; i++)
            core.Receive(new RecordingConnection($"198.{i / 200}.{i % 200}.1"), Announce("h", $"p{i}"));
        after.All();
        core.Receive(new RecordingConnection("203.0.113.1"), Announce("h", "sender", offers: 5));
        Assert.Single(after.All());
    }

    [Fact]
    public void A_peer_that_answers_nothing_gets_six_offers_three_from_one_address_and_one_a_minute()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var gone = new RecordingConnection();
        core.Receive(gone, Announce("h", "gone"));
        gone.All();
        // Twelve offers are for more peers than there are at first.
        for (var i = 0; i < 20; i++)
            core.Receive(new RecordingConnection($"198.51.{i}.1"), Announce("h", $"p{i}", offers: 12));
        Assert.Equal(6, gone.All().Length);
        for (var i = 0; i < 20; i++)
            core.Receive(new RecordingConnection(), Announce("h", $"q{i}", offers: 12), 60);
        Assert.Single(gone.All());
        core.Receive(gone, Announce("h", "gone"), 61);
        gone.All();
        for (var i = 0; i < 20; i++)
            core.Receive(new RecordingConnection(), Announce("h", $"r{i}", offers: 12), 61);
        Assert.Equal(3, gone.All().Length);
        for (var i = 0; i < 20; i++)
            core.Receive(new RecordingConnection($"198.52.{i}.1"), Announce("h", $"s{i}", offers: 12), 61);
        Assert.Equal(3, gone.All().Length);
    }

    [Fact]
    public void One_address_takes_no_more_than_half_of_what_a_peer_may_be_offered_in_a_minute()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var busy = new RecordingConnection("203.0.113.1");
        core.Receive(busy, Announce("h", "busy"));
        var received = 0;
        for (var i = 0; i < 40; i++)
        {
            busy.All();
            core.Receive(new RecordingConnection("198.51.100.1"), Announce("h", $"p{i}", offers: 1));
            received += busy.All().Length;
            // It is there: what it leaves unanswered is not why.
            core.Receive(busy, Announce("h", "busy"));
        }
        Assert.InRange(received, 1, 15);
        busy.All();
        core.Receive(new RecordingConnection("198.51.99.1"), Announce("h", "elsewhere", offers: 12));
        Assert.Single(busy.All());
    }

    private static string Home(SimulatedEvent show, int i) =>
        string.Create(CultureInfo.InvariantCulture, $"198.{18 + i % 2}.{show.Random.Next(256)}.{i % 250}");

    /// <summary>Of the connections that viewers at that address have, the share that ends there, too.</summary>
    private static double Share(SimulatedEvent show, string address)
    {
        var links = show
            .Viewers.Where(viewer => viewer.Place.Address == address)
            .SelectMany(static viewer => viewer.Peers)
            .ToArray();
        return (double)links.Count(peer => peer.Place.Address == address) / links.Length;
    }

    private static void Print(FormattableString line) =>
        TestContext.Current.TestOutputHelper!.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
