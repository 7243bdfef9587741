namespace Spillway.Configuration;

/// <summary>Where a setting was given, from the weakest to the strongest.</summary>
internal enum SettingLayer
{
    /// <summary>A variable of the system that Spillway replaces.</summary>
    OldName,
    File,
    Environment,
    CommandLine,
}

/// <summary>A setting as given, not yet known to exist or to be of the right type.</summary>
/// <param name="Path">Its names from the root down, as written.</param>
/// <param name="Value">Its value, as written.</param>
/// <param name="Layer">Only the file can tell 3000 from "3000"; the others know text alone.</param>
/// <param name="Origin">Where to look for it: <c>spillway.json:4</c>, <c>SPILLWAY__SERVER__PORT in .env:2</c>, <c>--port</c>.</param>
internal sealed record Setting(IReadOnlyList<string> Path, SettingValue Value, SettingLayer Layer, string Origin);

internal enum SettingShape
{
    Text,
    Number,
    Boolean,
    Null,
    List,
    Section,
}

/// <param name="Shape">What it looks like where it was given.</param>
/// <param name="Text">The text itself, or the number, true or false as written.</param>
/// <param name="Items">The items of a list.</param>
internal sealed record SettingValue(SettingShape Shape, string Text, IReadOnlyList<SettingValue> Items)
{
    public static SettingValue Section { get; } = new(SettingShape.Section, "", []);
    public static SettingValue Null { get; } = new(SettingShape.Null, "null", []);

    public static SettingValue Of(string text) => new(SettingShape.Text, text, []);

    public static SettingValue Of(IReadOnlyList<SettingValue> items) => new(SettingShape.List, "", items);
}
