using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class ReplaySettingTests
{
    private static readonly ServeSettings s_source = new() { Source = "http://127.0.0.1:8080/hls/stream.m3u8" };

    [Fact]
    public void Replays_are_off_and_any_one_setting_switches_them_on()
    {
        using var folder = new SettingsFolder();
        Assert.False(folder.Options(s_source).Streams["live"].Replay.IsOn);
        foreach (var one in (string[])["\"Keep\": \"7d\"", "\"Count\": 10", "\"Size\": \"50GB\""])
        {
            using var other = new SettingsFolder();
            Assert.True(other.Json(Live(one)).Options(s_source).Streams["live"].Replay.IsOn);
        }
    }

    [Fact]
    public void They_are_read_from_the_file_and_the_environment()
    {
        using var folder = new SettingsFolder();
        folder.Json(Live("\"Keep\": \"36h\", \"Count\": 10")).Set("SPILLWAY__STREAMS__LIVE__REPLAY__SIZE", "1.5GB");
        var replay = folder.Options(s_source).Streams["live"].Replay;
        Assert.Equal(TimeSpan.FromHours(36), replay.Keep);
        Assert.Equal(10, replay.Count);
        Assert.Equal(1_500_000_000, replay.Size.Bytes);
    }

    [Theory]
    [InlineData(
        "\"Keep\": \"a week\"",
        "Keep",
        "\"a week\": it must be 0 or a time from 1s to 366d, such as 60s, 2m, 00:01:00 or a number of seconds"
    )]
    [InlineData(
        "\"Keep\": \"400d\"",
        "Keep",
        "\"400d\": it must be 0 or a time from 1s to 366d, such as 60s, 2m, 00:01:00 or a number of seconds"
    )]
    [InlineData("\"Count\": 1001", "Count", "1001: it must be 0 or a whole number from 1 to 1000")]
    [InlineData(
        "\"Size\": \"50 gigs\"",
        "Size",
        "\"50 gigs\": it must be 0 or a size from 1B to 1000TB, such as 50GB, 512MB or a number of bytes"
    )]
    public void A_value_that_cannot_be_is_refused_with_what_would_be_right(string json, string name, string words)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            [$"Streams.live.Replay.{name} (spillway.json:1) is {words}."],
            folder.Json(Live(json)).Load(s_source).Errors
        );
    }

    [Fact]
    public void Replay_alone_is_a_section()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            ["Streams.live.Replay (spillway.json:1) is a section, not a value: it holds Keep, Count, Size."],
            folder.Json("""{ "Streams": { "live": { "Replay": true } } }""").Load(s_source).Errors
        );
    }

    private static string Live(string replay) => $$"""{ "Streams": { "live": { "Replay": { {{replay}} } } } }""";
}
