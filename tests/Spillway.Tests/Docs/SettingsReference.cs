using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Spillway.Configuration;

namespace Spillway.Tests.Docs;

/// <summary>
/// <c>docs/settings.md</c>: names, kinds, bounds and variables from the options classes, words and defaults from <c>spillway.sample.json</c>,
/// which other tests hold against the classes.
/// </summary>
internal static class SettingsReference
{
    public const string File = "docs/settings.md";

    public static string Render(string sample)
    {
        var entries = SampleEntry.Read(sample);
        var text = new StringBuilder(
            """
            # Settings

            Made from the code and from [spillway.sample.json](../spillway.sample.json) by `make docs`; a test holds it against both. Nothing has to be set: without a bucket Spillway
            keeps segments in a folder. The weakest first: the Node.js system's variables, `spillway.json` (`--config`), `.env` and the environment, the command line. A name that does
            not exist is refused, and so is a value that cannot be: all of them at once, each with what would be right, exit code 78. `spillway check` tries them without starting anything.

            In variables a list has commas or spaces between its items, and `live` stands for the stream's name that you gave. A time is written as `60s`, `2m`, `1h`, `7d` or a number of
            seconds; a size as `64MB`, `1.5GB`, `512KiB` or a number of bytes. A secret is never printed; keep it in the environment or in `.env`.

            """.ReplaceLineEndings("\n")
        );
        foreach (var entry in entries)
        {
            text.Append('\n');
            if (entry.IsSection)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(entry.Depth == 0 ? "##" : "###")} {entry.Path}\n\n{entry.Words}\n");
                continue;
            }
            text.Append(
                CultureInfo.InvariantCulture,
                $"**`{entry.Path}`** · {Kind(entry.Path)} · {Default(entry)} · `{Variable(entry.Path)}`  \n{entry.Words}\n"
            );
        }
        return text.ToString();
    }

    private static string Default(SampleEntry entry) =>
        entry.Path == "Streams.live.Source" ? "required"
        : entry.Value is "\"\"" or "[]" ? "empty"
        : $"`{entry.Value}`";

    private static string Variable(string path) => EnvironmentSettings.NameOf(path);

    private static string Kind(string path)
    {
        var property = Property(path);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var kind =
            type == typeof(string) ? "text"
            : type == typeof(string[]) ? "list"
            : type == typeof(bool) ? "true or false"
            : type == typeof(TimeSpan) ? "time"
            : type == typeof(ByteSize) ? "size"
            : "number";
        if (SettingSchema.IsSecret(property))
            kind += ", secret";
        if (SettingSchema.BoundsOf(property) is not { } bounds)
            return kind;
        var (least, most) =
            type == typeof(TimeSpan) ? (Time(bounds.Minimum), Time(bounds.Maximum))
            : type == typeof(ByteSize) ? (Size(bounds.Minimum), Size(bounds.Maximum))
            : (Number(bounds.Minimum), Number(bounds.Maximum));
        return $"{kind}, {least} to {most}{(bounds.OrZero ? " or 0" : "")}";
    }

    private static JsonPropertyInfo Property(string path)
    {
        var names = path.Split('.');
        JsonTypeInfo section = SettingSchema.Root;
        for (var i = 0; ; i++)
        {
            var property =
                SettingSchema.Find(section, names[i])
                ?? throw new InvalidOperationException($"The sample has {path}, which is no setting.");
            if (i == names.Length - 1)
                return property;
            section = SettingSchema.SectionOf(property.PropertyType)!;
            if (section.Kind != JsonTypeInfoKind.Dictionary)
                continue;
            section = SettingSchema.ElementOf(section);
            // The operator's own name for one of them.
            i++;
        }
    }

    private static string Time(double seconds) =>
        seconds switch
        {
            >= 86400 when seconds % 86400 == 0 => $"{Number(seconds / 86400)}d",
            >= 3600 when seconds % 3600 == 0 => $"{Number(seconds / 3600)}h",
            >= 60 when seconds % 60 == 0 => $"{Number(seconds / 60)}m",
            _ => $"{Number(seconds)}s",
        };

    private static string Size(double bytes) =>
        bytes switch
        {
            >= 1e12 when bytes % 1e12 == 0 => $"{Number(bytes / 1e12)}TB",
            >= 1e9 when bytes % 1e9 == 0 => $"{Number(bytes / 1e9)}GB",
            >= 1e6 when bytes % 1e6 == 0 => $"{Number(bytes / 1e6)}MB",
            >= 1e3 when bytes % 1e3 == 0 => $"{Number(bytes / 1e3)}KB",
            _ => Number(bytes),
        };

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
