using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>
/// Two viewers of one venue who exchange offer and answer again and again while somebody else does their worst, within the limits that
/// browsers have.
/// </summary>
internal sealed class RelayingPair : IAsyncDisposable
{
    /// <summary>The swarm in which it happens.</summary>
    public const string Hash = "h";

    private const string Venue = "127.0.0.2";

    /// <summary>An offered peer takes 15 offers a minute from one address; some are left for the end.</summary>
    private const int MostDuring = 10;

    /// <summary>Below the messages that a connection may send; and pings are answered while it reads.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(300);

    /// <summary>Much more than an exchange takes on a busy machine, much less than anyone would wait.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ClientWebSocket _asker;
    private readonly ClientWebSocket _answerer;
    private int _exchanges;

    private RelayingPair(TrackerHost host, ClientWebSocket asker, ClientWebSocket answerer) =>
        (Host, _asker, _answerer) = (host, asker, answerer);

    public TrackerHost Host { get; }

    /// <summary>Peer id of the one who answers, for those who want to be it.</summary>
    public string Answerer => "answerer";

    /// <summary>Peer id of the one who asks; another at each exchange, so that the two do not know each other yet.</summary>
    public string Asker => $"asker{_exchanges}";

    public static async Task<RelayingPair> StartAsync(
        TrackerOptions? options = null,
        Func<string, TrackerId, bool>? isAllowed = null
    )
    {
        var host = await TrackerHost.StartAsync(options, isAllowed: isAllowed);
        var pair = new RelayingPair(host, await host.ConnectAsync(address: Venue), await host.ConnectAsync(address: Venue));
        await pair.ExchangeAsync();
        return pair;
    }

    /// <summary>The abuse, with the pair at work beside it, and a few exchanges after it: none takes long, and nobody is thrown out.</summary>
    public async Task DuringAsync(Func<Task> abuse)
    {
        var doing = abuse();
        var before = _exchanges;
        do
        {
            if (_exchanges - before < MostDuring)
                await ExchangeAsync();
            else
                await Task.WhenAll(ShowAsync(_asker, Asker), ShowAsync(_answerer, Answerer));
            await Task.WhenAny(doing, Task.Delay(s_pace));
        } while (!doing.IsCompleted);
        await doing;
        for (var i = 0; i < 3; i++)
            await ExchangeAsync();
        Assert.Equal((WebSocketState.Open, WebSocketState.Open), (_asker.State, _answerer.State));
    }

    public async ValueTask DisposeAsync()
    {
        _asker.Dispose();
        _answerer.Dispose();
        await Host.DisposeAsync();
    }

    private async Task ExchangeAsync()
    {
        _exchanges++;
        var start = Stopwatch.GetTimestamp();
        // It is there, whatever offers it has passed over.
        await ShowAsync(_answerer, Answerer);
        // Of two offers in a row one goes to the same address.
        await _asker.SendAsync(Announce(Hash, Asker, offers: 2));
        var offer = await NextAsync(_answerer, message => message.ContainsKey("offer") && message.Text("peer_id") == Id(Asker));
        await _answerer.SendAsync(Answer(Hash, Answerer, Asker, offer.Text("offer_id")));
        var answer = await NextAsync(_asker, static message => message.ContainsKey("answer"));
        Assert.Equal((Id(Answerer), offer.Text("offer_id")), (answer.Text("peer_id"), answer.Text("offer_id")));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_patience);
    }

    private static async Task ShowAsync(ClientWebSocket socket, string name)
    {
        await socket.SendAsync(Announce(Hash, name));
        await NextAsync(socket, static message => message.ContainsKey("interval"));
    }

    /// <summary>The next such message. Offers of others and replies may come between; failures may not.</summary>
    private static async Task<JsonObject> NextAsync(ClientWebSocket socket, Func<JsonObject, bool> isIt)
    {
        while (true)
        {
            var message = await socket.NextAsync();
            Assert.False(message.ContainsKey("failure reason"), message.ToJsonString());
            if (isIt(message))
                return message;
        }
    }
}
