using System.Globalization;

namespace Spillway.Configuration;

/// <summary>Makes a value of the type that an options class wants, and says what it wants.</summary>
internal static class SettingConversion
{
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];

    /// <param name="value">What was given.</param>
    /// <param name="type">The property's type.</param>
    /// <param name="bounds">What a number or time span may be.</param>
    /// <param name="loose">Text may stand for a number, a truth value or a list: everywhere but in the file.</param>
    /// <returns>The converted value, or null when it is not of that type or out of bounds.</returns>
    public static object? Convert(SettingValue value, Type type, BoundsAttribute? bounds, bool loose)
    {
        var isNumber = value.Shape == SettingShape.Number || (loose && value.Shape == SettingShape.Text);
        if (type == typeof(string))
            return value.Shape == SettingShape.Text ? value.Text : null;
        if (type == typeof(bool))
            return
                (value.Shape == SettingShape.Boolean || (loose && value.Shape == SettingShape.Text))
                && bool.TryParse(value.Text, out var truth)
                ? truth
                : null;
        if (type == typeof(int))
            return isNumber && Whole(value.Text, bounds, int.MaxValue) is { } number ? (int)number : null;
        if (type == typeof(long))
            return isNumber ? Whole(value.Text, bounds, long.MaxValue) : null;
        if (type == typeof(double))
            return isNumber && Fraction(value.Text, bounds) is { } number ? number : null;
        if (type == typeof(TimeSpan))
            return
                value.Shape is SettingShape.Text or SettingShape.Number
                && Durations.TryParse(value.Text, out var duration)
                && (bounds?.Allows(duration.TotalSeconds) ?? true)
                ? duration
                : null;
        if (type == typeof(ByteSize))
            return
                value.Shape is SettingShape.Text or SettingShape.Number
                && ByteSize.TryParse(value.Text, out var size)
                && (bounds?.Allows(size.Bytes) ?? true)
                ? size
                : null;
        if (type == typeof(string[]))
            return List(value, loose);
        throw new NotSupportedException($"A setting cannot be a {type}.");
    }

    /// <summary>What would be right, to follow "it must be".</summary>
    public static string Expected(SettingValue value, Type type, BoundsAttribute? bounds, bool loose)
    {
        var expected = Expected(type, bounds);
        var onlyQuoted =
            !loose
            && value.Shape == SettingShape.Text
            && type != typeof(string[])
            && Convert(value, type, bounds, true) is not null;
        return onlyQuoted ? $"{expected}, without quotes" : expected;
    }

    private static string Expected(Type type, BoundsAttribute? bounds)
    {
        if (type == typeof(string))
            return "text in quotes";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(TimeSpan))
            return bounds is null
                ? "a time such as 60s, 2m, 00:01:00 or a number of seconds"
                : $"{Zero(bounds)}a time from {Span(bounds.Minimum)} to {Span(bounds.Maximum)}, such as 60s, 2m, 00:01:00 or a number of seconds";
        if (type == typeof(ByteSize))
            return bounds is null
                ? "a size such as 50GB, 512MB or a number of bytes"
                : $"{Zero(bounds)}a size from {Size(bounds.Minimum)} to {Size(bounds.Maximum)}, such as 50GB, 512MB or a number of bytes";
        if (type == typeof(string[]))
            return "a list of texts, such as [\"one\", \"two\"]";
        var kind = type == typeof(double) ? "a number" : "a whole number";
        return bounds is null
            ? $"{kind}, 0 or more"
            : string.Create(CultureInfo.InvariantCulture, $"{Zero(bounds)}{kind} from {bounds.Minimum} to {bounds.Maximum}");
    }

    private static string Zero(BoundsAttribute bounds) => bounds.OrZero ? "0 or " : "";

    private static string Span(double seconds) => Durations.Show(TimeSpan.FromSeconds(seconds));

    private static string Size(double bytes) => new ByteSize((long)bytes).ToString();

    private static long? Whole(string text, BoundsAttribute? bounds, long largest) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number <= largest
        && (bounds?.Allows(number) ?? number >= 0)
            ? number
            : null;

    private static double? Fraction(string text, BoundsAttribute? bounds) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
        && (bounds?.Allows(number) ?? number >= 0)
            ? number
            : null;

    private static string[]? List(SettingValue value, bool loose)
    {
        if (loose && value.Shape == SettingShape.Text)
            return value.Text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return value.Shape == SettingShape.List && value.Items.All(item => item.Shape == SettingShape.Text)
            ? [.. value.Items.Select(item => item.Text)]
            : null;
    }
}
