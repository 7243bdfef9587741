using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Spillway.Configuration;
using Spillway.Hooks;
using Spillway.Timeline;

namespace Spillway.Tests.Configuration;

/// <summary><c>spillway.sample.json</c> is the manual; these keep it true.</summary>
public sealed class SampleFileTests
{
    private const string Source = "http://127.0.0.1:8080/hls/stream.m3u8";
    private static readonly SpillwayOptions s_any = new()
    {
        Streams = { ["*"] = new StreamOptions() },
        Hooks = { ["*"] = new HookOptions() },
    };
    private static readonly string s_path = Path.Combine(Root(), "spillway.sample.json");

    [Fact]
    public void The_sample_gives_the_defaults_and_one_source()
    {
        using var folder = new SettingsFolder();
        folder.Write("spillway.json", File.ReadAllText(s_path));
        var result = folder.Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var defaults = new SpillwayOptions
        {
            Streams = { ["live"] = new StreamOptions { Source = Source } },
            Hooks = { ["ops"] = new HookOptions() },
        };
        Assert.Equal(Values(defaults), Values(result.Options!));
    }

    [Fact]
    public void The_sample_holds_every_setting_there_is()
    {
        var problems = new Problems();
        var given = SettingsFile
            .Parse(File.ReadAllText(s_path), "sample", problems)
            .Where(setting => setting.Value.Shape != SettingShape.Section)
            .Select(setting => string.Join('.', setting.Path));
        Assert.Empty(problems.Errors);
        Assert.Equal(
            Values(new SpillwayOptions { Streams = { ["live"] = new StreamOptions() }, Hooks = { ["ops"] = new HookOptions() } })
                .Keys.Order(),
            given.Order()
        );
    }

    [Fact]
    public void Every_setting_in_the_sample_has_a_comment_above_it()
    {
        var lines = File.ReadAllLines(s_path);
        var bare = lines.Where(
            (line, i) => line.TrimStart().StartsWith('"') && !lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal)
        );
        Assert.Empty(bare);
    }

    [Fact]
    public void The_schema_knows_every_property_of_the_options_classes() =>
        Assert.Equal(Values(s_any).Keys.Order(StringComparer.Ordinal), SettingSchema.Paths.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_property_can_be_set_by_a_variable()
    {
        foreach (var path in SettingSchema.Paths)
        {
            var problems = new Problems();
            var binder = new SettingsBinder(problems);
            var isNumber = Values(s_any)[path].Length == 0 ? "" : "7";
            foreach (var text in (string[])[isNumber, "true", "7", "70", "64KB"])
            {
                problems = new Problems();
                binder = new SettingsBinder(problems);
                var variable = new Variable(
                    EnvironmentSettings.NameOf(path.Replace("*", "live", StringComparison.Ordinal)),
                    text,
                    "test",
                    false
                );
                binder.Apply(EnvironmentSettings.Parse([variable]).Single());
                if (problems.Errors.Count == 0)
                    break;
            }
            Assert.Empty(problems.Errors);
        }
    }

    [Fact]
    public void Secrets_are_marked_where_a_name_sounds_like_one()
    {
        foreach (
            var type in (Type[])
                [
                    typeof(SpillwayOptions),
                    typeof(StreamOptions),
                    typeof(HookOptions),
                    .. typeof(SpillwayOptions).GetProperties().Select(property => property.PropertyType),
                ]
        )
        foreach (
            var property in type.GetProperties()
                .Where(property => type.Namespace!.StartsWith("Spillway", StringComparison.Ordinal))
        )
            if (
                ((string[])["Secret", "Password", "Token", "AccessKey"]).Any(word =>
                    property.Name.Contains(word, StringComparison.Ordinal)
                )
                && property.PropertyType == typeof(string)
            )
                Assert.True(property.IsDefined(typeof(SecretAttribute)), property.Name);
    }

    /// <summary>By reflection, unlike the schema: every property that is not left out on purpose.</summary>
    private static SortedDictionary<string, string> Values(object options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(options, "");
        return values;

        void Add(object section, string prefix)
        {
            foreach (var property in section.GetType().GetProperties())
            {
                if (property.IsDefined(typeof(JsonIgnoreAttribute)))
                    continue;
                var path = prefix + property.Name;
                switch (property.GetValue(section)!)
                {
                    case IDictionary named:
                        foreach (DictionaryEntry entry in named)
                            Add(entry.Value!, $"{path}.{entry.Key}.");
                        break;
                    case string[] list:
                        values[path] = string.Join(' ', list);
                        break;
                    case string or ValueType:
                        values[path] = $"{property.GetValue(section)}";
                        break;
                    case var child:
                        Add(child, path + ".");
                        break;
                }
            }
        }
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
