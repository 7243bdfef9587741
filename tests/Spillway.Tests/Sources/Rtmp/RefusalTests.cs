using Spillway.Media;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What cannot be published is refused in words; nothing a publisher sends makes the cutter throw or hold without bound.</summary>
public sealed class RefusalTests(Encoders encoders)
{
    [Theory]
    [InlineData("", "it has 0 bytes")]
    [InlineData("00", "it has 1 bytes")]
    [InlineData("0064001FFFE10000", "its version is 0")]
    [InlineData("0164001FFEE1000101", "lengths of three bytes")]
    [InlineData("0164001FFFE001000168", "no sequence parameter set")]
    [InlineData("0164001FFFE10040676400", "in the middle of a parameter set")]
    [InlineData("0164001FFFE100046764001F01000168", "does not tell the size")]
    public void A_video_configuration_that_is_garbage_is_refused(string hex, string reason)
    {
        var cutter = new SegmentCutter(TimeSpan.FromSeconds(2));
        cutter.Add(new RtmpVideoConfiguration(0, Convert.FromHexString(hex)));
        Assert.Contains("H.264 configuration", cutter.Refusal, StringComparison.Ordinal);
        Assert.Contains(reason, cutter.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it has 0 bytes")]
    [InlineData("11", "it has 1 bytes")]
    [InlineData("1780", "it is cut short")]
    [InlineData("1690", "it names no sample rate")]
    [InlineData("11C0", "it names no arrangement of channels (8)")]
    [InlineData("0990", "set the encoder's audio to AAC-LC")]
    [InlineData("F8E85000", "set the encoder's audio to AAC-LC")]
    public void An_audio_configuration_that_is_garbage_or_unplayable_is_refused(string hex, string reason)
    {
        var cutter = new SegmentCutter(TimeSpan.FromSeconds(2));
        cutter.Add(new RtmpAudioConfiguration(0, Convert.FromHexString(hex)));
        Assert.Contains(reason, cutter.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    // LC 48 kHz stereo; the same with SBR announced behind it; HE-AAC 24/48 kHz; LC of 960 samples; a rate of 24 bits.
    [InlineData("1190", 48000, 1024)]
    [InlineData("119056E500", 48000, 1024)]
    [InlineData("2B11880000", 24000, 1024)]
    [InlineData("1194", 48000, 960)]
    [InlineData("178057E410", 45000, 1024)]
    public void Every_way_to_announce_aac_is_read(string hex, int rate, int frame)
    {
        var (configuration, problem) = Spillway.Media.Cmaf.AacConfiguration.Read(Convert.FromHexString(hex));
        Assert.Null(problem);
        Assert.Equal((rate, frame, 2), (configuration!.SampleRate, configuration.FrameLength, configuration.Channels));
    }

    [Fact]
    public async Task Twenty_seconds_without_a_keyframe_are_refused_with_the_remedy()
    {
        var published = Published.Of(await encoders.MessagesAsync("no-keyframe"), 2);
        Assert.Matches("^no keyframe came in 20.* s .*set the keyframe interval to 2 s", published.Cutter.Refusal);
        Assert.Empty(published.Segments);
    }

    [Fact]
    public async Task Keyframes_that_are_no_idr_pictures_are_refused_with_the_remedy()
    {
        var published = Published.Of(
            (await encoders.MessagesAsync("no-keyframe"))
                .Where(static m => m is RtmpVideoConfiguration || m.Time > 0)
                .Select(static m => m is RtmpVideoFrame frame ? frame with { IsKeyframe = frame.Time % 2000 == 0 } : m)
        );
        Assert.Contains("open GOPs", published.Cutter.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_bytes_without_a_keyframe_than_any_stream_has_are_refused()
    {
        var messages = (await encoders.MessagesAsync(Encoders.Plain)).Take(20).ToList();
        var frame = messages.OfType<RtmpVideoFrame>().Last();
        var cutter = new SegmentCutter(TimeSpan.FromSeconds(2));
        messages.ForEach(cutter.Add);
        byte[] large = [0, 15, 66, 64, 0x41, .. new byte[999_999]];
        var taken = 0;
        for (; cutter.Refusal is null && taken < 100; taken++)
            cutter.Add(frame with { Data = large });
        Assert.InRange(taken, 40, 50);
        Assert.Matches("^no keyframe came in .* MB", cutter.Refusal);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(-60_000)]
    public async Task Sound_and_pictures_that_are_a_minute_apart_are_refused(long shift)
    {
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        var published = Published.Of([
            .. Apart(messages),
            .. Apart(messages.Select(static m => FlvReader.Shift(m, 6000))),
            .. Apart(messages.Select(static m => FlvReader.Shift(m, 12000))),
        ]);
        Assert.Contains("10 s apart", published.Cutter.Refusal, StringComparison.Ordinal);

        IEnumerable<RtmpMedia> Apart(IEnumerable<RtmpMedia> all) =>
            all.Select(m => m is RtmpAudioFrame ? FlvReader.Shift(m, shift) : m);
    }

    [Fact]
    public async Task Media_without_its_configuration_is_refused()
    {
        var pictures = (await encoders.MessagesAsync("no-keyframe")).Where(static m => m is RtmpVideoFrame);
        Assert.Contains("H.264 without", Published.Of(pictures).Cutter.Refusal, StringComparison.Ordinal);
        var sound = (await encoders.MessagesAsync("long-gop")).Where(static m => m is RtmpAudioFrame);
        Assert.Contains("AAC without", Published.Of(sound).Cutter.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_messages_never_throw_and_what_is_published_is_whole()
    {
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        var random = new Random(20261122);
        for (var i = 0; i < 300; i++)
        {
            var published = Published.Of(messages.SelectMany(m => Damage(m, random)));
            foreach (var segment in published.Segments)
            {
                var report = MediaInspector.Inspect(segment.Data, segment.InitializationSection);
                Assert.True(report.IsWhole, report.Problem);
                Assert.InRange(segment.Duration.TotalSeconds, 0, 60);
            }
        }
    }

    private static IEnumerable<RtmpMedia> Damage(RtmpMedia message, Random random)
    {
        switch (random.Next(120))
        {
            case 0:
                break;
            case 1:
                yield return message with
                {
                    Time = random.NextInt64(long.MinValue, long.MaxValue),
                };
                break;
            case 2:
                yield return message with
                {
                    Time = message.Time + random.Next(-10_000, 10_000),
                };
                break;
            case 3:
                yield return message;
                yield return message;
                break;
            case 4:
                yield return message switch
                {
                    RtmpVideoFrame f => f with { Data = Damage(f.Data, random), CompositionOffset = random.Next() },
                    RtmpAudioFrame f => f with { Data = Damage(f.Data, random) },
                    RtmpVideoConfiguration c => c with { Configuration = Damage(c.Configuration, random) },
                    RtmpAudioConfiguration c => c with { Configuration = Damage(c.Configuration, random) },
                    _ => message,
                };
                break;
            case 5:
                yield return new RtmpVideoFrame(message.Time, 0, true, Damage(new byte[random.Next(40)], random));
                break;
            default:
                yield return message;
                break;
        }
    }

    private static byte[] Damage(ReadOnlyMemory<byte> data, Random random)
    {
        var bytes = data[..random.Next(data.Length + 1)].ToArray();
        for (var times = random.Next(8); times > 0 && bytes.Length > 0; times--)
            bytes[random.Next(Math.Min(bytes.Length, 64))] = (byte)random.Next(256);
        return bytes;
    }
}
