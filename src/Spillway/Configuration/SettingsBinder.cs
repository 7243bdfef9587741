using System.Collections;
using System.Text.Json.Serialization.Metadata;

namespace Spillway.Configuration;

/// <summary>Puts settings into the options, the weakest layer first, and reports those that do not exist or do not fit.</summary>
internal sealed class SettingsBinder(Problems problems)
{
    private readonly HashSet<(SettingLayer, string)> _given = [];
    private readonly HashSet<string> _unusable = new(StringComparer.OrdinalIgnoreCase);

    public SpillwayOptions Options { get; } = new();

    public void Apply(Setting setting)
    {
        object target = Options;
        JsonTypeInfo section = SettingSchema.Root;
        var path = "";
        for (var i = 0; i < setting.Path.Count; i++)
        {
            var name = setting.Path[i];
            if (section.Kind == JsonTypeInfoKind.Dictionary)
            {
                name = setting.Layer == SettingLayer.Environment ? NameFromVariable(name) : name;
                path = Join(path, name);
                section = SettingSchema.ElementOf(section);
                var map = (IDictionary)target;
                target = map[name] ??= section.CreateObject!();
                continue;
            }
            var property = SettingSchema.Find(section, name);
            if (property is null)
            {
                Unknown(setting, path, i, Suggest(section, path, setting.Path, i), section);
                return;
            }
            path = Join(path, property.Name);
            if (_unusable.Contains(path))
                return;
            if (SettingSchema.SectionOf(property.PropertyType) is { } child)
            {
                (section, target) = (child, property.Get!(target)!);
                continue;
            }
            if (i < setting.Path.Count - 1)
                // A value has nothing below it, so the value itself was meant.
                Unknown(setting, path, i + 1, path, section);
            else if (IsFirst(setting, path))
                Set(setting, property, target, path);
            return;
        }
        if (IsFirst(setting, path) && setting.Value.Shape != SettingShape.Section)
            problems.Add(path, $"{Problems.Label(path, setting.Origin)} is a section, not a value: it holds {Members(section)}.");
    }

    private void Set(Setting setting, JsonPropertyInfo property, object target, string path)
    {
        var bounds = SettingSchema.BoundsOf(property);
        var loose = setting.Layer != SettingLayer.File;
        var converted = SettingConversion.Convert(setting.Value, property.PropertyType, bounds, loose);
        if (converted is not null)
        {
            problems.Came(path, setting.Origin);
            property.Set!(target, converted);
            return;
        }
        if (setting.Value.Shape == SettingShape.Section)
            _unusable.Add(path);
        var expected = SettingConversion.Expected(setting.Value, property.PropertyType, bounds, loose);
        var label = Problems.Label(path, setting.Origin);
        problems.Add(
            path,
            SettingSchema.IsSecret(property)
                ? $"{label} must be {expected}."
                : $"{label} is {Shown.Value(setting.Value)}: it must be {expected}."
        );
    }

    /// <summary>The same setting twice in one layer: which one is meant cannot be known.</summary>
    private bool IsFirst(Setting setting, string path)
    {
        if (_given.Add((setting.Layer, path)))
            return true;
        problems.Add(path, $"{Problems.Label(path, setting.Origin)} is given twice: keep one.");
        return false;
    }

    private void Unknown(Setting setting, string path, int index, string? meant, JsonTypeInfo section)
    {
        var isVariable = setting.Layer == SettingLayer.Environment;
        var written = Join(path, setting.Path[index]);
        // What lies below an unknown section is not unknown once more. Another variable may: each is a line of its own.
        if (!isVariable && !_unusable.Add(written))
            return;
        var advice = meant switch
        {
            null when path.Length == 0 => $"There are {Members(section)}.",
            null => $"{Shown.Name(path)} holds {Members(section)}.",
            _ => $"Did you mean {Shown.Name(isVariable ? EnvironmentSettings.NameOf(meant) : meant)}?",
        };
        var label = isVariable ? Shown.Name(setting.Origin) : Problems.Label(written, setting.Origin);
        problems.Add($"{label} is not a setting. {advice}");
    }

    /// <summary>A setting of that very last name anywhere, else a name that the same section holds, else one like it anywhere.</summary>
    private static string? Suggest(JsonTypeInfo section, string path, IReadOnlyList<string> written, int index)
    {
        // Right but in the wrong place beats a name that is only like it.
        if (
            index == written.Count - 1
            && SettingSchema.Paths.FirstOrDefault(known => known.EndsWith($".{written[^1]}", StringComparison.OrdinalIgnoreCase))
                is { } exact
        )
            return exact.Replace(SettingSchema.AnyName, "live", StringComparison.Ordinal);
        if (
            section.Kind == JsonTypeInfoKind.Object
            && NearestName.Find(written[index], SettingSchema.Properties(section).Select(p => p.Name)) is { } sibling
        )
        {
            var suggestion = Join(path, sibling);
            // The rest of what was written, where it exists below the suggested section.
            var rest = Join(suggestion, string.Join('.', written.Skip(index + 1)));
            return SettingSchema.Paths.FirstOrDefault(known => known.Equals(rest, StringComparison.OrdinalIgnoreCase))
                ?? suggestion;
        }
        var last = NearestName.Find(written[^1], SettingSchema.Paths.Select(known => known[(known.LastIndexOf('.') + 1)..]));
        return last is null
            ? null
            : SettingSchema
                .Paths.First(known => known.EndsWith("." + last, StringComparison.Ordinal) || known == last)
                .Replace(SettingSchema.AnyName, "live", StringComparison.Ordinal);
    }

    private static string Members(JsonTypeInfo section) =>
        section.Kind == JsonTypeInfoKind.Dictionary
            ? "sections with names that you choose"
            : string.Join(", ", SettingSchema.Properties(section).Select(property => property.Name));

    /// <summary>Names of streams have small letters and hyphens, which a shell does not allow in a variable's name.</summary>
    private static string NameFromVariable(string name) => name.ToLowerInvariant().Replace('_', '-');

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
