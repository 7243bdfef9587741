using System.Globalization;

namespace Spillway.Configuration;

/// <summary>Settings from variables: <c>SPILLWAY__STORAGE__BUCKET</c> is <c>Storage.Bucket</c>, in any case of letters.</summary>
internal static class EnvironmentSettings
{
    public const string Prefix = "SPILLWAY__";

    /// <summary>The environment's variables, and those of the <c>.env</c> file that it does not have itself.</summary>
    public static IReadOnlyList<Variable> Merge(
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyCollection<Variable> dotEnv
    )
    {
        var settings = environment.Keys.Where(IsSetting).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. environment
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new Variable(pair.Key, pair.Value, pair.Key, IsFromFile: false)),
            .. dotEnv.Where(variable => !environment.ContainsKey(variable.Name) && !settings.Contains(variable.Name)),
        ];
    }

    public static bool IsSetting(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A list is one variable with commas or spaces between, or one variable an item: <c>…__0</c>, <c>…__1</c>, in the
    /// order of their numbers.
    /// </summary>
    public static IEnumerable<Setting> Parse(IReadOnlyList<Variable> variables)
    {
        var items = new Dictionary<string, SortedList<int, Variable>>(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in variables.Where(variable => IsSetting(variable.Name)))
        {
            var end = variable.Name.LastIndexOf("__", StringComparison.Ordinal);
            if (
                end >= Prefix.Length
                && int.TryParse(variable.Name.AsSpan(end + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            )
            {
                var list = variable.Name[..end];
                items.TryAdd(list, []);
                // A number given twice (0 and 00) makes two settings of one list, which the binder refuses.
                if (items[list].TryAdd(index, variable))
                    continue;
            }
            yield return Make(variable.Name, SettingValue.Of(variable.Value), variable.Origin);
        }
        foreach (var (name, list) in items)
        {
            var value = SettingValue.Of([.. list.Values.Select(item => SettingValue.Of(item.Value))]);
            yield return Make(name, value, list.Values[0].Origin);
        }
    }

    /// <summary>Warns of names with one underscore where two were meant.</summary>
    public static void WarnOfNearMisses(IReadOnlyList<Variable> variables, Problems problems)
    {
        foreach (var variable in variables)
        {
            if (!variable.Name.StartsWith("SPILLWAY_", StringComparison.OrdinalIgnoreCase) || IsSetting(variable.Name))
                continue;
            // Not every SPILLWAY_ is ours: Kubernetes makes such names for a service called spillway.
            var plain = Plain(variable.Name["SPILLWAY_".Length..]);
            var meant = SettingSchema.Paths.FirstOrDefault(path =>
                Plain(path.Replace(".", "", StringComparison.Ordinal)) == plain
            );
            if (meant is not null)
                problems.Warn($"{variable.Origin} is not read. Did you mean {NameOf(meant)}?");
        }
    }

    public static string NameOf(string path) => Prefix + path.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    private static Setting Make(string name, SettingValue value, string origin) =>
        new(name[Prefix.Length..].Split("__"), value, SettingLayer.Environment, origin);
}
