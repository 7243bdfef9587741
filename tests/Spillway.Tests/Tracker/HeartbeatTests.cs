using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tracker.Nodes;

namespace Spillway.Tests.Tracker;

/// <summary>Nodes that show in a store that they live, and a server that looks; under a fast clock.</summary>
public sealed class HeartbeatTests : IAsyncDisposable
{
    private const string Own = "wss://tv.example.org/tracker/live";
    private readonly TestStore _store = new(TimeSpan.FromMilliseconds(200));
    private readonly List<HeartbeatWriter> _writers = [];

    [Fact]
    public async Task A_node_shows_what_it_carries_every_interval_and_takes_its_heartbeat_away_when_it_stops()
    {
        var node = await StartAsync("t1");
        await Until.TrueAsync(() => _store.Line.Stored.Count() >= 4, "four heartbeats");
        var puts = _store.Line.Stored.Take(4).ToArray();
        Assert.All(puts, static put => Assert.Equal(("trackers/t1.json", "no-store"), (put.Key, put.Headers.CacheControl)));
        foreach (var (one, next) in puts.Zip(puts.Skip(1)))
            Assert.InRange((next.At - one.At).TotalSeconds, 15, 17);
        Assert.Equal(puts.Length, puts.Select(static put => StreamKeys.Hash(put.Body)).Distinct().Count());
        var heartbeat = NodeHeartbeat.Read("t1", puts[3].Body)!;
        Assert.Equal(("wss://t1.example.org", 15, 3, 50_000, 4), Shown(heartbeat));
        Assert.Null(node.Fault);

        await node.StopAsync(default);
        Assert.Equal(GetStatus.Missing, (await _store.Direct.LookAsync("trackers/t1.json")).Status);
    }

