using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spillway.Timeline;

namespace Spillway.Slate;

/// <summary>The slate that one broadcast wants.</summary>
/// <param name="Stream">Name of the live stream.</param>
/// <param name="Setting">The setting <c>Slate</c>.</param>
/// <param name="Title">What the default slate says below "Back soon".</param>
/// <param name="Formats">One for each rendition.</param>
/// <param name="SegmentDuration">The show's, usually.</param>
/// <param name="TargetDuration">Seconds.</param>
internal sealed record SlateRequest(
    string Stream,
    string Setting,
    string Title,
    IReadOnlyList<SlateFormat> Formats,
    TimeSpan SegmentDuration,
    int TargetDuration
)
{
    /// <summary>Rises when slates are made in another way, so that those kept from before are not taken.</summary>
    private const int Version = 1;

    public IEnumerable<FrameRate> FrameRates =>
        Formats.Select(static f => f.Picture).OfType<SlatePictureFormat>().Select(static p => p.Rate);

    /// <summary>32 hex digits: the same picture in the same formats is made once, stored once and kept.</summary>
    public string HashWith(SlatePicture picture)
    {
        // The timing of a picture that stands still has all that the request adds to a clip's own length.
        var text = new StringBuilder(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Version} {picture.Hash} {SlateTiming.For(FrameRates, SegmentDuration, TargetDuration, null)}"
            )
        );
        foreach (var format in Formats)
            text.Append('\n').Append(format);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}

/// <param name="Segments">By rendition, all stored; null when there are none, and <paramref name="Problem"/> says why.</param>
/// <param name="Problem">For the operator, with the remedy.</param>
/// <param name="MayPass">The problem may pass by itself: the store was away.</param>
internal sealed record SlateResult(
    IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>>? Segments,
    string? Problem,
    bool MayPass = false
);
