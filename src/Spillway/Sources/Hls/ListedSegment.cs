using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>A segment that is due: to be fetched, or already known to be lost.</summary>
internal sealed record ListedSegment
{
    public required int Run { get; init; }
    public required long Sequence { get; init; }

    /// <summary>The number as the source's playlist says it, right or wrong: without an IV it is what a segment is encrypted with.</summary>
    public required long DeclaredSequence { get; init; }

    /// <summary>Time stamp of the clock when it was first listed: when the wait for its file began.</summary>
    public long ListedAt { get; init; }
    public required bool Discontinuity { get; init; }
    public required TimeSpan Duration { get; init; }

    /// <summary>The playlist that listed it: the base of its URIs.</summary>
    public required Uri Playlist { get; init; }

    /// <summary>Rises at every run and discontinuity: where a source may overwrite its initialization section in place.</summary>
    public required int Scope { get; init; }

    /// <summary>Null when the number was skipped and nothing is known of it.</summary>
    public MediaSegment? Segment { get; init; }

    /// <summary>Why it is not fetched at all; null for a segment to fetch.</summary>
    public string? Missing { get; init; }
}

/// <summary>What one reading of the playlist brought.</summary>
internal sealed record Listing
{
    public static Listing Nothing { get; } = new();

    /// <summary>Each segment once, in order.</summary>
    public IReadOnlyList<ListedSegment> New { get; init; } = [];

    /// <summary>The source started again.</summary>
    public bool Restarted { get; init; }

    /// <summary>The listing contradicts what was seen: not acted on until another reading confirms it.</summary>
    public bool Doubtful { get; init; }

    /// <summary>An older version of what was seen before: nothing in it counts.</summary>
    public bool Old { get; init; }

    /// <summary>Why encrypted segments among the new ones cannot be had, and are left out; null for none.</summary>
    public string? Encrypted { get; init; }

    /// <summary>The source shows its own offline clip.</summary>
    public bool Offline { get; init; }
}

/// <summary>How much of a window that was not followed so far is taken: the last segments of it.</summary>
/// <param name="Least">Segments, even when they are long.</param>
/// <param name="Most">Segments at most.</param>
/// <param name="Longest">Together, unless that were fewer than <paramref name="Least"/>.</param>
internal sealed record StartWindow(int Least, int Most, TimeSpan Longest)
{
    public static StartWindow Default { get; } = new(3, 6, TimeSpan.FromSeconds(24));

    /// <summary>Index of the first segment to take.</summary>
    public int FirstOf(IReadOnlyList<MediaSegment> segments)
    {
        var total = TimeSpan.Zero;
        var first = segments.Count;
        while (first > 0)
        {
            total += segments[first - 1].Duration;
            var count = segments.Count - first + 1;
            if (count > Most || (count > Least && total > Longest))
                break;
            first--;
        }
        return first;
    }
}
