using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerTrustTests
{
    private readonly TrackerCore _core = new(
        new TrackerOptions
        {
            MaxSwarms = 3,
            MaxPeersPerSwarm = 3,
            MaxHashesPerConnection = 2,
        },
        null,
        new Random(1)
    );
    private readonly RecordingConnection _a = new();
    private readonly RecordingConnection _b = new("192.0.2.2");
    private readonly RecordingConnection _liar = new("203.0.113.9");

    [Fact]
    public void Someone_elses_peer_id_cannot_be_taken_or_stopped_from_another_network()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_liar, Announce("h", "a"));
        AssertFailed(_liar, "peer_id");
        _core.Receive(_liar, Announce("h", "a", @event: "stopped"));
        AssertFailed(_liar, "peer_id");
        Assert.Equal(1, _core.Peers);
        Assert.Single(_a.Memberships);
    }

    [Fact]
    public void The_same_network_takes_its_peer_id_over_and_messages_follow()
    {
        _core.Receive(_a, Announce("h", "a"));
        _a.All();
        var again = new RecordingConnection();
        _core.Receive(again, Announce("h", "a"));
        again.All();
        _core.Receive(_b, Announce("h", "b", offers: 1));
        Assert.Equal(0, _a.Waiting);
        Assert.Equal(Id("b"), again.Next().Text("peer_id"));

        _core.Close(_a);
        Assert.Equal(2, _core.Peers);
    }

    [Fact]
    public void A_dead_connections_peer_id_can_be_taken_over_from_anywhere()
    {
        _core.Receive(_a, Announce("h", "a"));
        _a.Dead = true;
        _core.Receive(_b, Announce("h", "a"));
        Assert.True(_b.Next().ContainsKey("interval"));
        Assert.Empty(_a.Memberships);
        Assert.Equal(1, _core.Peers);
    }

    [Fact]
    public void Another_peer_id_on_the_same_connection_and_hash_replaces_the_first()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_a, Announce("h", "a2"));
        Assert.Equal((1, 1), (_core.Swarms, _core.Peers));
        _core.Receive(_b, Announce("h", "a"));
        Assert.True(_b.Next().ContainsKey("interval"));
    }

    [Fact]
    public void An_answer_nobody_asked_for_is_refused()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_b, Announce("h", "b"));
        _core.Receive(_liar, Announce("h", "liar"));
        Clear();
        _core.Receive(_liar, Answer("h", "liar", "a", Id("made-up")));
        AssertFailed(_liar, "offer");
        Assert.Equal(0, _a.Waiting);
    }

    [Fact]
    public void An_offer_can_be_answered_once_and_only_by_the_peer_that_got_it()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_b, Announce("h", "b", offers: 1));
        _core.Receive(_liar, Announce("h", "liar"));
        Clear();

        _core.Receive(_liar, Answer("h", "liar", "b", Id("b-0")));
        AssertFailed(_liar, "offer");
        _core.Receive(_liar, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(_liar, "peer_id");
        Assert.Equal(0, _b.Waiting);

        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")));
        Assert.True(_b.Next().ContainsKey("answer"));
        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(_a, "offer");
        Assert.Equal(0, _b.Waiting);
    }

    [Fact]
    public void An_offer_can_be_answered_for_a_minute()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_b, Announce("h", "b", offers: 1));
        Clear();
        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")), 60);
        AssertFailed(_a, "offer");
        _core.Receive(_b, Announce("h", "b", offers: 1, batch: "2"), 61);
        Clear();
        _core.Receive(_a, Answer("h", "a", "b", Id("b2-0")), 120.9);
        Assert.True(_b.Next().ContainsKey("answer"));
    }

    [Fact]
    public void An_answer_to_a_peer_that_has_left_is_dropped_without_a_word()
    {
        _core.Receive(_a, Announce("h", "a"));
        _core.Receive(_b, Announce("h", "b", offers: 1));
        _core.Close(_b);
        Clear();
        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")));
        Assert.Equal(0, _a.Waiting);
        Assert.Equal(0, _core.Failed);
    }

    [Fact]
    public void An_answer_from_a_peer_that_is_in_no_swarm_is_refused()
    {
        _core.Receive(_a, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(_a, "announce");
    }

    [Fact]
    public void Outstanding_offers_are_bounded_and_the_oldest_make_room()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        var others = Enumerable.Range(0, 60).Select(_ => new RecordingConnection()).ToArray();
        for (var i = 0; i < others.Length; i++)
            core.Receive(others[i], Announce("h", $"p{i}"));
        foreach (var other in others)
            other.All();
        for (var batch = 0; batch < 4; batch++)
            core.Receive(_b, Announce("h", "b", offers: TrackerMessage.MaxOffers, batch: $"{batch}"));
        _b.All();
        Assert.Equal(48, core.OffersRelayed);

        for (var i = 0; i < others.Length; i++)
        {
            foreach (var offer in others[i].All())
                core.Receive(others[i], Answer("h", $"p{i}", "b", offer.Text("offer_id")));
        }
        var ids = _b.All().Where(message => message.ContainsKey("answer")).Select(message => message.Text("offer_id")).ToArray();
        Assert.Equal(Membership.MaxOutstanding, ids.Length);
        Assert.DoesNotContain(ids, id => id.StartsWith("b0-", StringComparison.Ordinal));
    }

    [Fact]
    public void Hashes_a_connection_peers_a_swarm_and_swarms_are_capped()
    {
        _core.Receive(_a, Announce("h1", "a"));
        _core.Receive(_a, Announce("h2", "a"));
        Clear();
        _core.Receive(_a, Announce("h3", "a"));
        AssertFailed(_a, "2 info hashes");

        _core.Receive(_b, Announce("h3", "b"));
        Clear();
        _core.Receive(_b, Announce("h4", "b"));
        AssertFailed(_b, "no room for another swarm");

        _core.Receive(_b, Announce("h1", "b"));
        _core.Receive(new RecordingConnection(), Announce("h1", "c"));
        _core.Receive(_liar, Announce("h1", "liar"));
        AssertFailed(_liar, "full");
        Assert.Equal((3, 5), (_core.Swarms, _core.Peers));
    }

    [Fact]
    public void Only_allowed_hashes_have_swarms()
    {
        var allowed = new TrackerId("hhhhhhhhhhhhhhhhhhhh"u8);
        var strict = new TrackerCore(new TrackerOptions(), hash => hash == allowed, new Random(1));
        strict.Receive(_a, Announce("other", "a", offers: 1));
        AssertFailed(_a, "does not serve");
        strict.Receive(_a, """{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"pppppppppppppppppppp"}""");
        Assert.True(_a.Next().ContainsKey("interval"));
        Assert.Equal(1, strict.Swarms);
    }

    [Fact]
    public void However_willingly_a_peer_answers_it_is_passed_30_offers_a_minute()
    {
        var core = new TrackerCore(new TrackerOptions(), null, new Random(1));
        core.Receive(_a, Announce("h", "a"));
        var passed = 0;
        void Offer(int count, double seconds)
        {
            for (var i = 0; i < count; i++)
            {
                // Each is gone again, so that there is nobody else to offer to.
                var other = new RecordingConnection($"198.51.{i}.1");
                core.Receive(other, Announce("h", $"p{i}", offers: 5), seconds);
                foreach (var offer in _a.All().Where(message => message.ContainsKey("offer")))
                {
                    passed++;
                    core.Receive(_a, Answer("h", "a", $"p{i}", offer.Text("offer_id")), seconds);
                }
                core.Close(other);
            }
        }

        Offer(100, 0);
        Assert.Equal(30, passed);
        Offer(100, 10);
        Assert.Equal(35, passed);
    }

    [Fact]
    public void What_one_address_may_offer_is_shared_by_its_connections_and_others_have_their_own()
    {
        var core = new TrackerCore(
            new TrackerOptions { OffersPerMinutePerAddress = 20, OffersPerMinute = 12 },
            null,
            new Random(1)
        );
        for (var i = 0; i < 60; i++)
            core.Receive(new RecordingConnection($"198.51.{i}.1"), Announce("h", $"p{i}"));
        for (var i = 0; i < 5; i++)
            core.Receive(new RecordingConnection(), Announce("h", $"q{i}", offers: 5));
        Assert.Equal(20, core.OffersRelayed);
        core.Receive(_b, Announce("h", "b", offers: 10));
        core.Receive(_b, Announce("h", "b", offers: 10, batch: "2"));
        Assert.Equal(32, core.OffersRelayed);
        Assert.Equal(13, core.OffersLimited);
    }

    private void Clear()
    {
        _a.All();
        _b.All();
        _liar.All();
    }

    private static void AssertFailed(RecordingConnection connection, string because)
    {
        var reply = connection.All()[^1];
        Assert.Contains(because, reply.Text("failure reason"), StringComparison.Ordinal);
        Assert.False(reply.ContainsKey("interval"));
    }
}
