using Spillway.AdaptiveWindow;
using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class LiveDelaySettingTests
{
    private static readonly ServeSettings s_source = new() { Source = "http://127.0.0.1:8080/hls/stream.m3u8" };

    [Fact]
    public void It_is_off_and_is_read_from_the_file_and_the_environment()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(LiveDelayOptions.Off, folder.Options(s_source).Streams["live"].LiveDelay.Mode);
        using var other = new SettingsFolder();
        other.Json(Live("\"Mode\": \" Adaptive\", \"Min\": \"9s\"")).Set("SPILLWAY__STREAMS__LIVE__LIVEDELAY__MAX", "40s");
        var delay = other.Options(s_source).Streams["live"].LiveDelay;
        Assert.Equal(LiveDelayOptions.Adaptive, delay.Mode);
        Assert.Equal((9, 40), (delay.Min.TotalSeconds, delay.Max.TotalSeconds));
    }

    [Theory]
    [InlineData(
        "\"Mode\": \"auto\"",
        "Streams.live.LiveDelay.Mode (spillway.json:1) is \"auto\": it must be off, fixed or adaptive."
    )]
    [InlineData(
        "\"Mode\": \"fixed\"",
        "Streams.live.LiveDelay.Mode (spillway.json:1) is fixed, and Streams.live.LiveDelay.Delay is not set: it must be a time such as 20s. Without one set Mode to off."
    )]
    [InlineData(
        "\"Mode\": \"adaptive\", \"Min\": \"30s\", \"Max\": \"20s\"",
        "Streams.live.LiveDelay.Max (spillway.json:1) is 20s, less than Streams.live.LiveDelay.Min, 30s: it must not be."
    )]
    [InlineData(
        "\"Mode\": \"adaptive\", \"Max\": \"60s\", \"MaxWindow\": \"30s\"",
        "Streams.live.LiveDelay.MaxWindow (spillway.json:1) is 30s, less than Streams.live.LiveDelay.Max, 1m: players would begin before the window."
    )]
    [InlineData(
        "\"Mode\": \"adaptive\", \"Min\": \"1s\"",
        "Streams.live.LiveDelay.Min (spillway.json:1) is \"1s\": it must be 0 or a time from 2s to 5m, such as 60s, 2m, 00:01:00 or a number of seconds."
    )]
    public void What_cannot_be_is_refused_with_what_would_be_right(string json, string words)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([words], folder.Json(Live(json)).Load(s_source).Errors);
    }

    [Theory]
    [InlineData("\"Reporters\": 0", "which needs viewers who report: Audience.Reporters must not be 0.")]
    [InlineData("\"Every\": \"2m\"", "which needs a report of each viewer at least every 1m: Audience.Every is 2m.")]
    public void It_cannot_follow_viewers_who_tell_nothing_or_seldom(string audience, string words)
    {
        using var folder = new SettingsFolder();
        folder.Json($$"""{ "Streams": { "live": { "LiveDelay": { "Mode": "adaptive" } } }, "Audience": { {{audience}} } }""");
        Assert.Equal([$"Streams.live.LiveDelay.Mode (spillway.json:1) is adaptive, {words}"], folder.Load(s_source).Errors);
    }

    [Fact]
    public void What_has_no_effect_is_said()
    {
        using var folder = new SettingsFolder();
        var result = folder.Json(Live("\"Delay\": \"20s\"")).Load(s_source);
        Assert.Empty(result.Errors);
        Assert.Contains(
            "Streams.live.LiveDelay.Delay (spillway.json:1) has no effect while Streams.live.LiveDelay.Mode is off: it is for fixed.",
            result.Warnings
        );
    }

    private static string Live(string settings) => $$"""{ "Streams": { "live": { "LiveDelay": { {{settings}} } } } }""";
}
