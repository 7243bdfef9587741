using Spillway.Media;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>Publishers that do not do as one would like, with real media.</summary>
public sealed class SegmentCutterTests(Encoders encoders) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-rtmp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_comes_before_the_first_keyframe_is_dropped()
    {
        var messages = await PlainAsync();
        var published = Published.Of(messages.Where(static m => IsConfiguration(m) || m.Time > 500));
        Assert.Equal([5], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal(125, Count(published, TrackKind.Video));
        var first = published.Inspect(0);
        Assert.InRange((first.Tracks[1].FirstTimestamp - first.FirstTimestamp)!.Value.TotalSeconds, -0.2, 0);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(-6_500)]
    [InlineData(-3_600_000)]
    [InlineData(3_600_000_000)]
    public async Task A_jump_of_time_stamps_begins_another_line_and_loses_nothing(long jump)
    {
        var messages = await PlainAsync();
        var published = Published.Of([.. messages, .. messages.Select(m => FlvReader.Shift(m, 6000 + jump))]);
        Assert.Equal([6, 6], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal(300, Count(published, TrackKind.Video));
        Assert.Equal(2 * messages.OfType<RtmpAudioFrame>().Count(), Count(published, TrackKind.Audio));
    }

    [Fact]
    public async Task Leftovers_of_before_a_jump_are_not_taken_for_another_one()
    {
        var messages = await PlainAsync();
        var after = messages.Select(static m => FlvReader.Shift(m, 100_000)).ToList();
        // The picture jumps first; some sound of before is still on its way.
        after.InsertRange(after.FindIndex(static m => m is RtmpVideoFrame) + 1, messages.OfType<RtmpAudioFrame>().TakeLast(3));
        var published = Published.Of([.. messages, .. after]);
        Assert.Equal([6, 6], published.Lines);
        await AssertGoodAsync(published);
    }

    [Fact]
    public async Task A_pause_of_three_seconds_is_no_jump()
    {
        var messages = await PlainAsync();
        var published = Published.Of([.. messages, .. messages.Select(static m => FlvReader.Shift(m, 9000))]);
        Assert.Equal([12], published.Lines);
        // With B-frames the last picture shown is not the last one sent, and it is that one that gets the pause.
        published.AssertWhole(within: 0.1);
    }

    [Fact]
    public async Task Another_format_begins_another_line_with_its_own_initialization_section()
    {
        var larger = await encoders.MessagesAsync(Encoders.Larger);
        var published = Published.Of([.. await PlainAsync(), .. larger.Select(static m => FlvReader.Shift(m, 6060))]);
        Assert.Equal([6, 6], published.Lines);
        // The other encoder has no B-frames: its picture comes while the last one should still be shown.
        await AssertGoodAsync(published, within: 0.05);
        Assert.Equal((160, 192), (published.Inspect(5).Leading!.Width, published.Inspect(6).Leading!.Width));
        Assert.Same(published.Segments[6].InitializationSection, published.Segments[11].InitializationSection);
    }

    [Fact]
    public async Task Pictures_of_a_new_format_wait_for_their_keyframe()
    {
        var messages = await PlainAsync();
        var larger = await encoders.MessagesAsync(Encoders.Larger);
        // In the middle of a group of pictures.
        var changed = messages.TakeWhile(static m => m.Time < 2500).Append(larger.OfType<RtmpVideoConfiguration>().Single());
        var published = Published.Of([.. changed, .. larger.Where(static m => m.Time >= 2500 && !IsConfiguration(m))]);
        Assert.Equal([3, 3], published.Lines);
        await AssertGoodAsync(published, within: 0.05);
    }

    [Fact]
    public async Task Another_rate_of_sound_begins_another_line_at_the_next_keyframe()
    {
        var messages = await PlainAsync();
        var other = (await encoders.MessagesAsync("29.97")).Where(static m => m is RtmpAudioConfiguration or RtmpAudioFrame);
        var mixed = messages
            .Where(static m => m is RtmpVideoConfiguration or RtmpVideoFrame || m.Time < 2500)
            .Concat(other.Where(static m => IsConfiguration(m) || m.Time >= 2500).Select(AtLeast(2500)))
            .OrderBy(static m => m.Time);
        var published = Published.Of(mixed);
        Assert.Equal([3, 3], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal((48000, 44100), (published.Inspect(2).Tracks[1].SampleRate, published.Inspect(3).Tracks[1].SampleRate));
    }

    [Fact]
    public async Task Configurations_sent_again_and_again_change_nothing()
    {
        var messages = await PlainAsync();
        var configurations = messages.Where(IsConfiguration).ToArray();
        var published = Published.Of(
            messages.SelectMany(m => m is RtmpVideoFrame { IsKeyframe: true } ? [.. configurations, m] : (RtmpMedia[])[m])
        );
        Assert.Equal([6], published.Lines);
        await AssertGoodAsync(published);
    }

    [Fact]
    public async Task Sound_that_begins_late_gets_its_track_then()
    {
        var messages = await PlainAsync();
        var published = Published.Of(messages.Where(static m => m is not RtmpAudioFrame || m.Time > 2500));
        Assert.Equal([2, 4], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal((1, 2), (published.Inspect(1).Tracks.Count, published.Inspect(2).Tracks.Count));
        AssertFullOfSound(published, from: 2);
        Assert.Equal(150, Count(published, TrackKind.Video));
    }

    [Fact]
    public async Task Sound_that_begins_within_the_first_segment_is_there_from_the_first_segment_on()
    {
        var messages = await PlainAsync();
        var published = Published.Of(
            messages.Where(static m => m is not (RtmpAudioFrame or RtmpAudioConfiguration) || m.Time > 900)
        );
        // Its configuration is lost with it: nobody can decode it.
        Assert.Single(Assert.Single(published.Lines.Select(_ => published.Inspect(0).Tracks)));
        var withSound = Published.Of(messages.Where(static m => m is not RtmpAudioFrame || m.Time > 900));
        Assert.Equal([6], withSound.Lines);
        AssertFullOfSound(withSound);
    }

    [Fact]
    public async Task Sound_that_ends_becomes_silence_and_does_not_hold_the_pictures_back()
    {
        var messages = await PlainAsync();
        var longer = messages.Concat(messages.Select(static m => FlvReader.Shift(m, 6000)));
        var published = Published.Of(longer.Where(static m => m is not RtmpAudioFrame || m.Time < 2500));
        Assert.Equal([12], published.Lines);
        await AssertGoodAsync(published);
        AssertFullOfSound(published);
        Assert.Equal(300, Count(published, TrackKind.Video));
    }

    [Fact]
    public async Task A_last_segment_without_sound_keeps_the_track()
    {
        var messages = await PlainAsync();
        var published = Published.Of(messages.Where(static m => m is RtmpVideoFrame or RtmpVideoConfiguration || m.Time < 4900));
        Assert.Equal([6], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal(published.Inspect(0).Codecs, published.Inspect(5).Codecs);
        AssertFullOfSound(published);
    }

    [Theory]
    [InlineData(2300, 2500)]
    [InlineData(2300, 3100)]
    [InlineData(1800, 4300)]
    public async Task A_hole_in_the_sound_is_filled_with_silence(long from, long to)
    {
        var messages = await PlainAsync();
        var published = Published.Of(messages.Where(m => m is not RtmpAudioFrame || m.Time < from || m.Time > to));
        Assert.Equal([6], published.Lines);
        await AssertGoodAsync(published);
        AssertFullOfSound(published);
        var decoded = await Published.FramesAsync(_folder, await published.WriteAsync(_folder), "0:a", decode: true);
        var silent = decoded.GroupBy(static frame => frame.Hash).Max(static group => group.Count());
        // The decoder needs a frame to fall silent, and one to begin again.
        Assert.InRange(silent, (to - from) / 21.34 - 4, (to - from) / 21.34);
    }

    [Fact]
    public async Task Sound_that_stops_with_more_channels_than_silence_is_known_for_leaves_its_track()
    {
        var messages = await PlainAsync();
        // 6.1 channels, which is not true; but nobody decodes it here.
        var sent = messages
            .Concat(messages.Select(static m => FlvReader.Shift(m, 6000)))
            .Where(static m => m is not RtmpAudioFrame || m.Time < 2500)
            .Select(static m => m is RtmpAudioConfiguration c ? c with { Configuration = new byte[] { 0x11, 0xD8 } } : m);
        var published = Published.Of(sent);
        Assert.Equal([3, 9], published.Lines);
        published.AssertWhole();
    }

    [Fact]
    public async Task Sound_that_arrives_more_than_a_second_late_is_waited_for()
    {
        var messages = await PlainAsync();
        var published = Published.Of(messages.OrderBy(static m => m is RtmpAudioFrame ? m.Time + 1500 : m.Time));
        var inTime = Published.Of(messages);
        Assert.Equal(inTime.Segments.Select(static s => s.Data), published.Segments.Select(static s => s.Data));
    }

    [Fact]
    public async Task Pictures_that_begin_late_follow_on_sound_alone()
    {
        var messages = await PlainAsync();
        var late = messages.Where(static m => m is RtmpAudioFrame or RtmpAudioConfiguration || m.Time >= 2500);
        var published = Published.Of([
            .. late.TakeWhile(static m => m.Time < 2500),
            messages.OfType<RtmpVideoConfiguration>().Single() with
            {
                Time = 2500,
            },
            .. late.SkipWhile(static m => m.Time < 2500),
        ]);
        Assert.Equal([3, 3], published.Lines);
        await AssertGoodAsync(published);
        Assert.Equal(messages.OfType<RtmpAudioFrame>().Count(), Count(published, TrackKind.Audio));
    }

    [Fact]
    public async Task Pictures_that_end_leave_sound_alone_and_may_come_back()
    {
        var messages = await PlainAsync();
        var frames = messages.Where(static m => !IsConfiguration(m)).ToArray();
        var published = Published.Of([
            .. messages,
            .. frames.OfType<RtmpAudioFrame>().Select(static m => FlvReader.Shift(m, 6000)),
            .. frames.Select(static m => FlvReader.Shift(m, 12000)),
        ]);
        Assert.Equal(3, published.Lines.Length);
        await AssertGoodAsync(published);
        Assert.Equal((2, 1, 2), (TracksIn(0), TracksIn(1), TracksIn(2)));
        Assert.Equal(300, Count(published, TrackKind.Video));
        Assert.InRange(3 * frames.OfType<RtmpAudioFrame>().Count() - Count(published, TrackKind.Audio), 0, 6);

        int TracksIn(int line) => published.Inspect(published.Lines.Take(line).Sum()).Tracks.Count;
    }

    [Fact]
    public async Task Frames_with_the_same_time_stamp_all_go_on_in_order()
    {
        var messages = await PlainAsync();
        // Cut to tenths of a second: two or three pictures share one.
        var published = Published.Of(
            messages.Select(static m => m is RtmpVideoFrame f ? f with { Time = f.Time / 100 * 100, CompositionOffset = 0 } : m)
        );
        Assert.Equal(150, Count(published, TrackKind.Video));
        Assert.Equal([6], published.Lines);
    }

    private async Task<List<RtmpMedia>> PlainAsync() => await encoders.MessagesAsync(Encoders.Plain);

    private async Task AssertGoodAsync(Published published, double within = 0.00002)
    {
        Assert.Null(published.Cutter.Refusal);
        published.AssertWhole(within);
        for (var line = 0; line < published.Lines.Length; line++)
            await published.AssertPlaysAsync(_folder, line);
    }

    /// <summary>A player stops where one track has a hole: each segment's sound lasts as long as its pictures.</summary>
    private static void AssertFullOfSound(Published published, int from = 0)
    {
        for (var i = from; i < published.Segments.Count; i++)
        {
            var tracks = published.Inspect(i).Tracks;
            Assert.Equal(2, tracks.Count);
            Assert.Equal(tracks[0].Duration!.Value.TotalSeconds, tracks[1].Duration!.Value.TotalSeconds, 0.08);
            Assert.InRange(tracks[1].Samples, tracks[1].Duration!.Value.TotalSeconds * 46.875 - 1.01, 100);
        }
    }

    private static int Count(Published published, TrackKind kind) =>
        Enumerable
            .Range(0, published.Segments.Count)
            .SelectMany(i => published.Inspect(i).Tracks)
            .Where(track => track.Kind == kind)
            .Sum(static track => track.Samples);

    private static Func<RtmpMedia, RtmpMedia> AtLeast(long time) => m => m with { Time = Math.Max(time, m.Time) };

    private static bool IsConfiguration(RtmpMedia message) => message is RtmpVideoConfiguration or RtmpAudioConfiguration;
}
