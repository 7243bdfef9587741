using System.Text;
using CsCheck;
using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

/// <summary>Whatever the files hold, reading them gives a result.</summary>
public sealed class JunkSettingsTests
{
    /// <summary>What the files are made of.</summary>
    private static readonly string[] s_words =
    [
        .. """
            { } [ ] : , " ' = # \\ // /* */ null true -1 1e999 "\ud800" "Server" "Port" "Streams" "live" "Source" "Grace" "Storage"
            "Bucket" "PlaylistAliases" "Stun" "http://@" "http://[::" "9999999h" "/{a}.m3u8" export HTTP_PORT SPILLWAY__ STREAMS__
            LIVE__ SOURCE OWNCAST_API_URL OWNCAST_DATA_PATH R2_BUCKET_NAME é
            """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
        "\n",
        "\r\n",
        " ",
        "\0",
        "\uFEFF",
    ];

    private static readonly Gen<string> s_junk = Gen.OneOf(
        Gen.OneOf(s_words).Array[0, 40].Select(string.Concat),
        Gen.String[0, 200],
        Section(4)
    );

    [Fact]
    public void Junk_files_never_throw()
    {
        using var folder = new SettingsFolder();
        Gen.Select(s_junk, s_junk)
            .Sample(
                (json, dotEnv) =>
                {
                    folder.Json(json).DotEnv(dotEnv);
                    return IsSound(folder.Load()) && IsSound(folder.Load(new ServeSettings { Source = json, Stream = dotEnv }));
                },
                iter: 600,
                threads: 1
            );
    }

    [Fact]
    public void Junk_bytes_never_throw()
    {
        using var folder = new SettingsFolder();
        Gen.Byte.Array[0, 100]
            .Sample(
                bytes =>
                {
                    File.WriteAllBytes(Path.Combine(folder.Path, "spillway.json"), bytes);
                    File.WriteAllBytes(Path.Combine(folder.Path, ".env"), bytes);
                    return IsSound(folder.Load());
                },
                iter: 400,
                threads: 1
            );
    }

    [Fact]
    public void Junk_variables_never_throw()
    {
        using var folder = new SettingsFolder();
        var name = Gen.OneOf(
            Gen.OneOf(SettingSchema.Paths.Select(EnvironmentSettings.NameOf).ToArray()),
            s_junk.Select(text => "SPILLWAY__" + text)
        );
        Gen.Select(name, s_junk)
            .Array[0, 10]
            .Sample(
                variables =>
                {
                    folder.Environment.Clear();
                    foreach (var (variable, value) in variables)
                        folder.Environment[variable] = value;
                    return IsSound(folder.Load());
                },
                iter: 600,
                threads: 1
            );
    }

    [Fact]
    public void A_file_nested_without_end_is_an_error()
    {
        using var folder = new SettingsFolder();
        var text = new StringBuilder().Insert(0, "{\"Server\":", 20_000).ToString();
        Assert.Equal(
            "spillway.json:1 is not JSON: look there, and just above, for a missing comma, quote or brace.",
            folder.Json(text).Load().Errors[0]
        );
    }

    /// <summary>Options or errors, never both nor neither, and every sentence on one line that a terminal can show.</summary>
    private static bool IsSound(ConfigurationResult result) =>
        result.Options is null == result.Errors.Count > 0
        && result
            .Errors.Concat(result.Warnings)
            .All(sentence => sentence.Length is > 0 and < 1000 && !sentence.Any(char.IsControl));

    /// <summary>Well-formed files with right and wrong names and values.</summary>
    private static Gen<string> Section(int depth)
    {
        var name = Gen.OneOf("Server", "Storage", "Streams", "live", "Port", "Source", "Grace", "Stun", "Data", "x", "");
        var leaf = Gen.OneOf(
            Gen.OneOf(
                "1",
                "-1",
                "1e999",
                "\"\\ud800\"",
                "null",
                "true",
                "[]",
                "[{}]",
                "[\"a\",1]",
                "\"\"",
                "\"60s\"",
                "\"http://a\""
            ),
            Gen.Int.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );
        var value = depth == 0 ? leaf : Gen.OneOf(leaf, Section(depth - 1));
        return Gen.Select(name, value, (key, held) => $"\"{key}\": {held}")
            .Array[0, 5]
            .Select(parts => $"{{{string.Join(", ", parts)}}}");
    }
}
