using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Spillway.Bench.Tracker;

/// <summary>All clients of one server: they connect, join, and announce at a given rate.</summary>
/// <param name="load">How many, in which swarms.</param>
/// <param name="asNewPeers">
/// Each announce is made under a new peer id. Spillway passes a connected peer's offers on one at a time; a new peer's, all five, as the
/// others do always.
/// </param>
internal sealed class Crowd(TrackerLoad load, bool asNewPeers) : IDisposable
{
    /// <summary>An announce is five offers and their answers.</summary>
    private const int RelaysPerAnnounce = 2 * BrowserMessages.Offers;

    /// <summary>The rate follows what an announce brings only so far: a server that cannot keep up must not be given more for it.</summary>
    private const double LeastPerAnnounce = 0.8 * RelaysPerAnnounce;

    private const int JoinsPerSecond = 1_000;
    private const int Addresses = 250;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(5);

    private readonly List<LoadClient> _clients = [];
    private readonly List<string> _problems = [];
    private long _announces;
    private long _offers;
    private long _answers;
    private long _replies;
    private long _tooLate;
    private long _closed;
    private bool _isEnding;

    public bool IsOfNewPeers => asNewPeers;

    public Delays Delays { get; } = new();
    public long Announces => Volatile.Read(ref _announces);
    public long Offers => Volatile.Read(ref _offers);
    public long Answers => Volatile.Read(ref _answers);
    public long Relays => Offers + Answers;
    public long TooLate => Volatile.Read(ref _tooLate);
    public long Closed => Volatile.Read(ref _closed);

    /// <summary>Messages that no client expects, and the first reasons of closes; none in a good run.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_problems)
                return [.. _problems];
        }
    }

    /// <summary>Connects all and lets each join, with five offers, a thousand a second; returns when all is quiet.</summary>
    public async Task JoinAsync(int port, string path, CancellationToken cancellationToken)
    {
        var swarms = new BrowserMessages[(load.Sockets + load.SwarmSize - 1) / load.SwarmSize];
        for (var i = 0; i < swarms.Length; i++)
            swarms[i] = new BrowserMessages(string.Create(CultureInfo.InvariantCulture, $"bench-swarm-{i:D8}"));
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < load.Sockets; i++)
        {
            // Neighbours by number are in different swarms and at different addresses.
            var client = new LoadClient(
                this,
                swarms[i % swarms.Length],
                i,
                new IPAddress([127, 1, 0, (byte)(1 + i % Addresses)])
            );
            _clients.Add(client);
            await client.ConnectAsync(port, path, cancellationToken);
            Announce(client);
            var early = TimeSpan.FromSeconds(i / (double)JoinsPerSecond) - Stopwatch.GetElapsedTime(start);
            if (early > s_tick)
                await Task.Delay(early, cancellationToken);
        }
        await QuietAsync(cancellationToken);
    }

    /// <summary>Waits until nothing has come for half a second.</summary>
    public async Task QuietAsync(CancellationToken cancellationToken)
    {
        for (long before = -1; before != Relays + Volatile.Read(ref _replies); )
        {
            before = Relays + Volatile.Read(ref _replies);
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>Announces, each client in its turn, so that the load's relays a second come of it.</summary>
    public async Task AnnounceAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var order = _clients.ToArray();
        new Random(1).Shuffle(order);
        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_tick);
        var (due, next, last) = (0.0, 0, TimeSpan.Zero);
        var perAnnounce = (double)RelaysPerAnnounce;
        var (since, relaysThen, announcesThen) = (TimeSpan.Zero, Relays, Announces);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = Stopwatch.GetElapsedTime(start);
            if (now >= length)
                return;
            due += (now - last).TotalSeconds * load.RelaysPerSecond / perAnnounce;
            last = now;
            for (; due >= 1; due--)
                Announce(order[next++ % order.Length]);
            if (now - since < TimeSpan.FromSeconds(2))
                continue;
            perAnnounce = Math.Clamp(
                (Relays - relaysThen) / (double)Math.Max(1, Announces - announcesThen),
                LeastPerAnnounce,
                RelaysPerAnnounce
            );
            (since, relaysThen, announcesThen) = (now, Relays, Announces);
        }
    }

    public void NoteOffer(long timestamp)
    {
        Interlocked.Increment(ref _offers);
        Delays.Add(Stopwatch.GetElapsedTime(timestamp));
    }

    public void NoteAnswer() => Interlocked.Increment(ref _answers);

    /// <summary>It has taken another peer id between an offer and its answer: the offer was to the one it was before.</summary>
    public void NoteTooLate() => Interlocked.Increment(ref _tooLate);

    public void NoteReply() => Interlocked.Increment(ref _replies);

    public void NoteClosed(string reason)
    {
        if (Volatile.Read(ref _isEnding))
            return;
        Interlocked.Increment(ref _closed);
        NoteProblem(reason);
    }

    public void NoteProblem(string problem)
    {
        lock (_problems)
        {
            if (_problems.Count < 20 && !_isEnding)
                _problems.Add(problem);
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _isEnding, true);
        foreach (var client in _clients)
            client.Dispose();
    }

    private void Announce(LoadClient client)
    {
        Interlocked.Increment(ref _announces);
        client.Announce(asNewPeers);
    }
}
