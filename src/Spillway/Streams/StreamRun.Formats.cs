using System.Globalization;
using Spillway.Sources;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <content>
/// What players are told of the formats stays as it is for a broadcast, or those who join later would be in another swarm. What
/// turns out to be wrong is said here, and mended in the next broadcast.
/// </content>
internal sealed partial class StreamRun
{
    /// <summary>Renditions whose peak was above what players had been told, in a broadcast that has ended.</summary>
    private readonly Dictionary<string, (RenditionFormat Told, long Peak)> _exceeded = new(StringComparer.Ordinal);
    private long _swarmSplits;
    private string? _lastSwarmSplit;

    private RenditionFormat FormatOf(SourceRendition rendition, IReadOnlyList<SegmentArrived> first)
    {
        var set = BandwidthSetting.For(_parts.Options.Bandwidth, rendition.Name);
        var format = RenditionFormat.Of(first, rendition, set);
        // Another size or codec is another encoding: what it will need is not known from this one.
        return set is null && _exceeded.TryGetValue(rendition.Name, out var before) && format.IsLike(before.Told)
            ? format.WithAtLeast(before.Peak)
            : format;
    }

    private void NoteBitRate(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, int bytes)
    {
        var told = rendition.Format.Bandwidth;
        var wasTrue = rendition.Peak.Highest <= told;
        if (!rendition.Peak.Add(entry.Number, bytes, entry.Duration) || rendition.Peak.Highest <= told)
            return;
        _exceeded[rendition.Declared.Name] = (rendition.Format, rendition.Peak.Highest);
        if (wasTrue)
            StreamLog.BandwidthExceeded(Logger, Name, on.Id, rendition.Declared.Name, rendition.Peak.Highest, told);
    }

    /// <summary>For <c>/health</c>; null: no rendition has more than players were told.</summary>
    private string? BandwidthAdvice(Broadcast on)
    {
        var wrong = on.Renditions.Where(static r => r.Peak.Highest > r.Format.Bandwidth).ToArray();
        if (wrong.Length == 0)
            return null;
        var which = string.Join(
            ", ",
            wrong.Select(static r => $"{r.Declared.Name} (up to {Megabits(r.Peak.Highest)}, told {Megabits(r.Format.Bandwidth)})")
        );
        var setting = string.Join(
            ", ",
            wrong.Select(static r => $"\"{r.Declared.Name}={r.Peak.Highest * 11 / 10 / 1000 + 1}k\"")
        );
        return $"Segments are larger than the BANDWIDTH that players were told: {which} Mbit/s. It stays until the next broadcast, "
            + $"which takes it up; or set Streams.{Name}.Bandwidth to [{setting}].";
    }

    /// <summary>The next broadcast has swarms of its own: who still plays this one shares with others who do, and with nobody else.</summary>
    private void NoteSwarmSplit(string why)
    {
        _swarmSplits++;
        _lastSwarmSplit = why;
    }

    private string Difference(BroadcastRendition rendition, SegmentArrived segment, TimeSpan duration, int targetDuration)
    {
        var now = RenditionFormat.Of([segment], rendition.Declared);
        return now.IsLike(rendition.Format)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{rendition.Declared.Name}: a segment of {duration.TotalSeconds:0.0} s at a target duration of {targetDuration} s"
            )
            : $"{rendition.Declared.Name}: from {rendition.Format.Shown} to {now.Shown}";
    }

    /// <summary>Of <c>Bandwidth</c>: a name that the source does not have is most likely a slip of the pen.</summary>
    private void WarnOfUnknownBandwidths(BroadcastPlan plan)
    {
        foreach (var setting in _parts.Options.Bandwidth.Select(BandwidthSetting.TryParse))
        {
            if (setting?.Rendition is { } name && plan.Renditions.All(rendition => rendition.Name != name))
                StreamLog.NoSuchRendition(Logger, Name, name, string.Join(", ", plan.Renditions.Select(static r => r.Name)));
        }
    }

    private static string Megabits(long bitsPerSecond) => (bitsPerSecond / 1e6).ToString("0.0##", CultureInfo.InvariantCulture);
}
