using System.Globalization;
using System.Text.RegularExpressions;

namespace Spillway.EndToEnd.Swarm;

/// <summary>What the edge itself has counted: how often it has given away each segment, and how many bytes.</summary>
internal sealed partial class EdgeCount
{
    /// <summary>By the segment's number: copies and bytes.</summary>
    public SortedDictionary<long, (int Copies, long Bytes)> Segments { get; } = [];

    /// <summary>Bytes of the bodies of all segments.</summary>
    public long Bytes { get; private set; }

    /// <param name="log">Lines of <see cref="Servers.NginxEdge.Requests"/>.</param>
    public static EdgeCount Of(IEnumerable<string> log)
    {
        var count = new EdgeCount();
        foreach (var line in log)
        {
            if (Line().Match(line) is not { Success: true } match)
                continue;
            var number = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            var bytes = long.Parse(match.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture);
            var (copies, before) = count.Segments.GetValueOrDefault(number);
            count.Segments[number] = (copies + 1, before + bytes);
            count.Bytes += bytes;
        }
        return count;
    }

    /// <summary>Copies of each segment from one number to before another; 0 for one that nobody has asked for.</summary>
    public IReadOnlyList<int> Copies(long from, long before)
    {
        List<int> copies = [];
        for (var number = from; number < before; number++)
            copies.Add(Segments.GetValueOrDefault(number).Copies);
        return copies;
    }

    [GeneratedRegex(@"^20\d \S+ \S+/(?<number>\d+)-[0-9a-f]{32}\.(?:ts|m4s) (?<bytes>\d+)$")]
    private static partial Regex Line();
}
