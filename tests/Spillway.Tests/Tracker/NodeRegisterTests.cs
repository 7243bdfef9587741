using System.Text;
using Spillway.Tracker.Nodes;

namespace Spillway.Tests.Tracker;

public sealed class NodeRegisterTests
{
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(5);
    private readonly NodeRegister _register = new(["t1", "t2"]);

    [Fact]
    public void One_that_is_silent_for_two_and_a_half_of_its_intervals_is_dead()
    {
        Note("t1", 37, isFirst: true);
        Note("t2", 38, isFirst: true);
        Assert.Equal(["t1"], Living(0));
        Assert.Equal([true, false], _register.Sights.Select(static sight => sight.Lives));
        Note("t1", 37, interval: 10);
        Assert.Empty(Living(0));
    }

    [Fact]
    public void One_that_says_goodbye_takes_nobody_any_more()
    {
        Note("t1", 1, isFirst: true);
        _register.Note("t1", null, default, s_start, isFirst: false);
        Assert.Empty(Living(0));
    }

    [Fact]
    public void One_that_comes_takes_viewers_of_others_only_after_a_minute_of_life()
    {
        Note("t1", 1, isFirst: true);
        _register.Note("t2", null, default, s_start, isFirst: true);
        Note("t2", 1);
        Assert.Equal(["t1"], Living(0));
        Assert.Equal(["t1"], Living(59));
        Assert.Equal(["t1", "t2"], Living(60));
        // Dead in between: it begins anew.
        Note("t2", 100, at: 61);
        Note("t2", 1, at: 62);
        Assert.Equal(["t1"], Living(63));
        // But it is better than none.
        Note("t1", 100, at: 64);
        Assert.Equal(["t2"], Living(64));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"node":"t1"}""")]
    [InlineData(
        """{"node":"t2","instance":"a","sequence":1,"address":"wss://t1","interval":15,"connections":0,"capacity":1,"peers":0}"""
    )]
    [InlineData(
        """{"node":"t1","instance":"a","sequence":1,"address":"http://t1","interval":15,"connections":0,"capacity":1,"peers":0}"""
    )]
    [InlineData(
        """{"node":"t1","instance":"a","sequence":1,"address":null,"interval":15,"connections":0,"capacity":1,"peers":0}"""
    )]
    [InlineData(
        """{"node":"t1","instance":"a","sequence":1,"address":"wss://t1/?a","interval":15,"connections":0,"capacity":1,"peers":0}"""
    )]
    public void What_is_no_heartbeat_of_that_node_is_none(string text) =>
        Assert.Null(NodeHeartbeat.Read("t1", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_heartbeat_is_read_as_it_was_written_and_its_interval_is_not_believed_beyond_reason()
    {
        var heartbeat = Heartbeat("t1", 15);
        Assert.Equal(heartbeat, NodeHeartbeat.Read("t1", heartbeat.ToJson()));
        Assert.Equal(TimeSpan.FromSeconds(37.5), heartbeat.LivesFor);
        Assert.Equal(TimeSpan.FromSeconds(750), Heartbeat("t1", 1e9).LivesFor);
        Assert.Equal(TimeSpan.FromSeconds(12.5), Heartbeat("t1", -1).LivesFor);
    }

    internal static NodeHeartbeat Heartbeat(string node, double interval) =>
        new()
        {
            Node = node,
            Instance = "5a5a5a5a",
            Sequence = 1,
            Address = $"wss://{node}.example.org",
            Interval = interval,
            Connections = 3,
            Capacity = 50_000,
            Peers = 4,
        };

    private void Note(string node, double age, double interval = 15, double at = 0, bool isFirst = false) =>
        _register.Note(node, Heartbeat(node, interval), TimeSpan.FromSeconds(age), s_start + TimeSpan.FromSeconds(at), isFirst);

    private IEnumerable<string> Living(double at) => _register.Living(s_start + TimeSpan.FromSeconds(at)).Keys.Order();
}
