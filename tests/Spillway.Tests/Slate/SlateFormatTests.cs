using System.Globalization;
using System.Text.Json;
using Spillway.Media;
using Spillway.Slate;
using Spillway.Timeline;

namespace Spillway.Tests.Slate;

/// <summary>A slate's segments are like the show's, by ffprobe and not only by our own eyes.</summary>
public sealed class SlateFormatTests : IDisposable
{
    private readonly SlateWorkshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    public static TheoryData<string, string, string> Shows =>
        new()
        {
            { "baseline", "-c:v libx264 -profile:v baseline -level 3.0 -r 25 -pix_fmt yuv420p", "-c:a aac -ar 48000 -ac 1" },
            { "high fmp4", "-c:v libx264 -profile:v high -level 4.0 -r 30000/1001 -pix_fmt yuv420p", "-c:a aac -ar 44100 -ac 2" },
            { "main", "-c:v libx264 -profile:v main -level 3.1 -r 50 -pix_fmt yuv420p", "-an" },
            { "sound", "-vn", "-c:a aac -ar 32000 -ac 2" },
            { "sound fmp4", "-vn", "-c:a aac -ar 48000 -ac 2" },
            { "mp3", "-c:v libx264 -profile:v high -level 1.3 -r 24 -pix_fmt yuv420p", "-c:a libmp3lame -ar 44100 -ac 2" },
            { "ac3", "-c:v libx264 -profile:v high10 -pix_fmt yuv420p10le -r 24000/1001", "-c:a ac3 -ar 48000 -ac 6" },
        };

    [Theory]
    [MemberData(nameof(Shows))]
    public async Task A_slate_has_the_show_s_container_codecs_size_rate_and_sound(string kind, string video, string audio)
    {
        var format = await _workshop.FormatAsync(
            "0",
            [
                .. "-f lavfi -i testsrc2=size=200x112 -f lavfi -i sine=440 -t 1.5 -preset ultrafast".Split(' '),
                .. video.Split(' '),
                .. audio.Split(' '),
                .. kind.Contains("fmp4", StringComparison.Ordinal) ? (string[])["-hls_segment_type", "fmp4"] : [],
            ]
        );
        var slate = await _workshop.MakeAsync([format]);
        Assert.Null(slate.Problem);
        var segments = slate.Segments!["0"];
        Assert.Equal(12, segments.Count);
        var isFragments = kind.Contains("fmp4", StringComparison.Ordinal);
        Assert.All(segments, segment => Assert.EndsWith(isFragments ? ".m4s" : ".ts", segment.Uri, StringComparison.Ordinal));
        Assert.All(segments, segment => Assert.Equal(isFragments, segment.InitializationSection is not null));

        var probed = await ProbeAsync(await _workshop.JoinAsync(slate));
        var picture = probed.FirstOrDefault(static stream => Text(stream, "codec_type") == "video");
        Assert.Equal(format.Picture is not null, picture.ValueKind != JsonValueKind.Undefined);
        if (format.Picture is { } shown)
        {
            Assert.Equal("h264", Text(picture, "codec_name"));
            Assert.Equal((200, 112), (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32()));
            Assert.Equal(shown.Rate.ToString(), Text(picture, "r_frame_rate"));
            Assert.Equal("yuv420p", Text(picture, "pix_fmt"));
            var profile = Text(picture, "profile").Replace("Constrained ", "", StringComparison.Ordinal).ToLowerInvariant();
            Assert.Equal(shown.Profile, profile);
            Assert.Equal(Convert.ToInt32(shown.Codec[9..], 16), picture.GetProperty("level").GetInt32());
        }
        var sound = probed.FirstOrDefault(static stream => Text(stream, "codec_type") == "audio");
        Assert.Equal(format.Sound is not null, sound.ValueKind != JsonValueKind.Undefined);
        if (format.Sound is { } heard)
        {
            Assert.Equal(heard.Encoder == "libmp3lame" ? "mp3" : heard.Encoder, Text(sound, "codec_name"));
            Assert.Equal(heard.SampleRate, int.Parse(Text(sound, "sample_rate"), CultureInfo.InvariantCulture));
            Assert.Equal(heard.Channels, sound.GetProperty("channels").GetInt32());
        }
        await AssertPlayableAsync("0", segments, format);
    }

