using System.Globalization;
using Spillway.Watch.Checking;

namespace Spillway.EndToEnd.Reliability;

/// <summary>What a <see cref="Witness"/> has seen.</summary>
internal sealed record Verdict
{
    /// <summary>Listed keys that were read.</summary>
    public required int Loaded { get; init; }
    public required IReadOnlyList<Finding> Lies { get; init; }

    /// <summary>Errors but lies and lateness.</summary>
    public required IReadOnlyList<Finding> Broken { get; init; }

    /// <summary>Longer without anything new than deaths excuse.</summary>
    public required IReadOnlyList<string> Late { get; init; }

    /// <summary>Without anything new, excused or not.</summary>
    public required TimeSpan LongestPause { get; init; }
    public required TimeSpan Allowed { get; init; }
    public required int Broadcasts { get; init; }

    /// <summary>Segments of one rendition.</summary>
    public required int Listed { get; init; }

    /// <summary>In one rendition.</summary>
    public required int Discontinuities { get; init; }

    /// <summary>In all renditions.</summary>
    public required int Gaps { get; init; }

    public string Figures =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Loaded} listed keys read: {Lies.Count} lies, {Broken.Count} rules broken, {Late.Count} times late; "
                + $"longest pause {LongestPause.TotalSeconds:F1} s of {Allowed.TotalSeconds:F0} s; "
                + $"{Broadcasts} broadcasts, {Listed} segments, {Discontinuities} discontinuities, {Gaps} gaps"
        );

    /// <summary>All that is wrong, one a line.</summary>
    public IEnumerable<string> Problems =>
        Lies.Select(static lie => $"LIE {lie}").Concat(Broken.Select(static broken => $"{broken}")).Concat(Late);
}
