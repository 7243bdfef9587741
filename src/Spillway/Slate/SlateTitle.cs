using System.Globalization;
using System.Text;

namespace Spillway.Slate;

/// <summary>The stream's title as it is drawn on the default slate: what the usual fonts have, in at most two lines.</summary>
internal static class SlateTitle
{
    /// <summary>Characters in a line at the size it is drawn in.</summary>
    private const int LineLength = 40;

    private static readonly string[] Fonts =
    [
        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
        "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
        "/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf",
        "/usr/share/fonts/liberation/LiberationSans-Regular.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
        "/usr/share/fonts/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/TTF/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/google-noto/NotoSans-Regular.ttf",
        "/Library/Fonts/Arial Unicode.ttf",
    ];

    /// <summary>A font that has Latin, Greek and Cyrillic letters; null when there is none in the usual places.</summary>
    public static string? FindFont() => Array.Find(Fonts, File.Exists);

    /// <summary>
    /// Lines to draw; none for a title in a script that the fonts may not have: boxes in place of letters are worse than no title.
    /// Emoji and other symbols are left out.
    /// </summary>
    public static IReadOnlyList<string> Lines(string title)
    {
        var text = new StringBuilder();
        foreach (var rune in title.EnumerateRunes())
        {
            if (Rune.IsLetter(rune) && !HasGlyph(rune))
                return [];
            if (Rune.IsWhiteSpace(rune))
                text.Append(' ');
            else if (HasGlyph(rune) && !Rune.IsControl(rune))
                text.Append(rune);
        }
        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var lines = new List<string>();
        foreach (var word in words)
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= LineLength)
                lines[^1] += " " + word;
            else
                lines.Add(word);
        }
        if (lines.Count > 2)
            lines = [lines[0], lines[1] + "…"];
        return [.. lines.Select(static line => line.Length <= LineLength + 1 ? line : line[..LineLength].TrimEnd('…') + "…")];
    }

    /// <summary>Latin, Greek, Cyrillic, and the punctuation and currency signs that go with them.</summary>
    private static bool HasGlyph(Rune rune) =>
        rune.Value
            is (>= 0x20 and < 0x250)
                or (>= 0x370 and < 0x530)
                or (>= 0x1E00 and < 0x1F00)
                or (>= 0x2010 and < 0x2027)
                or (>= 0x2030 and < 0x2040)
                or 0x20AC
                or 0x2116
                or 0x2122
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);
}
