using System.Text;
using Spillway.Configuration;
using Spillway.Streams;

namespace Spillway.Tests.Configuration;

/// <summary>What of a player's look can be set, and what is refused: it ends up in the pages of all viewers.</summary>
public sealed class BrandingSettingTests
{
    private static readonly ServeSettings s_source = new() { Source = "http://127.0.0.1:8080/hls/stream.m3u8" };

    [Fact]
    public void It_is_told_to_players_as_far_as_it_is_set()
    {
        using var folder = new SettingsFolder();
        folder.Json(Live("\"Name\": \"Hall 2\", \"Logo\": \" ../branding/logo.svg \", \"Accent\": \"#0B6\""));
        var told = Told(folder);
        Assert.Contains(
            "\"branding\":{\"name\":\"Hall 2\",\"logo\":\"../branding/logo.svg\",\"accent\":\"#0B6\"}",
            told,
            StringComparison.Ordinal
        );
        using var plain = new SettingsFolder();
        Assert.DoesNotContain("branding", Told(plain), StringComparison.Ordinal);
        Assert.DoesNotContain("description", Told(plain), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Accent\": \"red\"", "Accent", "\"red\": it must be a colour as #rrggbb or #rgb, such as #0b62d6")]
    [InlineData(
        "\"Background\": \"#fff;}\"",
        "Background",
        "\"#fff;}\": it must be a colour as #rrggbb or #rgb, such as #0b62d6"
    )]
    [InlineData(
        "\"Logo\": \"javascript:alert(1)\"",
        "Logo",
        "\"javascript:alert(1)\": it must be the address of a picture, such as https://example.org/logo.svg, or a path relative to player.json, such as ../branding/logo.svg"
    )]
    [InlineData(
        "\"Logo\": \"//elsewhere/logo.svg\"",
        "Logo",
        "\"//elsewhere/logo.svg\": it must be the address of a picture, such as https://example.org/logo.svg, or a path relative to player.json, such as ../branding/logo.svg"
    )]
    public void What_is_no_colour_or_picture_is_refused(string json, string name, string words)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            [$"Streams.live.Branding.{name} (spillway.json:1) is {words}."],
            folder.Json(Live(json)).Load(s_source).Errors
        );
    }

    private static string Told(SettingsFolder folder)
    {
        var settings = new PlayerSettings(static _ => [], [], static key => key);
        return Encoding.UTF8.GetString(
            settings.Document("live", folder.Options(s_source).Streams["live"], "", "offline", null).ToJson()
        );
    }

    private static string Live(string branding) => $"{{ \"Streams\": {{ \"live\": {{ \"Branding\": {{ {branding} }} }} }} }}";
}
