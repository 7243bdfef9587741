using Spillway.Media;
using Spillway.Sources.Ladder;
using Spillway.Tests.Configuration;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Sources.Ladder;

public sealed class LadderRulesTests
{
    [Theory]
    [InlineData("720p", "720p", null, 720, 2_800_000)]
    [InlineData("720P@2500K", "720p", null, 720, 2_500_000)]
    [InlineData(" 480p@1.2M ", "480p", null, 480, 1_200_000)]
    [InlineData("1280x720", "720p", 1280, 720, 2_800_000)]
    [InlineData("854x480@1200k", "480p", 854, 480, 1_200_000)]
    [InlineData("64p", "64p", null, 64, 100_000)]
    [InlineData("4320p", "4320p", null, 4320, 40_000_000)]
    [InlineData("source", "source", null, null, 0)]
    public void A_step_is_read(string text, string name, int? width, int? height, int bitRate) =>
        Assert.Equal(new LadderStep(name, width, height, bitRate), LadderStep.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("720")]
    [InlineData("p")]
    [InlineData("-720p")]
    [InlineData("721p")]
    [InlineData("62p")]
    [InlineData("4322p")]
    [InlineData("99999999999p")]
    [InlineData("720p@")]
    [InlineData("720p@2500")]
    [InlineData("720p@2500kk")]
    [InlineData("720p@49k")]
    [InlineData("720p@51m")]
    [InlineData("720p@nank")]
    [InlineData("720p@-1m")]
    [InlineData("1280x")]
    [InlineData("x720")]
    [InlineData("1280x720p")]
    [InlineData("1281x720")]
    [InlineData("source@1m")]
    [InlineData("٧٢٠p")]
    public void What_is_no_step_is_refused_with_the_key_and_what_is_right(string text)
    {
        using var folder = new SettingsFolder();
        var result = folder
            .Json(
                $$"""{ "Streams": { "live": { "Source": "/hls", "Ladder": ["360p", {{System.Text.Json.JsonSerializer.Serialize(text, LadderTestJson.Default.String)}}] } } }"""
            )
            .Load();
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("Streams.live.Ladder (spillway.json:1) is \"", error, StringComparison.Ordinal);
        Assert.EndsWith($": it must be {LadderStep.Expected}.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_twice_and_too_many_are_refused()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            ["Streams.live.Ladder (spillway.json:1) has \"720P\" twice."],
            folder.Json("""{ "Streams": { "live": { "Source": "/hls", "Ladder": ["720p", "720P"] } } }""").Load().Errors
        );
        Assert.Equal(
            ["Streams.live.Ladder (spillway.json:1) has 7 renditions: at most 6 can be made."],
            folder
                .Json(
                    """{ "Streams": { "live": { "Source": "/hls", "Ladder": ["1080p", "720p", "480p", "360p", "240p", "144p", "64p"] } } }"""
                )
                .Load()
                .Errors
        );
    }

    [Fact]
    public void Steps_of_one_height_have_names_of_their_own() =>
        Assert.Equal(["720p", "720p-2"], LadderRules.Steps(["720p", "720p@1200k"]).Select(static s => s.Name));

    [Theory]
    [InlineData(480, 1_400_000)]
    [InlineData(540, 1_750_000)]
    [InlineData(1080, 5_000_000)]
    public void The_default_bit_rate_goes_with_the_height(int height, int bitRate) =>
        Assert.Equal(bitRate, LadderStep.DefaultBitRate(height));

    [Fact]
    public void Nothing_is_made_larger_than_it_came()
    {
        var media = Made.Segment(size: new(854, 480)).Media;
        var plan = LadderPlan.For(LadderRules.Steps(["1080p", "720p", "480p", "360p"]), media);
        Assert.Equal(["480p", "360p"], plan.Steps.Select(static s => s.Name));
        Assert.Equal("Ladder: 1080p, 720p are left out, since what comes in has only 854x480.", plan.Advice);
    }

    [Theory]
    [InlineData("1080p")]
    [InlineData("source")]
    [InlineData("source 720p")]
    public void With_nothing_to_encode_what_comes_in_is_passed_on(string ladder) =>
        Assert.True(LadderPlan.For(LadderRules.Steps(ladder.Split(' ')), Made.Segment(size: new(640, 360)).Media).PassesOn);

    [Fact]
    public void Sound_alone_is_passed_on()
    {
        var media = Made.Segment().Media;
        var plan = LadderPlan.For(
            LadderRules.Steps(["360p"]),
            media with
            {
                Tracks = [.. media.Tracks.Where(static t => t.Kind == TrackKind.Audio)],
            }
        );
        Assert.True(plan.PassesOn);
        Assert.Contains("no picture", plan.Advice, StringComparison.Ordinal);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class LadderTestJson : System.Text.Json.Serialization.JsonSerializerContext;
