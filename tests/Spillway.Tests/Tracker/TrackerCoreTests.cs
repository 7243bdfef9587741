using System.Text.Json.Nodes;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerCoreTests
{
    private readonly TrackerCore _core = new(new TrackerOptions(), null, new Random(1));
    private readonly RecordingConnection _a = new();
    private readonly RecordingConnection _b = new("192.0.2.2");

    [Fact]
    public void Two_peers_are_brought_together_by_one_offer_and_its_answer()
    {
        _core.Receive(_a, Announce("h", "a", offers: 5, @event: "started"));
        var first = _a.Next();
        Assert.Equal(("announce", Id("h")), (first.Text("action"), first.Text("info_hash")));
        Assert.Equal((0, 1), (first.Number("complete"), first.Number("incomplete")));
        Assert.InRange(first.Number("interval"), 54, 66);

        _core.Receive(_b, Announce("h", "b", offers: 5, @event: "started"));
        var offer = Assert.Single(_a.All());
        Assert.Equal((Id("h"), Id("b"), Id("b-0")), (offer.Text("info_hash"), offer.Text("peer_id"), offer.Text("offer_id")));
        Assert.Equal("""{"type":"offer","sdp":"v=0 of b"}""", offer["offer"]!.ToJsonString());
        Assert.False(offer.ContainsKey("interval"));
        Assert.Equal(2, Assert.Single(_b.All()).Number("incomplete"));

        _core.Receive(_a, Answer("h", "a", "b", offer.Text("offer_id")));
        Assert.Empty(_a.All());
        var answer = Assert.Single(_b.All());
        Assert.Equal(
            ("announce", Id("h"), Id("a"), Id("b-0")),
            (answer.Text("action"), answer.Text("info_hash"), answer.Text("peer_id"), answer.Text("offer_id"))
        );
        Assert.Equal("""{"type":"answer","sdp":"v=0 by a"}""", answer["answer"]!.ToJsonString());
        Assert.False(answer.ContainsKey("interval"));
        Assert.Equal((1, 1), (_core.OffersRelayed, _core.AnswersRelayed));
    }

    [Fact]
    public void One_announce_gives_each_of_as_many_different_peers_one_offer()
    {
        var others = Enumerable.Range(0, 40).Select(_ => new RecordingConnection()).ToArray();
        for (var i = 0; i < others.Length; i++)
            _core.Receive(others[i], Announce("h", $"p{i}"));
        foreach (var other in others)
            other.All();

        _core.Receive(_a, Announce("h", "a", offers: 5));

        Assert.Equal(5, others.Count(other => other.Waiting == 1));
        Assert.Equal(35, others.Count(other => other.Waiting == 0));
        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => Id($"a-{i}")),
            others.SelectMany(other => other.All()).Select(offer => offer.Text("offer_id")).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_member_is_chosen_about_equally_often()
    {
        var others = Enumerable.Range(0, 20).Select(_ => new RecordingConnection()).ToArray();
        for (var i = 0; i < others.Length; i++)
            _core.Receive(others[i], Announce("h", $"p{i}"));
        for (var round = 0; round < 2_000; round++)
            _core.Receive(_a, Announce("h", "a", offers: 5), seconds: 61 * round);

        // 500 expected, with a standard deviation of 19.
        Assert.All(others, other => Assert.InRange(other.All().Count(message => message.ContainsKey("offer")), 400, 600));
    }

    [Fact]
    public void Offers_avoid_a_peer_whose_queue_is_full()
    {
        var full = new RecordingConnection();
        _core.Receive(full, Announce("h", "full"));
        _core.Receive(_b, Announce("h", "b"));
        full.All();
        _b.All();
        full.IsFull = true;

        for (var round = 0; round < 20; round++)
            _core.Receive(_a, Announce("h", "a", offers: 1), seconds: 61 * round);

        Assert.Equal(20, _b.All().Length);
    }

    [Fact]
    public void Numwant_limits_the_offers_passed_on()
    {
        _core.Receive(_a, Announce("h", "a"));
        _a.All();
        _core.Receive(_b, Announce("h", "b", offers: 2).Replace("\"numwant\":2", "\"numwant\":0", StringComparison.Ordinal));
        Assert.Empty(_a.All());
    }

    [Fact]
    public void Swarms_do_not_mix()
    {
        _core.Receive(_a, Announce("h", "a"));
        _a.All();
        _core.Receive(_b, Announce("i", "b", offers: 5));
        Assert.Empty(_a.All());
        Assert.Equal((2, 2), (_core.Swarms, _core.Peers));
    }

    [Fact]
    public void A_partner_is_offered_to_again_only_when_there_is_no_stranger_and_the_pair_is_a_minute_old()
    {
        Pair();
        _core.Receive(_b, Announce("h", "b", offers: 5, batch: "2"), 30);
        Assert.Empty(_a.All());
        _core.Receive(_b, Announce("h", "b", offers: 5, batch: "3"), 61);
        Assert.Equal(Id("b3-0"), Assert.Single(_a.All()).Text("offer_id"));

        var c = new RecordingConnection();
        _core.Receive(c, Announce("h", "c"), 62);
        _core.Receive(_b, Announce("h", "b", offers: 1, batch: "4"), 63);
        Assert.Empty(_a.All());
        Assert.Equal(Id("b4-0"), c.All()[^1].Text("offer_id"));
    }

    [Fact]
    public void A_peer_with_six_partners_gets_one_offer_passed_on_at_a_time()
    {
        var others = Enumerable.Range(0, 40).Select(_ => new RecordingConnection()).ToArray();
        for (var i = 0; i < others.Length; i++)
            _core.Receive(others[i], Announce("h", $"p{i}"));
        List<int> passedOn = [];
        for (var round = 0; round < 8; round++)
        {
            foreach (var other in others)
                other.All();
            _core.Receive(_a, Announce("h", "a", offers: 5, batch: $"{round}"));
            passedOn.Add(others.Sum(other => other.Waiting));
            for (var i = 0; i < others.Length; i++)
            {
                foreach (var offer in others[i].All())
                    _core.Receive(others[i], Answer("h", $"p{i}", "a", offer.Text("offer_id")));
            }
        }
        Assert.Equal([5, 5, 1, 1, 1, 1, 1, 1], passedOn);
    }

    [Fact]
    public void A_newcomer_among_strangers_is_asked_back_soon_and_later_not_any_more()
    {
        _core.Receive(_b, Announce("h", "b"));
        _core.Receive(_a, Announce("h", "a"));
        Assert.InRange(_a.Next().Number("interval"), 9, 11);
        _core.Receive(_a, Announce("h", "a"), 50);
        Assert.InRange(_a.Next().Number("interval"), 9, 11);
        _core.Receive(_a, Announce("h", "a"), 60);
        Assert.InRange(_a.Next().Number("interval"), 54, 66);
    }

    [Fact]
    public void Who_is_connected_to_everybody_waits_the_whole_interval()
    {
        Pair();
        _core.Receive(_b, Announce("h", "b"), 10);
        Assert.InRange(_b.Next().Number("interval"), 54, 66);
    }

    [Fact]
    public void The_sixth_answered_offer_tells_both_sides_at_once_to_announce_seldom()
    {
        var others = Connect();
        _core.Receive(_a, Announce("h", "a", offers: 12));
        Assert.InRange(_a.Next().Number("interval"), 9, 11);
        for (var i = 0; i < 5; i++)
            _core.Receive(others[i], Answer("h", $"p{i}", "a", others[i].All()[^1].Text("offer_id")));
        Assert.DoesNotContain(_a.All(), message => message.ContainsKey("interval"));

        _core.Receive(others[5], Answer("h", "p5", "a", others[5].All()[^1].Text("offer_id")));
        var told = _a.All();
        Assert.Equal(2, told.Length);
        Assert.Equal(["action", "info_hash", "interval", "complete", "incomplete"], told[1].Select(member => member.Key));
        Assert.InRange(told[1].Number("interval"), 810, 990);
        Assert.Empty(others[5].All());
        // And so it stays, also for its announces, with a partner or three less.
        for (var i = 0; i < 3; i++)
            _core.Close(others[i]);
        Assert.Empty(_a.All());
        _core.Receive(_a, Announce("h", "a"), 900);
        Assert.InRange(_a.Next().Number("interval"), 810, 990);
        _core.Close(others[3]);
        Assert.InRange(_a.Next().Number("interval"), 9, 11);
    }

    [Fact]
    public void Who_joins_another_swarm_is_asked_to_show_itself_in_the_last_one()
    {
        var others = Connect();
        _core.Receive(_a, Announce("h", "a", offers: 12));
        for (var i = 0; i < 6; i++)
            _core.Receive(others[i], Answer("h", $"p{i}", "a", others[i].All()[^1].Text("offer_id")));
        _a.All();
        _core.Receive(_a, Announce("720p", "a2"), 100);
        var (asked, joined) = (_a.Next(), _a.Next());
        Assert.Equal((Id("h"), Id("720p")), (asked.Text("info_hash"), joined.Text("info_hash")));
        Assert.InRange(asked.Number("interval"), 54, 66);
        _core.Receive(_a, Announce("720p", "a2"), 200);
        for (var i = 0; i < others.Length; i++)
            _core.Receive(others[i], Announce("h", $"p{i}"), 200);
        _core.RemoveSilent(TimeSpan.FromSeconds(249));
        Assert.Equal(2, _a.Memberships.Count);
        _core.RemoveSilent(TimeSpan.FromSeconds(250));
        Assert.Single(_a.Memberships);
    }

    [Fact]
    public void No_interval_is_below_five_seconds()
    {
        var hasty = new TrackerCore(new TrackerOptions { Interval = 5 }, null, new Random(1));
        for (var i = 0; i < 100; i++)
        {
            hasty.Receive(_a, Announce("h", "a"));
            Assert.InRange(_a.Next().Number("interval"), 5, 6);
        }
    }

    [Fact]
    public void A_stop_leaves_without_a_reply_and_an_emptied_swarm_is_forgotten()
    {
        _core.Receive(_a, Announce("h", "a"));
        _a.All();
        _core.Receive(_a, Announce("h", "a", @event: "stopped"));
        Assert.Empty(_a.All());
        Assert.Equal((0, 0), (_core.Swarms, _core.Peers));
    }

    [Fact]
    public void Each_membership_of_a_connection_ages_out_on_its_own_after_two_and_a_half_intervals()
    {
        _core.Receive(_a, Announce("old", "a"));
        _core.Receive(_a, Announce("new", "a2"));
        _core.Receive(_a, Announce("new", "a2"), 100);
        _core.RemoveSilent(TimeSpan.FromSeconds(149.9));
        Assert.Equal(2, _core.Peers);
        _core.RemoveSilent(TimeSpan.FromSeconds(150));
        Assert.Equal((1, 1), (_core.Swarms, _core.Peers));
        _core.RemoveSilent(TimeSpan.FromSeconds(250));
        Assert.Equal((0, 0), (_core.Swarms, _core.Peers));
        Assert.Empty(_a.Memberships);

        _core.Receive(_a, Announce("old", "a"), 251);
        Assert.Equal(1, _core.Peers);
    }

    [Fact]
    public void A_closed_connection_leaves_all_its_swarms()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_a, Announce("i", "a2"));
        _core.Receive(_b, Announce("h", "b"));
        _core.Close(_a);
        _core.Close(_a);
        Assert.Equal((1, 1), (_core.Swarms, _core.Peers));
    }

    [Fact]
    public void A_scrape_counts_seeders_and_others_and_knows_nothing_of_strangers()
    {
        _core.Receive(_a, Announce("h", "a", left: 0));
        _core.Receive(_b, Announce("h", "b", left: 7));
        _a.All();
        _core.Receive(_a, Scrape("h", "unknown"));
        var reply = _a.Next();
        Assert.Equal("scrape", reply.Text("action"));
        Assert.Equal("""{"complete":1,"incomplete":1,"downloaded":0}""", reply["files"]![Id("h")]!.ToJsonString());
        Assert.Equal(0, reply["files"]![Id("unknown")]!["incomplete"]!.GetValue<int>());
        Assert.Equal(1, _core.Swarms);

        _core.Receive(_b, Announce("h", "b", @event: "completed"));
        Assert.Equal((2, 0), (_b.All()[^1].Number("complete"), 0));
        _core.Receive(_b, Scrape("h"));
        Assert.Equal(1, _b.Next()["files"]![Id("h")]!["downloaded"]!.GetValue<int>());

        _core.Receive(_b, Announce("h", "b"));
        Assert.Equal(2, _b.All()[^1].Number("complete"));
    }

    [Fact]
    public void A_scrape_of_everything_is_refused()
    {
        _core.Receive(_a, """{"action":"scrape"}""");
        var reply = _a.Next();
        Assert.Equal("scrape", reply.Text("action"));
        Assert.Contains("info_hash", reply.Text("failure reason"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_player_that_begins_anew_in_its_page_meets_those_it_knew_at_once(bool onAnotherConnection)
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var (a, b) = (new RecordingConnection(), new RecordingConnection());
        core.Receive(a, Announce("h", "a", @event: "started"));
        core.Receive(b, Announce("h", "b", offers: 5, @event: "started"));
        core.Receive(a, Answer("h", "a", "b", a.All()[^1].Text("offer_id")));
        b.All();

        var again = onAnotherConnection ? new RecordingConnection() : a;
        core.Receive(again, Announce("h", "a", offers: 5), 20);
        // They know each other: the tracker takes it that they are still connected.
        Assert.DoesNotContain(b.All(), static message => message.ContainsKey("offer"));
        core.Receive(again, Announce("h", "a", offers: 5, @event: "started"), 20);
        Assert.Single(b.All(), static message => message.ContainsKey("offer"));
        Assert.Equal(2, core.Peers);
    }

    [Fact]
    public void A_failure_names_action_and_hash()
    {
        _core.Receive(_a, """{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh"}""");
        Assert.Equal(["action", "info_hash", "failure reason"], _a.Next().Select(member => member.Key));
        _core.Receive(_a, "null");
        Assert.Equal(0, _a.Waiting);
    }

    /// <summary>Eight members of the swarm, with nothing to read.</summary>
    private RecordingConnection[] Connect()
    {
        var others = Enumerable.Range(0, 8).Select(i => new RecordingConnection($"198.51.{i}.1")).ToArray();
        for (var i = 0; i < others.Length; i++)
            _core.Receive(others[i], Announce("h", $"p{i}"));
        foreach (var other in others)
            other.All();
        return others;
    }

    private void Pair()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_b, Announce("h", "b", offers: 1));
        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")));
        Assert.Equal(1, _core.AnswersRelayed);
        _a.All();
        _b.All();
    }
}
