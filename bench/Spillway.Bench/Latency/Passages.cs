using System.Collections.Concurrent;
using System.Diagnostics;

namespace Spillway.Bench.Latency;

/// <summary>A moment on both clocks: the monotonic one for figures, the other to compare with Spillway's log.</summary>
internal readonly record struct Moment(long Timestamp, DateTimeOffset Time)
{
    public static Moment Now => new(Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);

    /// <summary>Milliseconds.</summary>
    public static double operator -(Moment later, Moment earlier) =>
        Stopwatch.GetElapsedTime(earlier.Timestamp, later.Timestamp).TotalMilliseconds;
}

/// <summary>One segment's way. Each moment is set by one thread, and read when the run is over.</summary>
internal sealed class Passage(string rendition, int number, int bytes)
{
    public string Rendition { get; } = rendition;

    /// <summary>From 0, as the source counts.</summary>
    public int Number { get; } = number;
    public int Bytes { get; } = bytes;

    /// <summary>The playlist that lists it has been written and closed at the source.</summary>
    public Moment? Complete { get; set; }

    /// <summary>The media playlist at the edge lists it, as the answer that says so has been read.</summary>
    public Moment? Listed { get; set; }

    /// <summary>All its bytes have been read at the edge, and they are the source's.</summary>
    public Moment? Readable { get; set; }

    /// <summary>When Spillway's log says that it is stored.</summary>
    public DateTimeOffset? Stored { get; set; }

    /// <summary>Milliseconds of its PUT, as Spillway's log has it.</summary>
    public double? Upload { get; set; }

    /// <summary>Milliseconds from complete to listed and readable.</summary>
    public double? Latency => Complete is { } complete && Readable is { } readable ? readable - complete : null;
}

/// <summary>All segments of a run, by their hash.</summary>
internal sealed class Passages
{
    private readonly ConcurrentDictionary<string, Passage> _byHash = new(StringComparer.Ordinal);

    public IEnumerable<Passage> All => _byHash.Values;

    public Passage Add(RecordedRendition rendition, int number)
    {
        var segment = rendition.Segments[number];
        return _byHash.GetOrAdd(segment.Hash, new Passage(rendition.Name, number, segment.Bytes.Length));
    }

    /// <param name="uri">Whose file is named <c>{number}-{hash}.ts</c>.</param>
    public Passage? Find(string uri)
    {
        var dash = uri.LastIndexOf('-');
        var dot = uri.LastIndexOf('.');
        return dash >= 0 && dot > dash ? _byHash.GetValueOrDefault(uri[(dash + 1)..dot]) : null;
    }
}
