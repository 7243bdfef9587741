using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerTrustTests
{
    private readonly TrackerCore core = new(
        new TrackerOptions
        {
            MaxSwarms = 3,
            MaxPeersPerSwarm = 3,
            MaxHashesPerConnection = 2,
        },
        null,
        new Random(1)
    );
    private readonly RecordingConnection a = new();
    private readonly RecordingConnection b = new("192.0.2.2");
    private readonly RecordingConnection liar = new("203.0.113.9");

    [Fact]
    public void Someone_elses_peer_id_cannot_be_taken_or_stopped_from_another_network()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(liar, Announce("h", "a"));
        AssertFailed(liar, "peer_id");
        core.Receive(liar, Announce("h", "a", @event: "stopped"));
        AssertFailed(liar, "peer_id");
        Assert.Equal(1, core.Peers);
        Assert.Single(a.Memberships);
    }

    [Fact]
    public void The_same_network_takes_its_peer_id_over_and_messages_follow()
    {
        core.Receive(a, Announce("h", "a"));
        a.All();
        var again = new RecordingConnection();
        core.Receive(again, Announce("h", "a"));
        again.All();
        core.Receive(b, Announce("h", "b", offers: 1));
        Assert.Equal(0, a.Waiting);
        Assert.Equal(Id("b"), again.Next().Text("peer_id"));

        core.Close(a);
        Assert.Equal(2, core.Peers);
    }

    [Fact]
    public void A_dead_connections_peer_id_can_be_taken_over_from_anywhere()
    {
        core.Receive(a, Announce("h", "a"));
        a.Dead = true;
        core.Receive(b, Announce("h", "a"));
        Assert.True(b.Next().ContainsKey("interval"));
        Assert.Empty(a.Memberships);
        Assert.Equal(1, core.Peers);
    }

    [Fact]
    public void Another_peer_id_on_the_same_connection_and_hash_replaces_the_first()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(a, Announce("h", "a2"));
        Assert.Equal((1, 1), (core.Swarms, core.Peers));
        core.Receive(b, Announce("h", "a"));
        Assert.True(b.Next().ContainsKey("interval"));
    }

    [Fact]
    public void An_answer_nobody_asked_for_is_refused()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(b, Announce("h", "b"));
        core.Receive(liar, Announce("h", "liar"));
        Clear();
        core.Receive(liar, Answer("h", "liar", "a", Id("made-up")));
        AssertFailed(liar, "offer");
        Assert.Equal(0, a.Waiting);
    }

    [Fact]
    public void An_offer_can_be_answered_once_and_only_by_the_peer_that_got_it()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(b, Announce("h", "b", offers: 1));
        core.Receive(liar, Announce("h", "liar"));
        Clear();

        core.Receive(liar, Answer("h", "liar", "b", Id("b-0")));
        AssertFailed(liar, "offer");
        core.Receive(liar, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(liar, "peer_id");
        Assert.Equal(0, b.Waiting);

        core.Receive(a, Answer("h", "a", "b", Id("b-0")));
        Assert.True(b.Next().ContainsKey("answer"));
        core.Receive(a, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(a, "offer");
        Assert.Equal(0, b.Waiting);
    }

    [Fact]
    public void An_offer_can_be_answered_for_a_minute()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(b, Announce("h", "b", offers: 1));
        Clear();
        core.Receive(a, Answer("h", "a", "b", Id("b-0")), 60);
        AssertFailed(a, "offer");
        core.Receive(b, Announce("h", "b", offers: 1, batch: "2"), 61);
        Clear();
        core.Receive(a, Answer("h", "a", "b", Id("b2-0")), 120.9);
        Assert.True(b.Next().ContainsKey("answer"));
    }

    [Fact]
    public void An_answer_to_a_peer_that_has_left_is_dropped_without_a_word()
    {
        core.Receive(a, Announce("h", "a"));
        core.Receive(b, Announce("h", "b", offers: 1));
        core.Close(b);
        Clear();
        core.Receive(a, Answer("h", "a", "b", Id("b-0")));
        Assert.Equal(0, a.Waiting);
        Assert.Equal(0, core.Failed);
    }

    [Fact]
    public void An_answer_from_a_peer_that_is_in_no_swarm_is_refused()
    {
        core.Receive(a, Answer("h", "a", "b", Id("b-0")));
        AssertFailed(a, "announce");
    }

    [Fact]
    public void Outstanding_offers_are_bounded_and_the_oldest_make_room()
    {
        core.Receive(a, Announce("h", "a"));
        for (var i = 0; i <= Membership.MaxOutstanding; i++)
            core.Receive(b, Announce("h", "b", offers: 1, batch: $"{i}"));
        Clear();
        core.Receive(a, Answer("h", "a", "b", Id("b0-0")));
        AssertFailed(a, "offer");
        core.Receive(a, Answer("h", "a", "b", Id("b1-0")));
        Assert.True(b.Next().ContainsKey("answer"));
    }

    [Fact]
    public void Hashes_a_connection_peers_a_swarm_and_swarms_are_capped()
    {
        core.Receive(a, Announce("h1", "a"));
        core.Receive(a, Announce("h2", "a"));
        Clear();
        core.Receive(a, Announce("h3", "a"));
        AssertFailed(a, "2 info hashes");

        core.Receive(b, Announce("h3", "b"));
        Clear();
        core.Receive(b, Announce("h4", "b"));
        AssertFailed(b, "no room for another swarm");

        core.Receive(b, Announce("h1", "b"));
        core.Receive(new RecordingConnection(), Announce("h1", "c"));
        core.Receive(liar, Announce("h1", "liar"));
        AssertFailed(liar, "full");
        Assert.Equal((3, 5), (core.Swarms, core.Peers));
    }

    [Fact]
    public void Only_allowed_hashes_have_swarms()
    {
        var allowed = new TrackerId("hhhhhhhhhhhhhhhhhhhh"u8);
        var strict = new TrackerCore(new TrackerOptions(), hash => hash == allowed, new Random(1));
        strict.Receive(a, Announce("other", "a", offers: 1));
        AssertFailed(a, "does not serve");
        strict.Receive(a, """{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"pppppppppppppppppppp"}""");
        Assert.True(a.Next().ContainsKey("interval"));
        Assert.Equal(1, strict.Swarms);
    }

    private void Clear()
    {
        a.All();
        b.All();
        liar.All();
    }

    private static void AssertFailed(RecordingConnection connection, string because)
    {
        var reply = connection.All()[^1];
        Assert.Contains(because, reply.Text("failure reason"), StringComparison.Ordinal);
        Assert.False(reply.ContainsKey("interval"));
    }
}
