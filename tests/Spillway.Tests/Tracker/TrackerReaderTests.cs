using System.Text;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerReaderTests
{
    private const string Hash = "\"info_hash\":\"hhhhhhhhhhhhhhhhhhhh\"";
    private const string Peer = "\"peer_id\":\"pppppppppppppppppppp\"";
    private const string Description = "{\"type\":\"offer\",\"sdp\":\"v=0\"}";
    private const string OfferId = "\"offer_id\":\"oooooooooooooooooooo\"";

    [Fact]
    public void An_announce_is_read_with_its_members_in_any_order_and_unknown_ones_among_them()
    {
        var json =
            "{\"offers\":[{"
            + OfferId
            + ""","x":[{}],"offer":{"sdp":"v=0","type":"offer","y":{"z":1}}}],"""
            + $$""" "later":[1,{"a":[]}],"left":0,{{Peer}},{{Hash}},"numwant":3,"action":"announce","event":"started"}""";

        var message = Read(json);

        Assert.Equal(TrackerMessageKind.Announce, message.Kind);
        Assert.Equal("6868686868686868686868686868686868686868", message.InfoHash!.Value.ToString());
        Assert.True(message.IsSeeder);
        Assert.Equal(3, message.NumWant);
        Assert.Equal(1, message.OfferCount);
        Assert.Equal("""{"sdp":"v=0","type":"offer","y":{"z":1}}""", Encoding.UTF8.GetString(message.OfferAt(0)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(",\"left\":null", false)]
    [InlineData(",\"left\":0", true)]
    [InlineData(",\"left\":0.0", true)]
    [InlineData(",\"left\":1", false)]
    [InlineData(",\"left\":1e999", false)]
    [InlineData(",\"left\":\"0\"", false)]
    [InlineData(",\"left\":{\"a\":0}", false)]
    public void Only_left_of_zero_makes_a_seeder(string left, bool expected)
    {
        var message = Read($$"""{"action":"announce",{{Hash}},{{Peer}}{{left}}}""");
        Assert.Equal(TrackerMessageKind.Announce, message.Kind);
        Assert.Equal(expected, message.IsSeeder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"announce\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"action\":\"announce\"}")]
    [InlineData("{\"action\":\"announce\",\"info_hash\":null,\"peer_id\":\"pppppppppppppppppppp\"}")]
    [InlineData("{\"action\":\"announce\",\"info_hash\":\"short\",\"peer_id\":\"pppppppppppppppppppp\"}")]
    [InlineData("{\"action\":\"announce\"," + Hash + "," + Peer + "}{}")]
    [InlineData("{\"action\":\"announce\"," + Hash + "," + Peer + ",}")]
    [InlineData("\uFEFF{\"action\":\"announce\"," + Hash + "," + Peer + "}")]
    public void What_cannot_be_answered_is_malformed(string json) => Assert.Equal(TrackerMessageKind.Malformed, Read(json).Kind);

    [Theory]
    [InlineData("\"action\":\"dance\"," + Hash + "," + Peer, "action")]
    [InlineData(Hash + "," + Peer, "action")]
    [InlineData("\"action\":\"announce\"," + Hash, "peer_id")]
    [InlineData("\"action\":\"announce\"," + Hash + ",\"peer_id\":\"\\ud800\"", "peer_id")]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":[null]", "offers")]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":{\"a\":[1]}", "offers")]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":[{" + OfferId + "}]", "offer")]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":[{\"offer\":" + Description + "}]", "offer_id")]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":[{" + OfferId + ",\"offer\":\"v=0\"}]", "object")]
    [InlineData(
        "\"action\":\"announce\"," + Hash + "," + Peer + ",\"offers\":[{" + OfferId + ",\"offer\":{\"type\":\"offer\"}}]",
        "sdp"
    )]
    [InlineData(
        "\"action\":\"announce\","
            + Hash
            + ","
            + Peer
            + ",\"offers\":[{\"offer\":{\"sdp\":{\"a\":[{}]},\"type\":\"offer\",\"b\":{}},"
            + OfferId
            + "}]",
        "sdp"
    )]
    [InlineData(
        "\"action\":\"announce\","
            + Hash
            + ","
            + Peer
            + ",\"offers\":[{\"offer\":{\"type\":\"answer\",\"sdp\":\"v=0\"},"
            + OfferId
            + "}]",
        "type"
    )]
    [InlineData(
        "\"action\":\"announce\","
            + Hash
            + ","
            + Peer
            + ",\"offers\":[{\"offer\":{\"type\":\"offer\",\"sdp\":\"v=0\",\"\\u0074ype\":1},"
            + OfferId
            + "}]",
        "escaped"
    )]
    [InlineData("\"action\":\"announce\"," + Hash + "," + Peer + ",\"answer\":7," + OfferId, "to_peer_id")]
    [InlineData("\"action\":\"scrape\"", "scrape")]
    [InlineData("\"action\":\"scrape\",\"info_hash\":[]", "scrape")]
    [InlineData("\"action\":\"scrape\",\"info_hash\":[\"hhhhhhhhhhhhhhhhhhhh\",[{}]]", "info_hash")]
    public void What_is_wrong_is_told_by_the_name_of_the_member(string members, string named)
    {
        var message = Read("{" + members + "}");
        Assert.Equal(TrackerMessageKind.Invalid, message.Kind);
        Assert.Contains(named, message.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Twelve_offers_of_8_KiB_are_the_limit()
    {
        Assert.Equal(TrackerMessageKind.Announce, Read(Announce("h", "p", offers: 12)).Kind);
        Assert.Contains("12 offers", Read(Announce("h", "p", offers: 13)).Problem, StringComparison.Ordinal);

        static string OfSize(int bytes)
        {
            var sdp = new string('x', bytes - """{"type":"offer","sdp":""}""".Length);
            return Announced("\"offers\":[{" + OfferId + ",\"offer\":{\"type\":\"offer\",\"sdp\":\"" + sdp + "\"}}]");
        }
        Assert.Equal(TrackerMessageKind.Announce, Read(OfSize(8192)).Kind);
        Assert.Contains("8192 bytes", Read(OfSize(8193)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_member_given_twice_the_last_one_counts()
    {
        var message = Read(
            $$"""{"action":"x","action":"announce",{{Hash}},{{Peer}},"offers":[null],"offers":[],"event":"stopped","event":null}"""
        );
        Assert.Equal(TrackerMessageKind.Announce, message.Kind);
    }

    [Fact]
    public void Deep_nesting_is_malformed_and_cheap()
    {
        var deep = $$"""{"action":"announce",{{Hash}},{{Peer}},"x":""" + new string('[', 60_000);
        Assert.Equal(TrackerMessageKind.Malformed, Read(deep).Kind);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_malformed_since_passing_them_on_would_cost_the_receiver_its_socket()
    {
        var json = Encoding.UTF8.GetBytes(Announce("h", "p", offers: 1));
        Assert.Equal(TrackerMessageKind.Announce, TrackerReader.Read(json).Kind);
        var inDescription = json.AsSpan().IndexOf("v=0"u8);
        json[inDescription] = 0xFF;
        Assert.Equal(TrackerMessageKind.Malformed, TrackerReader.Read(json).Kind);
    }

    [Fact]
    public void A_message_over_64_KiB_is_malformed()
    {
        var json = $$"""{"action":"announce",{{Hash}},{{Peer}}}""";
        Assert.Equal(TrackerMessageKind.Announce, Read(json.PadRight(65_536)).Kind);
        Assert.Equal(TrackerMessageKind.Malformed, Read(json.PadRight(65_537)).Kind);
    }

    private static string Announced(string members) => $$"""{"action":"announce",{{Hash}},{{Peer}},{{members}}}""";

    private static TrackerMessage Read(string json) => TrackerReader.Read(Encoding.UTF8.GetBytes(json));
}
