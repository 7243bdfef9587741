using Spillway.Tracker.Nodes;

namespace Spillway.Tests.Tracker;

public sealed class NodePlacementTests
{
    private const string Own = "wss://tv.example.org/tracker/live";

    [Fact]
    public void Without_nodes_it_is_the_servers_own_tracker() =>
        Assert.Equal([Own], NodePlacement.Addresses("live", Nodes(), Own));

    [Fact]
    public void With_one_the_servers_own_is_the_spare() =>
        Assert.Equal(["wss://t1.example.org/tracker/live", Own], NodePlacement.Addresses("live", Nodes("t1"), Own));

    [Fact]
    public void With_more_the_spare_is_a_node_and_takes_the_viewers_when_the_first_is_gone()
    {
        string[] names = ["t1", "t2", "t3", "t4"];
        for (var i = 0; i < 50; i++)
        {
            var stream = $"stream-{i}";
            var before = NodePlacement.Addresses(stream, Nodes(names), Own);
            Assert.Equal(2, before.Distinct().Count());
            Assert.DoesNotContain(Own, before);
            var left = names.Where(name => !before[0].Contains($"//{name}.", StringComparison.Ordinal)).ToArray();
            Assert.Equal(before[1], NodePlacement.Addresses(stream, Nodes(left), Own)[0]);
        }
    }

    [Fact]
    public void Whoever_knows_the_same_nodes_says_the_same_in_whatever_order()
    {
        Assert.Equal(
            NodePlacement.Addresses("live", Nodes("t1", "t2", "t3"), Own),
            NodePlacement.Addresses("live", Nodes("t3", "t1", "t2"), Own)
        );
        // Also a Spillway of another version: these must not change.
        Assert.Equal(["t3", "t2", "t1"], NodePlacement.Rank("live", ["t1", "t2", "t3"]));
    }

    [Fact]
    public void Streams_are_spread_evenly_and_a_node_that_goes_moves_only_its_own()
    {
        string[] names = ["t1", "t2", "t3"];
        var streams = Enumerable.Range(0, 3000).Select(static i => $"stream-{i}").ToArray();
        var before = streams.ToDictionary(static s => s, s => NodePlacement.Rank(s, names)[0]);
        foreach (var name in names)
            Assert.InRange(before.Values.Count(first => first == name), 900, 1100);
        foreach (var stream in streams.Where(stream => before[stream] != "t2"))
            Assert.Equal(before[stream], NodePlacement.Rank(stream, ["t1", "t3"])[0]);
    }

    private static Dictionary<string, string> Nodes(params string[] names) =>
        names.ToDictionary(static name => name, static name => $"wss://{name}.example.org");
}
