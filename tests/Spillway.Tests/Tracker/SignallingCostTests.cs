using System.Globalization;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class SignallingCostTests
{
    /// <summary>
    /// 500 viewers in the first two minutes, most at once, 100 more over the evening; every twelve seconds one leaves and another
    /// comes. A third sit in one venue, the others at home.
    /// </summary>
    [Fact]
    public void Forty_minutes_with_six_hundred_viewers_cost_less_than_80_MB_of_signalling_in_and_out_together()
    {
        const int Minutes = 40;
        using var show = new SimulatedEvent(20_261_122);
        for (var i = 0; i < 500; i++)
            show.Join(120 * Math.Pow(show.Random.NextDouble(), 2), Address(show, i));
        for (var i = 500; i < 600; i++)
            show.Join(120 + show.Random.NextDouble() * 1_800, Address(show, i));
        for (var i = 0; i < (Minutes - 2) * 5; i++)
        {
            var at = 120 + i * 12;
            show.Do(at, () => show.Leave(show.Viewers[show.Random.Next(show.Viewers.Count)]));
            show.Join(at, Address(show, i));
        }
        show.Run(Minutes * 60);

        var peers = show.Viewers.Select(viewer => viewer.Peers.Count).Order().ToArray();
        Print(
            $"{show.Joined} viewers in {Minutes} min, {show.Viewers.Count} at the end: {Mega(show.In)} MB in, {Mega(show.Out)} MB out, "
                + $"{Mega(show.In + show.Out)} MB together; {show.Announces} announces, {show.Core.OffersRelayed} offers and "
                + $"{show.Core.AnswersRelayed} answers relayed; connections of a viewer: {peers[0]} to {peers[^1]}, "
                + $"median {peers[peers.Length / 2]}"
        );
        Assert.InRange(show.In + show.Out, 20_000_000, 72_000_000);
        Assert.Equal(600, show.Viewers.Count);
        Assert.Equal(600, show.Reachable());
        // Each has enough to choose from, and no browser drowns.
        Assert.InRange(peers[peers.Length / 100], 3, 100);
        Assert.InRange(peers[^1], 8, 60);
    }

    [Fact]
    public void Who_loses_its_partners_is_asked_back_at_once()
    {
        using var show = new SimulatedEvent(3);
        for (var i = 0; i < 60; i++)
            show.Join(i * 0.5, $"198.51.{i}.1");
        show.Run(120);
        var announces = show.Announces;
        foreach (var viewer in show.Viewers.Where((_, i) => i % 6 != 0).ToArray())
            show.Leave(viewer);
        Assert.Equal(10, show.Viewers.Count);
        show.Run(150);
        Assert.InRange(show.Announces - announces, 5, 40);
        Assert.All(show.Viewers, viewer => Assert.InRange(viewer.Peers.Count, 4, 9));
    }

    /// <summary>An announce looks at no more members in a large swarm than in a small one.</summary>
    [Fact]
    public void What_an_announce_costs_does_not_grow_with_the_swarm()
    {
        var looks = new[] { 100, 1_000, 10_000 }.Select(LooksAnAnnounce).ToArray();
        Print($"members looked at for one announce in swarms of 100, 1,000 and 10,000: {string.Join(", ", looks)}");
        Assert.InRange(looks[0], 4, 40);
        Assert.InRange(looks[2], 4, looks[0] * 1.5);
    }

    private static double LooksAnAnnounce(int size)
    {
        using var show = new SimulatedEvent(size);
        for (var i = 0; i < size; i++)
            show.Join(i * 60.0 / size, $"198.{i >> 16}.{(i >> 8) & 255}.{i & 255}");
        show.Run(60);
        return Math.Round((double)show.Core.Looks / show.Announces, 1);
    }

    private static string Address(SimulatedEvent show, int i) =>
        i % 3 == 0
            ? "192.0.2.1"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"198.{18 + show.Random.Next(2)}.{show.Random.Next(256)}.{1 + i % 250}"
            );

    private static string Mega(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private static void Print(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}
