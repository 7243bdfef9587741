using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class AudioClockTests
{
    [Theory]
    [InlineData(44100, 1024)]
    [InlineData(48000, 1024)]
    [InlineData(22050, 960)]
    [InlineData(8000, 1024)]
    public void Whole_milliseconds_leave_neither_gap_nor_drift_in_27_hours(int rate, int frame)
    {
        var clock = new AudioClock(rate, frame);
        // So that the 32 bits of milliseconds pass on the way.
        var start = (1L << 32) - 3_600_000;
        var first = clock.Place(start)!.Value;
        Assert.Equal(start * rate / 1000, first, 1.0);
        for (var i = 1L; i * frame < 27L * 3600 * rate; i++)
        {
            // Some encoders round, some cut off.
            var time = start + (i * frame * 1000 + (i % 2) * rate / 2) / rate;
            if (clock.Place(time) != first + i * frame)
                Assert.Fail($"frame {i} is not where the one before it ends");
        }
    }

    [Fact]
    public void Jitter_of_an_encoder_that_stamps_by_arrival_is_taken_out()
    {
        var clock = new AudioClock(48000, 1024);
        var random = new Random(3);
        var first = clock.Place(100_000)!.Value;
        for (var i = 1; i < 20_000; i++)
            Assert.Equal(first + i * 1024L, clock.Place(100_000 + i * 64L / 3 + random.Next(-15, 16)));
    }

    [Theory]
    [InlineData(1.0002)]
    [InlineData(0.9998)]
    public void A_sound_card_that_runs_fast_or_slowly_is_followed_without_a_jump(double speed)
    {
        var clock = new AudioClock(48000, 1024);
        var last = clock.Place(100_000)!.Value;
        for (var i = 1; i < 200_000; i++)
        {
            var time = 100_000 + i * 64 / 3.0 * speed;
            var position = clock.Place((long)time)!.Value;
            Assert.InRange(position - last, 1023, 1025);
            Assert.InRange(position / 48.0 - time, -7, 7);
            last = position;
        }
    }

    [Fact]
    public void A_real_gap_is_followed()
    {
        var clock = new AudioClock(48000, 1024);
        Assert.Equal(48_000, clock.Place(1000));
        Assert.Equal(49_024, clock.Place(1021));
        Assert.Equal(50_048, clock.Place(1043 + 60));
        Assert.Equal(48 * 1200, clock.Place(1200));
        Assert.Equal(48 * 1200 + 1024, clock.Place(1221));
    }

    [Fact]
    public void Sound_that_overlaps_what_was_heard_is_dropped_until_time_goes_on()
    {
        var clock = new AudioClock(48000, 1024);
        var placed = new List<long?>();
        for (var i = 0; i < 10; i++)
            placed.Add(clock.Place(1000 + i * 64 / 3));
        // Half a second back: 24 frames overlap.
        for (var i = 10; i < 60; i++)
            placed.Add(clock.Place(500 + i * 64 / 3));
        var dropped = placed.Count(static position => position is null);
        Assert.InRange(dropped, 22, 24);
        Assert.Equal(Enumerable.Range(0, placed.Count - dropped).Select(static i => 48_000L + i * 1024), placed.OfType<long>());
    }
}