    [Fact]
    public async Task A_node_that_dies_is_seen_to_be_dead_in_time_and_its_viewers_are_led_to_the_other_and_back_a_minute_after_it_lives()
    {
        var first = NodePlacement.Rank("live", ["t1", "t2"])[0];
        var second = first == "t1" ? "t2" : "t1";
        var dying = await StartAsync(first, new CutStore(_store.Line));
        await StartAsync(second);
        await Until.TrueAsync(() => _store.Line.Stored.Select(static put => put.Key).Distinct().Count() == 2, "both live");
        using var watch = Watch();
        await watch.StartAsync(default);
        // Known from the start, so that no player is told of anything else first.
        Assert.Equal([Of(first), Of(second)], watch.AddressesOf("live", Own));

        _cut = true;
        var died = _store.Clock.Elapsed;
        await Until.TrueAsync(() => watch.AddressesOf("live", Own)[0] == Of(second), "viewers are led to the other one");
        // From the heartbeat before: 37.5 s, and 5 s until it is looked at.
        Assert.InRange((_store.Clock.Elapsed - died).TotalSeconds, 20, 45);
        Assert.Equal([Of(second), Own], watch.AddressesOf("live", Own));
        Assert.Equal([false, true], watch.Sights.OrderBy(sight => sight.Node == second).Select(static sight => sight.Lives));

        _cut = false;
        var back = _store.Clock.Elapsed;
        await Until.TrueAsync(() => watch.AddressesOf("live", Own)[0] == Of(first), "viewers are led back");
        Assert.InRange((_store.Clock.Elapsed - back).TotalSeconds, 60, 85);

        await dying.StopAsync(default);
        var left = _store.Clock.Elapsed;
        await Until.TrueAsync(() => watch.AddressesOf("live", Own)[0] == Of(second), "it has said goodbye");
        Assert.InRange((_store.Clock.Elapsed - left).TotalSeconds, 0, 8);
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task A_server_that_cannot_see_holds_nobody_for_dead()
    {
        await StartAsync("t1");
        await Until.TrueAsync(() => _store.Line.Stored.Any(), "it lives");
        using var watch = Watch(new CutStore(_store.Line));
        await watch.StartAsync(default);
        Assert.Equal(Of("t1"), watch.AddressesOf("live", Own)[0]);
        _cut = true;
        await _store.Clock.Wait(120);
        Assert.Equal(Of("t1"), watch.AddressesOf("live", Own)[0]);
        _cut = false;
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task Junk_in_a_heartbeats_place_leads_nobody_anywhere_and_the_node_puts_it_right()
    {
        await _store.Direct.PutAsync(
            "trackers/t1.json",
            "junk"u8.ToArray(),
            StreamKeys.PrivateHeaders,
            PutCondition.None,
            default
        );
        using var watch = Watch();
        await watch.StartAsync(default);
        Assert.Equal([Own], watch.AddressesOf("live", Own));
        await StartAsync("t1");
        await Until.TrueAsync(() => watch.AddressesOf("live", Own)[0] == Of("t1"), "it lives");
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task Of_two_nodes_with_one_name_the_second_waits_and_says_so_until_the_first_is_gone()
    {
        var first = await StartAsync("t1");
        await Until.TrueAsync(() => _store.Line.Stored.Any(), "the first lives");
        var second = await StartAsync("t1", address: "wss://elsewhere.example.org");
        await Until.TrueAsync(() => second.Fault is not null, "the second says what is wrong");
        Assert.Contains("The name t1 is that of a living node at wss://t1.example.org", second.Fault!, StringComparison.Ordinal);
        await _store.Clock.Wait(60);
        Assert.Null(first.Fault);
        Assert.Equal("wss://t1.example.org", (await HeartbeatAsync())!.Address);
        await first.StopAsync(default);
        await Until.TrueAsync(async () => (await HeartbeatAsync())?.Address == "wss://elsewhere.example.org", () => "it follows");
        Assert.Null(second.Fault);
    }

    [Fact]
    public async Task A_node_that_is_started_anew_goes_on_at_once_and_the_old_ones_goodbye_does_not_take_its_heartbeat()
    {
        var old = await StartAsync("t1");
        await Until.TrueAsync(() => _store.Line.Stored.Any(), "the old one lives");
        var anew = _store.Clock.Elapsed;
        var instance = (await HeartbeatAsync())!.Instance;
        await StartAsync("t1");
        await Until.TrueAsync(
            async () => (await HeartbeatAsync()) is { } now && now.Instance != instance,
            () => "the new one lives"
        );
        Assert.InRange((_store.Clock.Elapsed - anew).TotalSeconds, 0, 6);
        await old.StopAsync(default);
        Assert.NotNull(await HeartbeatAsync());
    }

    [Fact]
    public async Task A_node_tries_again_soon_when_the_store_does_not_answer_and_says_what_is_wrong_meanwhile()
    {
        _store.Line.Rule = static _ => PutFault.Lost;
        var node = await StartAsync("t1");
        await Until.TrueAsync(() => node.Fault is not null, "it says so");
        Assert.Contains("reset", node.Fault!, StringComparison.Ordinal);
        _store.Line.Rule = static _ => null;
        await Until.TrueAsync(() => node.Fault is null && _store.Line.Stored.Any(), "it lives");
        // One that got there unnoticed is its own.
        var seen = _store.Line.Stored.Count();
        _store.Line.Rule = _ => _store.Line.Stored.Count() == seen ? PutFault.AnswerLost : null;
        await Until.TrueAsync(() => _store.Line.Stored.Count() >= seen + 3 && node.Fault is null, "it goes on");
    }

    public async ValueTask DisposeAsync()
    {
        _cut = false;
        _store.Line.Rule = static _ => null;
        foreach (var writer in _writers)
        {
            await writer.StopAsync(default);
            writer.Dispose();
        }
        await _store.DisposeAsync();
    }

    private volatile bool _cut;

    private static string Of(string node) => $"wss://{node}.example.org/tracker/live";

    private static (string, double, int, int, int) Shown(NodeHeartbeat of) =>
        (of.Address, of.Interval, of.Connections, of.Capacity, of.Peers);

    private async Task<NodeHeartbeat?> HeartbeatAsync() =>
        await _store.Direct.LookAsync("trackers/t1.json") is { Object.Body: var body }
            ? NodeHeartbeat.Read("t1", body.Span)
            : null;

    private async Task<HeartbeatWriter> StartAsync(string node, CutStore? line = null, string? address = null)
    {
        if (line is not null)
            line.IsCut = () => _cut;
        var state = NodeRegisterTests.Heartbeat(node, 15);
        var writer = new HeartbeatWriter(
            line ?? (IObjectStore)_store.Line,
            () => state with { Address = address ?? state.Address },
            conditional: true,
            Task.CompletedTask,
            _store.Clock.Time,
            NullLogger<HeartbeatWriter>.Instance
        );
        _writers.Add(writer);
        await writer.StartAsync(default);
        return writer;
    }

    private NodeWatch Watch(CutStore? line = null)
    {
        if (line is not null)
            line.IsCut = () => _cut;
        return new NodeWatch(
            (line ?? (IObjectStore)_store.Line).Reader(_store.Clock.Time),
            () => _store.Direct.Now,
            ["t1", "t2"],
            _store.Clock.Time,
            NullLogger<NodeWatch>.Instance
        );
    }

    /// <summary>A store that one process cannot reach for a while.</summary>
    private sealed class CutStore(IObjectStore inner) : StoreInFront(inner)
    {
        private static readonly StoreFault Cut = new(StoreFaultKind.Unreachable, "The line is cut.", "Mend it.");

        public Func<bool> IsCut { get; set; } = static () => false;

        public override Task<PutResult> PutAsync(
            string key,
            ReadOnlyMemory<byte> body,
            ObjectHeaders headers,
            PutCondition condition,
            CancellationToken cancellationToken
        ) =>
            IsCut()
                ? Task.FromResult(new PutResult(PutStatus.Unknown, null, Cut))
                : base.PutAsync(key, body, headers, condition, cancellationToken);

        public override Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
            IsCut() ? Task.FromResult(new GetResult(GetStatus.Unknown, null, Cut)) : base.GetAsync(key, cancellationToken);
    }
}
