using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class KeyframeIntervalTests(Encoders encoders)
{
    [Fact]
    public async Task Keyframes_far_apart_are_told_with_the_remedy()
    {
        var published = Published.Of(await encoders.MessagesAsync("long-gop"), 2);
        Assert.Equal(
            "the encoder's keyframe interval is 8.2 s: set it to 2 s (OBS: Settings, Output, Keyframe Interval)",
            published.Cutter.Keyframes.Advice
        );
        Assert.Null(Published.Of(await encoders.MessagesAsync(Encoders.Plain), 2).Cutter.Keyframes.Advice);
    }

    [Theory]
    [InlineData(2, 4.0, false)]
    [InlineData(2, 4.2, true)]
    [InlineData(1, 3.9, false)]
    [InlineData(6, 8, false)]
    [InlineData(6, 12.5, true)]
    public void Advice_is_for_what_is_much_longer_than_wished(double wished, double interval, bool advised)
    {
        var keyframes = new KeyframeInterval(TimeSpan.FromSeconds(wished));
        keyframes.Add(TimeSpan.FromSeconds(interval));
        Assert.Equal(advised, keyframes.Advice is not null);
    }

    [Fact]
    public void Keyframes_at_changes_of_the_picture_do_not_hide_the_long_ones_and_mending_does()
    {
        var keyframes = new KeyframeInterval(TimeSpan.FromSeconds(2));
        Assert.False(keyframes.IsKnown);
        foreach (var interval in (double[])[8.3, 0.4, 1.2, 8.3, 0.2])
        {
            keyframes.Add(TimeSpan.FromSeconds(interval));
            Assert.StartsWith("the encoder's keyframe interval is 8.3 s", keyframes.Advice, StringComparison.Ordinal);
        }
        for (var i = 0; i < 4; i++)
            keyframes.Add(TimeSpan.FromSeconds(2));
        Assert.Null(keyframes.Advice);
        Assert.True(keyframes.IsKnown);
    }
}
