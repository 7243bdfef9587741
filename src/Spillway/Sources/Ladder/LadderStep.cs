using System.Globalization;

namespace Spillway.Sources.Ladder;

/// <summary>One rendition that is to be made of what comes in.</summary>
/// <param name="Name">Of the rendition, as in addresses.</param>
/// <param name="Width">Pixels; null: what keeps the picture's shape.</param>
/// <param name="Height">Pixels; null: passed on as it comes.</param>
/// <param name="BitRate">Of the picture, bits per second; 0 where it is passed on.</param>
internal sealed record LadderStep(string Name, int? Width, int? Height, int BitRate)
{
    public const string Expected =
        "\"720p\", \"720p@2500k\", \"1280x720@2500k\" (even sizes from 64 to 4320, 50k to 50000k) or \"source\"";
    private const int Smallest = 64;
    private const int Largest = 4320;
    private const string PassedOn = "source";

    /// <summary>Bits per second that x264's preset veryfast needs for a good picture at 25 to 30 frames a second, by height.</summary>
    private static readonly (int Height, int BitRate)[] s_defaults =
    [
        (64, 100_000),
        (144, 200_000),
        (240, 400_000),
        (360, 800_000),
        (480, 1_400_000),
        (720, 2_800_000),
        (1080, 5_000_000),
        (1440, 9_000_000),
        (2160, 16_000_000),
        (4320, 40_000_000),
    ];

    public bool IsSource => Height is null;

    /// <summary>Null for what is no step; <see cref="Expected"/> says what is one.</summary>
    public static LadderStep? TryParse(string text)
    {
        text = text.Trim().ToLowerInvariant();
        if (text == PassedOn)
            return new LadderStep(PassedOn, null, null, 0);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var size = at < 0 ? text : text[..at];
        int? width = null;
        int height;
        var cross = size.IndexOf('x', StringComparison.Ordinal);
        if (cross >= 0)
        {
            if (!TrySize(size[..cross], out var given) || !TrySize(size[(cross + 1)..], out height))
                return null;
            width = given;
        }
        else if (!size.EndsWith('p') || !TrySize(size[..^1], out height))
        {
            return null;
        }
        if (at < 0)
            return new LadderStep($"{height}p", width, height, DefaultBitRate(height));
        return Configuration.BitRate.TryParse(text[(at + 1)..], 'm', 50_000, 50_000_000, out var rate)
            ? new LadderStep($"{height}p", width, height, (int)rate)
            : null;
    }

    /// <summary>Between two of the table's heights in proportion.</summary>
    public static int DefaultBitRate(int height)
    {
        var above = Array.FindIndex(s_defaults, d => d.Height >= height);
        if (above <= 0)
            return s_defaults[above < 0 ? ^1 : 0].BitRate;
        var (low, high) = (s_defaults[above - 1], s_defaults[above]);
        var part = (double)(height - low.Height) / (high.Height - low.Height);
        return (int)(low.BitRate + part * (high.BitRate - low.BitRate)) / 1000 * 1000;
    }

    private static bool TrySize(string text, out int size) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        && size is >= Smallest and <= Largest
        && size % 2 == 0;
}
