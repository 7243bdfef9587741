using System.Text.Json.Serialization.Metadata;

namespace Spillway.Configuration;

/// <summary>The tree of settings there are, as the source generator described the options classes.</summary>
internal static class SettingSchema
{
    /// <summary>Stands for any name in a path, such as that of a stream in <c>Streams.*.Source</c>.</summary>
    public const string AnyName = "*";

    public static JsonTypeInfo<SpillwayOptions> Root => ConfigurationJsonContext.Default.SpillwayOptions;

    /// <summary>Paths of all settings, with <see cref="AnyName"/> where the operator chooses the name.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Below(Root, "")];

    /// <summary>The type as a section (an options class or a dictionary of them), or null when it is a value.</summary>
    public static JsonTypeInfo? SectionOf(Type type) =>
        ConfigurationJsonContext.Default.GetTypeInfo(type)
            is { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } section
            ? section
            : null;

    /// <summary>What can be set in a section.</summary>
    public static IEnumerable<JsonPropertyInfo> Properties(JsonTypeInfo section) =>
        section.Properties.Where(property => property is { Get: not null, Set: not null });

    public static JsonPropertyInfo? Find(JsonTypeInfo section, string name) =>
        Properties(section).FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static bool IsSecret(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(SecretAttribute), inherit: false) == true;

    /// <summary>Whether these names, in any case of letters, lead to a secret.</summary>
    public static bool IsSecret(IReadOnlyList<string> path)
    {
        JsonTypeInfo section = Root;
        for (var i = 0; i < path.Count; i++)
        {
            if (section.Kind == JsonTypeInfoKind.Dictionary)
            {
                section = ElementOf(section);
                continue;
            }
            if (Find(section, path[i]) is not { } property)
                return false;
            if (SectionOf(property.PropertyType) is not { } child)
                return i == path.Count - 1 && IsSecret(property);
            section = child;
        }
        return false;
    }

    public static BoundsAttribute? BoundsOf(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(BoundsAttribute), inherit: false) is [BoundsAttribute bounds]
            ? bounds
            : null;

    /// <summary>A dictionary's values, which are sections.</summary>
    public static JsonTypeInfo ElementOf(JsonTypeInfo map) =>
        SectionOf(map.ElementType!) ?? throw new NotSupportedException($"A setting cannot be a {map.Type}.");

    private static IEnumerable<string> Below(JsonTypeInfo section, string prefix)
    {
        if (section.Kind == JsonTypeInfoKind.Dictionary)
            return Below(ElementOf(section), $"{prefix}{AnyName}.");
        return Properties(section)
            .SelectMany(property =>
                SectionOf(property.PropertyType) is { } child
                    ? Below(child, $"{prefix}{property.Name}.")
                    : [prefix + property.Name]
            );
    }
}
