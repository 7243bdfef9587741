using System.Net.WebSockets;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>With inline scheduling the work of one connection runs on the thread, and in the middle, of another's send.</summary>
public sealed class InlineTests
{
    private const int Viewers = 40;

    [Fact]
    public async Task Viewers_who_all_speak_at_once_all_meet_and_nothing_locks_up()
    {
        await using var host = await TrackerHost.StartAsync(Unlimited.Tracker, inline: true);
        var viewers = new List<ClientWebSocket>();
        for (var i = 0; i < Viewers; i++)
            viewers.Add(await host.ConnectAsync());
        var answers = await Task.WhenAll(viewers.Select(WatchAsync)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(answers, static count => Assert.NotEqual(0, count));
        Assert.Equal((Viewers, Viewers), (host.Counters.Connections, host.Counters.Peers));
        Assert.Equal(0, host.Counters.Streams["live"].Malformed);
        foreach (var viewer in viewers)
            viewer.Dispose();
        await host.UntilAsync(static now => now is { Connections: 0, Peers: 0 });
    }

    /// <summary>Announces again and again and answers every offer, until it has heard enough.</summary>
    /// <returns>Answers to its own offers.</returns>
    private static async Task<int> WatchAsync(ClientWebSocket socket, int number)
    {
        var (announced, answers) = (0, 0);
        await socket.SendAsync(Announce("h", $"v{number}", offers: 5, batch: "0"));
        while (announced < 50 || answers == 0)
        {
            var message = await socket.NextAsync();
            if (message.ContainsKey("offer"))
                await socket.SendAsync(Answer("h", $"v{number}", NameIn(message), message.Text("offer_id")));
            else if (message.ContainsKey("answer"))
                answers++;
            else
                await socket.SendAsync(Announce("h", $"v{number}", offers: 5, batch: $"{++announced}"));
        }
        return answers;
    }

    private static string NameIn(System.Text.Json.Nodes.JsonObject offer) => offer.Text("peer_id").Split('.')[0];
}
