using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>The replay of one rendition: all that its live playlist ever listed, in parts.</summary>
/// <param name="variant">What the multivariant playlist says of it; its URI is its name.</param>
/// <param name="folder">Key of its media folder.</param>
/// <param name="open">Gives the object at a key.</param>
internal sealed class RenditionReplay(Variant variant, string folder, Func<string, StoredObject?, MutableObject> open)
{
    /// <summary>Of one playlist, which is put and read whole.</summary>
    public static readonly TimeSpan LongestPart = TimeSpan.FromHours(12);

    private readonly List<ReplayPart> _parts = [];

    public string Name => variant.Uri;

    public IReadOnlyList<ReplayPart> Parts => _parts;

    public Variant ToVariant(int part) => variant with { Uri = $"{Name}/{StreamKeys.ReplayPart(part)}" };

    /// <summary>All numbers below are listed by a stored replay playlist: only they may leave the live playlist.</summary>
    public long ListedBefore
    {
        get
        {
            foreach (var part in _parts)
            {
                if (part.Listed < part.Next)
                    return part.Listed;
            }
            return _parts.Count == 0 ? long.MinValue : _parts[^1].Next;
        }
    }

    /// <summary>Everything that was taken is stored, and ended.</summary>
    public bool HasEnded => _parts.TrueForAll(static part => part.HasEnded);

    public StoreFault? Fault => _parts.Select(static part => part.Fault).FirstOrDefault(static fault => fault is not null);

    public Task Published => Task.WhenAll(_parts.Select(static part => part.Published));

    /// <summary>Goes on with what an earlier run has stored.</summary>
    public void Restore(IEnumerable<(MediaPlaylist Playlist, StoredObject Stored)> parts)
    {
        foreach (var (playlist, stored) in parts)
        {
            var number = _parts.Count + 1;
            _parts.Add(ReplayPart.Restore(number, playlist, Open(number, stored)));
        }
    }

    /// <summary>Takes what is new in the live playlist, which must still list whatever has not been taken.</summary>
    /// <param name="window">The live playlist.</param>
    /// <param name="begin">The broadcast's: parts begin at the same dates in all renditions.</param>
    public void Take(MediaPlaylist window, DateTimeOffset begin)
    {
        var discontinuity = window.DiscontinuitySequence ?? 0;
        for (var i = 0; i < window.Segments.Count; i++)
        {
            var segment = window.Segments[i];
            if (segment.Discontinuity)
                discontinuity++;
            var number = window.MediaSequence + i;
            if (_parts.Count > 0 && number < _parts[^1].Next)
                continue;
            if (_parts.Count > 0 && number > _parts[^1].Next)
                FillHole(number, discontinuity - (segment.Discontinuity ? 1 : 0), segment, window.TargetDuration);
            Add(number, discontinuity, segment, window, begin);
        }
    }

    /// <inheritdoc cref="BroadcastReplay.Forget"/>
    public void Forget()
    {
        foreach (var part in _parts.Where(static part => !part.HasEnded))
            part.Forget();
    }

    /// <param name="now">Monotonic.</param>
    /// <param name="ended">Nothing more is to come.</param>
    /// <param name="atOnce">Whenever the last version was put.</param>
    public void Publish(TimeSpan now, bool ended, bool atOnce)
    {
        foreach (var part in _parts)
            part.Publish(now, ended || part != _parts[^1], atOnce);
    }

    private void Add(long number, long discontinuity, MediaSegment segment, MediaPlaylist window, DateTimeOffset begin)
    {
        var last = _parts.Count == 0 ? null : _parts[^1];
        // One that has its ENDLIST is never opened again.
        if (last is null || last.HasEnded || Index(segment) > Index(last))
        {
            last = new ReplayPart(
                _parts.Count + 1,
                window with
                {
                    MediaSequence = number,
                    DiscontinuitySequence = discontinuity - (segment.Discontinuity ? 1 : 0),
                    Ended = false,
                    Stamp = null,
                },
                Open(_parts.Count + 1, null)
            );
            _parts.Add(last);
        }
        last.Add(segment);

        long Index(object of) =>
            ((of is ReplayPart part ? part.Begin : segment.ProgramDateTime) ?? begin) is var date && date > begin
                ? (date - begin).Ticks / LongestPart.Ticks
                : 0;
    }

    /// <summary>
    /// Numbers that were lost with a crash: the live playlist should still have had them. They are missing, and are listed so,
    /// or all that follows would have other numbers than in the live playlist.
    /// </summary>
    private void FillHole(long next, long discontinuity, MediaSegment before, int targetDuration)
    {
        var part = _parts[^1];
        var count = next - part.Next;
        var longest = TimeSpan.FromSeconds(targetDuration);
        var each = before.ProgramDateTime - part.End is { } time && time > TimeSpan.Zero ? time / count : longest;
        for (var number = part.Next; number < next; number++)
        {
            part.Add(
                new MediaSegment
                {
                    Uri = Timeline.TimelineEntry.GapUri(number),
                    Duration = TimeSpan.FromMicroseconds(Math.Floor((each < longest ? each : longest).TotalMicroseconds)),
                    Discontinuity = part.LastDiscontinuity < discontinuity,
                    Gap = true,
                    ProgramDateTime = part.End,
                    Map = before.Map,
                }
            );
        }
    }

    private MutableObject Open(int part, StoredObject? stored) => open($"{folder}/{StreamKeys.ReplayPart(part)}", stored);
}
