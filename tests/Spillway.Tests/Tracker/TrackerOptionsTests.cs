using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class TrackerOptionsTests
{
    [Fact]
    public void The_defaults_are_in_order() => Assert.Empty(new TrackerOptions().Errors());

    [Fact]
    public void All_errors_come_at_once_and_name_their_keys()
    {
        var options = new TrackerOptions
        {
            Interval = 4,
            Ping = TimeSpan.Zero,
            MaxConnections = 0,
            MaxConnectionsPerAddress = 0,
            MaxSwarms = 0,
            MaxPeersPerSwarm = 0,
            MaxHashesPerConnection = -1,
            Stun = ["stun.example.org"],
        };
        Assert.Equal(
            [
                "'Tracker:Interval'",
                "'Tracker:Ping'",
                "'Tracker:MaxConnections'",
                "'Tracker:MaxConnectionsPerAddress'",
                "'Tracker:MaxSwarms'",
                "'Tracker:MaxPeersPerSwarm'",
                "'Tracker:MaxHashesPerConnection'",
                "'Tracker:Stun'",
            ],
            options.Errors().Select(error => error.Split(' ')[0])
        );
    }
}
