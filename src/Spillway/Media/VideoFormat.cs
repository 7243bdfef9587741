namespace Spillway.Media;

/// <summary>What a sequence parameter set tells. Size in pixels after cropping; frame rate as declared, which need not be true.</summary>
internal sealed record VideoFormat(string Codec, int? Width, int? Height, double? DeclaredFrameRate = null)
{
    /// <summary>Room for any sane parameter set; what is longer is read as far as it goes.</summary>
    public const int LongestParameterSet = 1024;

    private const int LargestSide = 32768;

    public static VideoFormat Of(string codec, long width, long height, double? declaredFrameRate = null) =>
        width is > 0 and <= LargestSide && height is > 0 and <= LargestSide
            ? new(codec, (int)width, (int)height, declaredFrameRate)
            : new(codec, null, null, declaredFrameRate);
}
