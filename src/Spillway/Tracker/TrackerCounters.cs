namespace Spillway.Tracker;

/// <summary>The tracker at one moment, for <c>/health</c> and <c>/metrics</c>.</summary>
/// <param name="Connections">Open WebSockets.</param>
/// <param name="Refused">WebSockets refused since start because too many were open.</param>
/// <param name="Streams">The same figures by stream.</param>
internal sealed record TrackerCounters(int Connections, long Refused, IReadOnlyDictionary<string, StreamTrackerCount> Streams)
{
    public int Swarms => Streams.Values.Sum(static stream => stream.Swarms);

    /// <summary>Memberships: a viewer of separate audio counts twice.</summary>
    public int Peers => Streams.Values.Sum(static stream => stream.Peers);

    /// <summary>Since start.</summary>
    public long OffersRelayed => Streams.Values.Sum(static stream => stream.Offers);

    /// <summary>Since start.</summary>
    public long AnswersRelayed => Streams.Values.Sum(static stream => stream.Answers);
}
