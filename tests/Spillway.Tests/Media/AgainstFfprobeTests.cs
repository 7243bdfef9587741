using System.Globalization;
using System.Text.Json;
using Spillway.Media;

namespace Spillway.Tests.Media;

/// <summary>ffprobe is the other opinion: it decodes, and knows nothing of our code.</summary>
public sealed class AgainstFfprobeTests(RealMedia media)
{
    private static readonly double Wrap = Math.Pow(2, 33) / 90_000;

    [Theory]
    [InlineData("ts-25", "avc1.42c00c,mp4a.40.2")]
    [InlineData("ts-29.97-b", "avc1.4d400d,mp4a.40.2")]
    [InlineData("ts-29.97-ms", "avc1.42c00d")]
    [InlineData("ts-crop", "avc1.f4000d")]
    [InlineData("ts-interlaced", "avc1.4d4015")]
    [InlineData("ts-hevc", "hvc1.1.6.L60.90,mp4a.40.2")]
    [InlineData("ts-mp3", "mp4a.40.34")]
    [InlineData("ts-mp3-low", "mp4a.40.34")]
    [InlineData("ts-mp2", "mp4a.40.33")]
    [InlineData("ts-aac", "mp4a.40.2")]
    [InlineData("ts-ac3", "ac-3")]
    [InlineData("ts-ac3-44", "ac-3")]
    [InlineData("ts-eac3", "avc1.42c00c,ec-3")]
    [InlineData("ts-wrap", "avc1.4d400c,mp4a.40.2")]
    [InlineData("fmp4", "avc1.42c00c,mp4a.40.2")]
    [InlineData("fmp4-b", "avc1.4d400d,mp4a.40.2")]
    [InlineData("fmp4-hevc", "hvc1.1.6.L60.90")]
    [InlineData("fmp4-ac3", "ac-3")]
    [InlineData("fmp4-eac3", "ec-3")]
    [InlineData("fmp4-mp3", "mp4a.40.34")]
    [InlineData("fmp4-opus", "Opus")]
    [InlineData("fmp4-flac", "fLaC")]
    [InlineData("fmp4-vp9", "vp09.00.11.08")]
    [InlineData("fmp4-av1", "av01.0.00M.08")]
    public async Task Every_format_is_read_as_ffprobe_reads_it(string format, string codecs)
    {
        var recording = await media.GetAsync(format);
        for (var segment = 0; segment < 2; segment++)
        {
            var report = recording.Inspect(segment);
            Assert.Null(report.Problem);
            Assert.True(report.IsWhole);
            Assert.Equal(
                format.StartsWith("ts", StringComparison.Ordinal) ? MediaContainer.MpegTs : MediaContainer.FragmentedMp4,
                report.Container
            );
            Assert.Equal(codecs, report.Codecs);
            Assert.True(report.StartsWithKeyframe);
            var probe = await recording.ProbeAsync(segment);
            var streams = probe.GetProperty("streams").EnumerateArray().OrderByDescending(s => Text(s, "codec_type")).ToArray();
            Assert.Equal(streams.Length, report.Tracks.Count);
            foreach (var (stream, track) in streams.Zip(report.Tracks))
                Compare(stream, track, probe.GetProperty("packets"));
        }
    }

