using System.Globalization;
using System.Text;

namespace Spillway.Configuration;

/// <summary>How names and values that somebody else wrote are printed: on one line, not for ever, without what an address may hide.</summary>
internal static class Shown
{
    private const int Longest = 80;

    /// <summary>Quoted, without user information and query of addresses: sources are often given with a token in them.</summary>
    public static string Value(string text) => $"\"{Name(Address(text))}\"";

    /// <summary>One value as the operator wrote it.</summary>
    public static string Value(SettingValue value) =>
        value.Shape switch
        {
            SettingShape.Text => Value(value.Text),
            SettingShape.List => "a list",
            SettingShape.Section => "a section",
            _ => Name(value.Text),
        };

    /// <summary>Control characters as <c>\u000A</c>, cut after 80 characters.</summary>
    public static string Name(string text) => Long(text, Longest);

    /// <summary>The same, cut after as many as are given.</summary>
    public static string Long(string text, int longest)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= longest)
                return shown.Append('…').ToString();
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                shown.Append(rune);
        }
        return shown.ToString();
    }

    /// <summary><c>http://user:word@host/path?token=1</c> becomes <c>http://…@host/path?…</c>.</summary>
    public static string Address(string text)
    {
        var authority = text.IndexOf("//", StringComparison.Ordinal) + 2;
        if (authority < 2)
            return text;
        var query = text.IndexOfAny(['?', '#'], authority);
        if (query >= 0)
            text = $"{text.AsSpan(0, query)}{text[query]}…";
        // The last @, even beyond a slash: a password that was not escaped may hold both.
        var at = text.LastIndexOf('@');
        return at < authority ? text : $"{text.AsSpan(0, authority)}…{text.AsSpan(at)}";
    }
}
