namespace Spillway.Bench.Faults;

/// <summary>One address that a media playlist has listed as a segment. Times are those of the looks, from the script's start.</summary>
internal sealed class Sighting(TimeSpan listed)
{
    public TimeSpan Listed { get; } = listed;

    /// <summary>The last look at which it was listed.</summary>
    public TimeSpan LastListed { get; set; } = listed;

    /// <summary>The first look at which it could be read.</summary>
    public TimeSpan? Readable { get; set; }

    /// <summary>What is in it; null: no media that can be told, or never read.</summary>
    public MediaSpan? Media { get; set; }

    /// <summary>It could not be read when it was listed first.</summary>
    public bool WasMissing => Readable != Listed;

    /// <summary>It could be read while it was listed.</summary>
    public bool WasHad => Readable is { } readable && readable <= LastListed;

    /// <summary>How long a playlist listed it in vain.</summary>
    public TimeSpan InVain => (WasHad ? Readable!.Value : LastListed) - Listed;
}
