using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Spillway.Bench.Event.Edge;
using Spillway.Bench.Event.Store;
using Spillway.Bench.Tracker;

namespace Spillway.Bench.Event.Viewers;

/// <summary>What all viewers of an event have in common.</summary>
/// <param name="plan">Who comes.</param>
/// <param name="edge">Root of the edge, ending in a slash.</param>
/// <param name="stored">By what they are judged.</param>
internal sealed class Scene(EventPlan plan, Uri edge, StoredPlaylists stored)
{
    /// <summary>As many as the arithmetic of the costs has.</summary>
    private const int CacheLocationCount = 20;

    private readonly ConcurrentDictionary<string, BrowserMessages> _messages = new(StringComparer.Ordinal);

    public EventPlan Plan => plan;
    public Uri Edge => edge;
    public StoredPlaylists Stored => stored;
    public Verdicts Verdicts { get; } = new();
    public Tally Tally { get; } = new();
    public CacheLocations Locations { get; } = new(CacheLocationCount);

    /// <summary>Seconds, on a clock that only rises.</summary>
    public static double Now => (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

    /// <summary>Every viewer has an address of its own. All of 127.0.0.0/8 is this machine.</summary>
    public static IPAddress AddressOf(int viewer) => new([127, 1, (byte)(viewer / 250), (byte)(1 + (viewer % 250))]);

    public BrowserMessages MessagesOf(string infoHash) => _messages.GetOrAdd(infoHash, static hash => new BrowserMessages(hash));
}