    [Fact]
    public async Task All_renditions_are_cut_alike()
    {
        var source =
            "-f lavfi -i testsrc2=size=320x180:r=30 -f lavfi -i sine=440:r=48000 -t 1.5 -preset ultrafast -c:v libx264 -c:a aac -pix_fmt yuv420p";
        string[] arguments = [.. source.Split(' ')];
        var high = await _workshop.FormatAsync("high", [.. arguments, "-r", "30"]);
        var low = await _workshop.FormatAsync("low", [.. arguments, "-r", "15", "-s", "160x90"]);
        var odd = await _workshop.FormatAsync("odd", [.. arguments, "-r", "25", "-s", "160x90"]);
        var slate = await _workshop.MakeAsync([high, low, odd], segment: 1.47);
        Assert.Null(slate.Problem);
        var durations = slate.Segments!["high"].Select(static s => s.Duration).ToList();
        Assert.Equal(durations, slate.Segments["low"].Select(static s => s.Duration));
        Assert.Equal(durations.Count, slate.Segments["odd"].Count);
        Assert.Equal(TimeSpan.FromSeconds(22 / 15.0).TotalMicroseconds, durations[0].TotalMicroseconds, 1.0);
        foreach (var format in (SlateFormat[])[high, low, odd])
            await AssertPlayableAsync(format.Rendition, slate.Segments[format.Rendition], format);
    }

    [Theory]
    [InlineData("hvc1.1.6.L93.B0", 640, 360, "H.264")]
    [InlineData("av01.0.04M.08", 640, 360, "H.264")]
    [InlineData(null, 640, 360, "H.264")]
    [InlineData("avc1.64001f", 641, 360, "641x360")]
    [InlineData("avc1.64001f", null, null, "size")]
    [InlineData("avc1.zz001f", 640, 360, "profile")]
    public void A_picture_that_cannot_be_matched_is_told(string? codec, int? width, int? height, string word)
    {
        var track = Video(codec) with { Width = width, Height = height };
        var (format, problem) = SlateFormat.Of("0", Report(track), 1_000_000);
        Assert.Null(format);
        Assert.Contains(word, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mp4a.40.5")]
    [InlineData("mp4a.40.29")]
    [InlineData("opus")]
    [InlineData(null)]
    public void Sound_that_cannot_be_matched_is_told(string? codec)
    {
        var sound = new TrackReport
        {
            Kind = TrackKind.Audio,
            Id = 2,
            Codec = codec,
            Samples = 1,
        };
        var (format, problem) = SlateFormat.Of("0", Report(Video("avc1.42c01e"), sound), 1_000_000);
        Assert.Null(format);
        Assert.Contains("AAC", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("avc1.42c01e", "baseline", "3.0")]
    [InlineData("avc1.4d401f", "main", "3.1")]
    [InlineData("avc1.640028", "high", "4.0")]
    [InlineData("avc1.6e0033", "high", "5.1")]
    [InlineData("avc1.F4001F", "high", "3.1")]
    [InlineData("avc1.42d00b", "baseline", "1b")]
    [InlineData("avc1.42c00b", "baseline", "1.1")]
    public void The_profile_is_never_above_the_show_s(string codec, string profile, string level)
    {
        var (format, _) = SlateFormat.Of("0", Report(Video(codec)), 1_000_000);
        Assert.Equal((profile, level), (format!.Picture!.Profile, format.Picture.Level));
    }

    private static TrackReport Video(string? codec) =>
        new()
        {
            Kind = TrackKind.Video,
            Id = 1,
            Codec = codec,
            Width = 640,
            Height = 360,
            FrameRate = 25,
            Samples = 1,
        };

    private static MediaReport Report(params TrackReport[] tracks) =>
        MediaReport.Of(MediaContainer.MpegTs, tracks, new Findings());

    /// <summary>Each segment stands alone, lasts as long as is said, and keeps to the bit rate.</summary>
    private async Task AssertPlayableAsync(string rendition, IReadOnlyList<SlateSegment> segments, SlateFormat format)
    {
        foreach (var segment in segments)
        {
            var media = MediaInspector.Inspect(await _workshop.BytesAsync(rendition, segment));
            Assert.True(media.IsWhole, media.Problem);
            Assert.True(media.StartsWithKeyframe);
            Assert.InRange(segment.Duration.TotalSeconds, 0.5, 2.0);
            Assert.InRange((media.Duration!.Value - segment.Duration).TotalMilliseconds, -40, 40);
            if (format.Picture is null)
                continue;
            var bits = 8 * (await _workshop.BytesAsync(rendition, segment)).Length / segment.Duration.TotalSeconds;
            Assert.InRange(bits, 1, 600_000);
        }
    }

    private async Task<IReadOnlyList<JsonElement>> ProbeAsync(string path)
    {
        var json = await Ffmpeg.ProbeAsync(Path.GetTempPath(), ["-show_streams", "-of", "json", path]);
        return [.. JsonDocument.Parse(json).RootElement.GetProperty("streams").EnumerateArray()];
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
