using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpClockTests
{
    private const long Day = 24L * 3600 * 1000;

    [Theory]
    // 32 bits and the 31 of ffmpeg's FLV.
    [InlineData(0xffffffffu)]
    [InlineData(0x7fffffffu)]
    public void A_hundred_days_of_audio_and_video_run_on_across_every_wrap(uint mask)
    {
        var clock = new RtmpClock();
        var random = new Random(1);
        for (long time = 0; time < 100 * Day; time += random.Next(1, 60_000))
        {
            Assert.Equal(time, Step(clock, (uint)time & mask));
            // Audio that lags a little, also just after a wrap.
            var behind = Math.Max(0, time - random.Next(500));
            Assert.Equal(behind, Step(clock, (uint)behind & mask));
        }
    }

    [Theory]
    [InlineData(0x7fffffffu)]
    [InlineData(0xffffffffu)]
    public void Frame_by_frame_across_a_wrap_no_step_is_wrong(uint mask)
    {
        var clock = new RtmpClock();
        var start = (long)mask - 2000;
        for (var time = start; time < start + 4000; time += 40)
        {
            Assert.Equal(time, Step(clock, (uint)time & mask));
            Assert.Equal(time - 17, Step(clock, (uint)(time - 17) & mask));
        }
    }

    [Fact]
    public void A_time_just_below_zero_comes_before_it()
    {
        var clock = new RtmpClock();
        var first = Step(clock, unchecked((uint)-23));
        Assert.Equal(23, Step(clock, 0) - first);
        Assert.Equal(63, Step(clock, 40) - first);
    }

    [Fact]
    public void A_clock_that_is_set_back_goes_back_and_is_no_wrap()
    {
        var clock = new RtmpClock();
        Assert.Equal(27 * 3_600_000L, Step(clock, 27 * 3_600_000));
        Assert.Equal(0, Step(clock, 0));
        Assert.Equal(40, Step(clock, 40));
    }

    [Fact]
    public void The_time_of_a_configuration_moves_nothing()
    {
        var clock = new RtmpClock();
        Assert.Equal(0, clock.Widen(0));
        Assert.Equal(0xfffffff0, Step(clock, 0xfffffff0));
    }

    private static long Step(RtmpClock clock, uint time)
    {
        var widened = clock.Widen(time);
        clock.Follow(widened);
        return widened;
    }
}
