namespace Spillway.Watch;

/// <summary>How often and how much a <see cref="PlaylistPoller"/> asks.</summary>
internal sealed record PollerPace
{
    /// <summary>For our own tests: each playlist four times a second, every segment, and removed ones again and again.</summary>
    public static PollerPace Strict { get; } = new();

    /// <summary>For servers that others use, too: as RFC 8216 6.3.4 allows a player.</summary>
    public static PollerPace Player { get; } =
        new()
        {
            IsPlayer = true,
            AtStart = 3,
            Waiting = 6,
            Patience = TimeSpan.FromSeconds(20),
            KeepsLoaded = false,
        };

    /// <summary>
    /// A media playlist is asked for again after its target duration when it has changed, after half of it when not; the multivariant
    /// playlist every ten seconds; a removed segment once, before it may go. Playlists do not wait for each other; the segments of one are loaded one after the other.
    /// </summary>
    public bool IsPlayer { get; init; }

    /// <summary>So many of the segments that come into sight at one time are loaded, the last ones.</summary>
    public int AtStart { get; init; } = int.MaxValue;

    /// <summary>Segments of one playlist that wait for the one that loads; what comes beyond is left out.</summary>
    public int Waiting { get; init; } = int.MaxValue;

    /// <summary>Media playlists at one time; of more, the first ones.</summary>
    public int Playlists { get; init; } = 64;

    /// <summary>For an answer, whole.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What was loaded is kept in a list.</summary>
    public bool KeepsLoaded { get; init; } = true;
}