    [Theory]
    [InlineData("ts-25")]
    [InlineData("ts-29.97-b")]
    [InlineData("ts-29.97-ms")]
    [InlineData("ts-hevc")]
    [InlineData("ts-mp3")]
    [InlineData("ts-aac")]
    [InlineData("ts-ac3-44")]
    [InlineData("ts-wrap")]
    [InlineData("fmp4")]
    [InlineData("fmp4-b")]
    [InlineData("fmp4-hevc")]
    [InlineData("fmp4-av1")]
    [InlineData("fmp4-opus")]
    public async Task The_next_segment_begins_where_the_duration_says(string format)
    {
        var recording = await media.GetAsync(format);
        MediaReport first = recording.Inspect(0),
            second = recording.Inspect(1);
        var step = second.FirstTimestamp!.Value - first.FirstTimestamp!.Value;
        if (step < TimeSpan.Zero)
            step += first.TimestampModulus!.Value;
        Assert.Equal(step.TotalSeconds, first.Duration!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public async Task Time_stamps_that_wrap_inside_a_segment_do_not_tear_it()
    {
        var report = (await media.GetAsync("ts-wrap")).Inspect(0);
        Assert.Equal(Wrap, report.TimestampModulus!.Value.TotalSeconds, 0.001);
        Assert.InRange(report.FirstTimestamp!.Value.TotalSeconds, Wrap - 1.9, Wrap - 0.1);
        Assert.Equal(2, report.Duration!.Value.TotalSeconds, 0.001);
        Assert.InRange((await media.GetAsync("ts-wrap")).Inspect(1).FirstTimestamp!.Value.TotalSeconds, 0.1, 1.9);
    }

    [Theory]
    [InlineData("ts-25")]
    [InlineData("ts-29.97-b")]
    [InlineData("fmp4")]
    [InlineData("fmp4-b")]
    public async Task Codecs_are_those_of_ffmpegs_own_multivariant_playlist(string format)
    {
        var recording = await media.GetAsync(format);
        Assert.Equal(recording.DeclaredCodecs(), recording.Inspect(0).Codecs);
    }

    private static void Compare(JsonElement stream, TrackReport track, JsonElement packets)
    {
        var own = packets
            .EnumerateArray()
            .Where(p => p.GetProperty("stream_index").GetInt32() == stream.GetProperty("index").GetInt32());
        var times = own.Where(p => p.TryGetProperty("pts_time", out _)).Select(p => Number(p, "pts_time")).ToArray();
        Assert.Equal(Text(stream, "codec_type"), track.Kind.ToString(), ignoreCase: true);
        Assert.Equal(Convert.ToInt32(Text(stream, "id"), 16), track.Id);
        Assert.Equal(times.Length, track.Samples);
        Assert.Equal(0, Distance(times.Min(), track.FirstTimestamp!.Value.TotalSeconds), 0.001);
        var shown = times.Max(time => time < times[0] - Wrap / 2 ? time + Wrap : time) - times.Min();
        if (track.Kind == TrackKind.Video)
        {
            Assert.Equal(stream.GetProperty("width").GetInt32(), track.Width);
            Assert.Equal(stream.GetProperty("height").GetInt32(), track.Height);
            var rate = Text(stream, "r_frame_rate")
                .Split('/')
                .Select(text => double.Parse(text, CultureInfo.InvariantCulture))
                .ToArray();
            Assert.Equal(Math.Round(rate[0] / rate[1], 3), track.FrameRate);
            Assert.Equal(shown + rate[1] / rate[0], track.Duration!.Value.TotalSeconds, 0.001);
        }
        else
        {
            Assert.Equal(int.Parse(Text(stream, "sample_rate"), CultureInfo.InvariantCulture), track.SampleRate);
            if (track.Channels is not null || track.Codec != "mp4a.40.34")
                Assert.Equal(stream.GetProperty("channels").GetInt32(), track.Channels);
            // ffprobe 5.1 knows no durations for Opus and FLAC in fragments.
            var last = own.Select(p => p.TryGetProperty("duration_time", out _) ? Number(p, "duration_time") : 0)
                .LastOrDefault(d => d > 0);
            last = last > 0 ? last : times[^1] - times[^2];
            Assert.Equal(shown + last, track.Duration!.Value.TotalSeconds, 0.001);
        }
    }

    /// <summary>Seconds between two time stamps on a circle: ffprobe goes below zero where a segment wraps.</summary>
    private static double Distance(double one, double other) => Math.Abs(Math.IEEERemainder(one - other, Wrap));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static double Number(JsonElement element, string name) =>
        double.Parse(Text(element, name), CultureInfo.InvariantCulture);
}
