using Spillway.Audience;

namespace Spillway.Tests.Audience;

/// <summary>Small and large audiences that come and go, in virtual time: how many report, and what is made of it.</summary>
public sealed class AudienceSimulationTests
{
    private const double Minute = 60;

    [Theory]
    [InlineData(600, true)]
    [InlineData(600, false)]
    [InlineData(100_000, true)]
    [InlineData(100_000, false)]
    [InlineData(100_003, false)]
    [InlineData(100_004, false)]
    public void About_sixty_viewers_report_whatever_the_audience(int viewers, bool tracked)
    {
        var audience = new SimulatedAudience(viewers, tracked);
        // Most within ten minutes, and one in six leaves and is replaced.
        for (var i = 0; i < viewers; i++)
        {
            var at = audience.Random.NextDouble() * 10 * Minute;
            audience.Join(
                at,
                audience.Random.Next(6) == 0 ? at + (audience.Random.NextDouble() * 30 * Minute) : 41 * Minute,
                i % 10 != 0
            );
            if (i % 6 == 0)
                audience.Join(audience.Random.NextDouble() * 35 * Minute, 41 * Minute, i % 10 != 0);
        }
        audience.Run(40 * Minute);
        var steady = audience.Reporters.Skip((int)(16 * Minute)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{viewers} viewers{(tracked ? "" : ", no tracker")}: {steady.Min()} to {steady.Max()} report, at most {audience.MostConnections} "
                + $"while they came; player.json stored {audience.Puts} times; {audience.Viewers.Count} there, estimated {audience.Estimated}"
        );
        Assert.InRange(steady.Min(), 30, 100);
        Assert.InRange(steady.Max(), 30, 120);
        Assert.InRange(audience.MostConnections, 40, tracked ? 130 : 300);
        Assert.InRange(audience.Puts, 3, 60);
        Assert.InRange(audience.Estimated!.Value, 0.6 * audience.Viewers.Count, 1.5 * audience.Viewers.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_interval_holds_the_truth_in_95_of_100_events(bool tracked)
    {
        const int Events = 120;
        var (viewers, bytes, share, error) = (0, 0, 0, 0.0);
        for (var i = 0; i < Events; i++)
        {
            var audience = new SimulatedAudience(1000 + i, tracked);
            for (var viewer = 0; viewer < 600; viewer++)
            {
                var at = audience.Random.NextDouble() * 6 * Minute;
                audience.Join(at, at + ((6 + (30 * audience.Random.NextDouble())) * Minute), audience.Random.NextDouble() < 0.85);
            }
            audience.Run(16 * Minute);
            // Without the tracker, those who came within the last minutes are not seen yet; nobody did.
            var there = audience.Viewers.Count;
            var whole = audience.View.WholeBroadcast!;
            viewers += Holds(audience.Estimated!, there);
            // What reporters have since told is up to half a minute old.
            bytes += Holds(whole.FromPeers, audience.Decided.Sum(static v => v.FromPeers) * (1 - (15 / (16 * Minute))), 0.02);
            share += Holds(
                whole.ShareFromPeers!,
                audience.Decided.Sum(static v => v.FromPeers) / audience.Decided.Sum(static v => v.Bytes)
            );
            error += Math.Abs(audience.Estimated!.Value - there) / there;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(tracked ? "With" : "Without")} the tracker, of {Events} events of 600: the viewers' interval holds in {viewers}, that of "
                + $"bytes from peers in {bytes}, that of their share in {share}; mean error of the viewers {error / Events:P1}"
        );
        Assert.InRange(viewers, 0.87 * Events, Events);
        Assert.InRange(bytes, 0.87 * Events, Events);
        Assert.InRange(share, 0.87 * Events, Events);
        Assert.InRange(error / Events, 0.001, tracked ? 0.06 : 0.14);
    }

    [Fact]
    public void When_nearly_all_have_left_the_rest_reports()
    {
        var audience = new SimulatedAudience(3, tracked: false);
        for (var i = 0; i < 5000; i++)
            audience.Join(audience.Random.NextDouble() * Minute, i < 40 ? 60 * Minute : 20 * Minute);
        audience.Run(19 * Minute);
        Assert.InRange(audience.Connections, 40, 110);
        audience.Run(26 * Minute);
        Assert.Equal(1, audience.Published.Share);
        Assert.Equal(40, audience.Connections);
        Assert.Equal((40, 40, 40), (audience.Estimated!.Value, audience.Estimated.Low, audience.Estimated.High));
    }

    [Fact]
    public void P2P_goes_on_with_enough_viewers_and_off_when_a_fifth_has_left()
    {
        var audience = new SimulatedAudience(4, tracked: true, peersFrom: 50);
        for (var i = 0; i < 60; i++)
            audience.Join(i, i < 21 ? 30 * Minute : 60 * Minute);
        audience.Run(2 * Minute);
        Assert.False(audience.Published.PeersOn);
        audience.Run(10 * Minute);
        Assert.True(audience.Published.PeersOn);
        // All but 39 leave: below four fifths of 50.
        audience.Run(29 * Minute);
        Assert.True(audience.Published.PeersOn);
        audience.Run(33 * Minute);
        Assert.False(audience.Published.PeersOn);
        Assert.Equal(39, audience.Connections);
    }

    private static int Holds(Estimate estimate, double truth, double slack = 0) =>
        truth >= estimate.Low * (1 - slack) && truth <= estimate.High * (1 + slack) ? 1 : 0;
}
