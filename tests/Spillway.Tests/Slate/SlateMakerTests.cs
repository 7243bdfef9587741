using System.Globalization;
using Spillway.Media;
using Spillway.Playlists;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Slate;

/// <summary>What a slate is made of, and what happens when it cannot be made.</summary>
public sealed class SlateMakerTests : IDisposable
{
    private static readonly SlateFormat s_format = new(
        "0",
        MediaContainer.MpegTs,
        new SlatePictureFormat("avc1.640015", 160, 90, new FrameRate(25, 1), "high", "2.1"),
        new SlateSoundFormat("mp4a.40.2", "aac", 48_000, 1),
        262_144
    );

    private readonly SlateWorkshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("It's \"quoted\": 100% of it, \\N [in] {braces}; %{localtime} \\: =,'")]
    [InlineData("Straße, Ελλάδα, Россия – “always” €5")]
    [InlineData("Emoji 🎉 and a family 👨‍👩‍👧 and ❤️")]
    [InlineData(
        "A very long title that would never fit into one line of the slate, nor into two of them, however small it is written"
    )]
    public async Task A_title_is_drawn_whatever_characters_are_in_it(string title)
    {
        Assert.NotNull(SlateTitle.FindFont());
        var bare = await DrawAsync("");
        var titled = await DrawAsync(title);
        // Only between the words and the lower edge; elsewhere there is the encoder's noise.
        Assert.Equal(0, Different(bare, titled, 0, 236));
        Assert.InRange(Different(bare, titled, 236, 320), 50, 20_000);
        Assert.Equal(0, Different(bare, titled, 320, 360));

        static int Different(byte[] one, byte[] other, int fromRow, int toRow) =>
            Enumerable.Range(fromRow * 640, (toRow - fromRow) * 640).Count(at => Math.Abs(one[at] - other[at]) > 70);
    }

    [Theory]
    [InlineData("日本のショー")]
    [InlineData("🎉🎉🎉")]
    [InlineData("   ")]
    public async Task A_title_that_no_usual_font_has_is_left_out(string title)
    {
        Assert.Empty(SlateTitle.Lines(title));
        Assert.Equal(await DrawAsync(""), await DrawAsync(title));
    }

    [Fact]
    public async Task A_clip_with_sound_is_shown_and_heard()
    {
        var clip = await ClipAsync("clip.mp4", 5, "testsrc2=size=320x180:rate=30", "sine=880");
        var slate = await _workshop.MakeAsync([s_format], clip);
        Assert.Null(slate.Problem);
        // Five seconds are too short to be repeated at once: it is played twice.
        Assert.Equal(10, slate.Segments!["0"].Count);
        Assert.Equal(10, slate.Segments["0"].Sum(static s => s.Duration.TotalSeconds), 0.001);
        var joined = await _workshop.JoinAsync(slate);
        Assert.InRange(await LoudnessAsync(joined), -40, 0);
    }

    [Fact]
    public async Task A_show_with_sound_gets_silence_where_the_clip_has_none()
    {
        var clip = await ClipAsync("mute.mp4", 7, "testsrc2=size=320x180:rate=30", null);
        var slate = await _workshop.MakeAsync([s_format], clip);
        Assert.Null(slate.Problem);
        Assert.Equal(7, slate.Segments!["0"].Sum(static s => s.Duration.TotalSeconds), 0.001);
        Assert.InRange(await LoudnessAsync(await _workshop.JoinAsync(slate)), -200, -80);
    }

    [Fact]
    public async Task A_long_clip_is_cut_to_its_first_half_minute()
    {
        var clip = await ClipAsync("long.mkv", 41, "testsrc2=size=64x36:rate=10", "sine=880");
        var slate = await _workshop.MakeAsync([s_format], clip, segment: 1.9);
        Assert.Null(slate.Problem);
        Assert.Equal(30, slate.Segments!["0"].Sum(static s => s.Duration.TotalSeconds), 0.7);
        Assert.All(slate.Segments["0"], static s => Assert.InRange(s.Duration.TotalSeconds, 1.5, 1.9));
    }

    [Theory]
    [InlineData("picture.png")]
    [InlineData("picture.jpg")]
    [InlineData("odd name 'with' [every]: %thing, even; ünïcode.png")]
    public async Task A_picture_stands_still_for_a_while(string name)
    {
        await Ffmpeg.RunAsync(
            Path.GetDirectoryName(_workshop.File("x"))!,
            ["-f", "lavfi", "-i", "testsrc2=size=300x400", "-frames:v", "1", $"file:{_workshop.File("made.png")}"]
        );
        if (name.EndsWith(".jpg", StringComparison.Ordinal))
            await Ffmpeg.RunAsync(Path.GetTempPath(), ["-i", _workshop.File("made.png"), _workshop.File(name)]);
        else
            File.Copy(_workshop.File("made.png"), _workshop.File(name));
        var slate = await _workshop.MakeAsync([s_format], _workshop.File(name));
        Assert.Null(slate.Problem);
        Assert.Equal(12, slate.Segments!["0"].Count);
    }

    [Fact]
    public async Task Sound_alone_is_heard_before_black()
    {
        var clip = await ClipAsync("music.mp3", 8, null, "sine=880");
        var slate = await _workshop.MakeAsync([s_format], clip);
        Assert.Null(slate.Problem);
        Assert.InRange(slate.Segments!["0"].Sum(static s => s.Duration.TotalSeconds), 8, 8.5);
        Assert.InRange(await LoudnessAsync(await _workshop.JoinAsync(slate)), -40, 0);
    }

    [Fact]
    public async Task A_file_that_is_missing_broken_or_a_folder_is_told_with_the_remedy()
    {
        await File.WriteAllTextAsync(_workshop.File("text.mp4"), "this is no video");
        await File.WriteAllBytesAsync(_workshop.File("noise.mp4"), TestObjects.Random(50_000));
        await File.WriteAllBytesAsync(_workshop.File("empty.mp4"), []);
        var clip = await ClipAsync("whole.mp4", 2, "testsrc2=size=320x180:rate=30", "sine=880");
        await File.WriteAllBytesAsync(_workshop.File("cut.mp4"), (await File.ReadAllBytesAsync(clip))[..3000]);
        Directory.CreateDirectory(_workshop.File("folder"));
        foreach (var name in (string[])["missing.mp4", "text.mp4", "noise.mp4", "empty.mp4", "cut.mp4", "folder"])
        {
            var slate = await _workshop.MakeAsync([s_format], _workshop.File(name));
            Assert.Null(slate.Segments);
            Assert.Contains(name, slate.Problem, StringComparison.Ordinal);
            Assert.Contains("pauses are shown as gaps", slate.Problem, StringComparison.Ordinal);
            Assert.Contains("or set Slate to \"none\"", slate.Problem, StringComparison.Ordinal);
        }
        Assert.Empty(_workshop.Line.Puts);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_workshop.Data, "slates")));
    }

    [Fact]
    public async Task A_machine_without_ffmpeg_is_told_what_to_install()
    {
        _workshop.Tool = new FfmpegTool("ffmpeg-that-is-not-there", "ffprobe-that-is-not-there", TimeSpan.FromSeconds(10));
        const string Expected =
            "ffmpeg is not installed: pauses are shown as gaps. Install it (sudo apt-get install ffmpeg), or set Slate to \"none\".";
        Assert.Equal(Expected, (await _workshop.MakeAsync([s_format])).Problem);
        await File.WriteAllTextAsync(_workshop.File("any.mp4"), "x");
        Assert.Equal(Expected, (await _workshop.MakeAsync([s_format], _workshop.File("any.mp4"))).Problem);
    }

    [Fact]
    public async Task An_ffmpeg_that_hangs_is_ended()
    {
        var note = _workshop.File("pid");
        var hanging = await ScriptAsync("hanging", $"echo $$ > {note}; while true; do sleep 0.1; done");
        _workshop.Tool = new FfmpegTool(hanging, hanging, TimeSpan.FromSeconds(1));
        var slate = await _workshop.MakeAsync([s_format]);
        Assert.Contains("took too long", slate.Problem, StringComparison.Ordinal);
        var process = (await File.ReadAllTextAsync(note)).Trim();
        await Until.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the hanging process is gone");
    }

    [Fact]
    public async Task An_ffmpeg_that_fails_is_quoted_and_without_drawtext_the_title_is_left_out()
    {
        var failing = await ScriptAsync(
            "failing",
            "for i in $(seq 20000); do echo line $i >&2; done; echo 'Unknown encoder' >&2; exit 1"
        );
        _workshop.Tool = FfmpegTool.Installed with { Ffmpeg = failing };
        Assert.Contains("(Unknown encoder)", (await _workshop.MakeAsync([s_format])).Problem, StringComparison.Ordinal);

        _workshop.Tool = FfmpegTool.Installed;
        var bare = await DrawAsync("");
        var plain = await ScriptAsync(
            "plain",
            "for a in \"$@\"; do case $a in *drawtext*) echo No such filter >&2; exit 1;; esac; done; exec ffmpeg \"$@\""
        );
        _workshop.Tool = FfmpegTool.Installed with { Ffmpeg = plain };
        Assert.Equal(bare, await DrawAsync("Another title"));
    }

    [Fact]
    public async Task It_is_encoded_once_and_stored_once_for_ever()
    {
        var first = await _workshop.MakeAsync([s_format]);
        var puts = _workshop.Line.Stored.ToList();
        Assert.Equal(12, puts.Count);
        Assert.All(puts, static put => Assert.Equal(StreamKeys.SegmentHeaders, put.Headers));
        Assert.All(puts, static put => Assert.Matches("^live/slate/[0-9a-f]{32}/0/[0-9]+-[0-9a-f]{32}[.]ts$", put.Key));
        Assert.All(puts, static put => Assert.Contains(StreamKeys.Hash(put.Body), put.Key, StringComparison.Ordinal));

        // After a restart, and with no ffmpeg any more.
        _workshop.Tool = new FfmpegTool("none", "none", TimeSpan.FromSeconds(1));
        var second = await _workshop.MakeAsync([s_format]);
        Assert.Equal(first.Segments!["0"], second.Segments!["0"]);
        Assert.Equal(12, _workshop.Line.Puts.Count);

        // What was kept is damaged: it is not believed.
        var kept = Directory.GetFiles(Path.Combine(_workshop.Data, "slates"), "3-*.ts", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(kept, TestObjects.Random(5000));
        Assert.Contains("ffmpeg is not installed", (await _workshop.MakeAsync([s_format])).Problem, StringComparison.Ordinal);
        _workshop.Tool = FfmpegTool.Installed;
        Assert.Equal(first.Segments["0"], (await _workshop.MakeAsync([s_format])).Segments!["0"]);
        Assert.Equal(12, _workshop.Line.Puts.Count);

        var other = await _workshop.MakeAsync([s_format with { BitRate = 131_072 }]);
        Assert.NotEqual(first.Segments["0"][0].Uri, other.Segments!["0"][0].Uri);
    }

    [Fact]
    public async Task Another_title_or_another_file_is_another_slate()
    {
        var a = await _workshop.MakeAsync([s_format], title: "a");
        var b = await _workshop.MakeAsync([s_format], title: "b");
        Assert.NotEqual(a.Segments!["0"][0], b.Segments!["0"][0]);
    }

    [Fact]
    public async Task A_store_that_loses_some_of_it_gets_the_rest_at_the_next_try()
    {
        var refused = 0;
        _workshop.Line.Rule = key => key.Contains("/7-", StringComparison.Ordinal) && refused++ < 1 ? PutFault.Denied : null;
        _workshop.Line.Plan(PutFault.Lost, PutFault.AnswerLost);
        var slate = await _workshop.MakeAsync([s_format]);
        Assert.Null(slate.Problem);
        Assert.Equal(12, slate.Segments!["0"].Count);
        foreach (var segment in slate.Segments["0"])
            Assert.NotEmpty(await _workshop.BytesAsync("0", segment));
    }

    /// <summary>The luma of its first picture, 640x360.</summary>
    private async Task<byte[]> DrawAsync(string title)
    {
        var large = s_format.Picture! with { Width = 640, Height = 360, Level = "3.0", Codec = "avc1.64001e" };
        var slate = await _workshop.MakeAsync([s_format with { Picture = large }], title: title);
        Assert.Null(slate.Problem);
        var joined = await _workshop.JoinAsync(slate);
        var raw = joined + ".gray";
        await Ffmpeg.RunAsync(Path.GetTempPath(), ["-i", joined, "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", raw]);
        return await File.ReadAllBytesAsync(raw);
    }

    private async Task<string> ClipAsync(string name, int seconds, string? picture, string? sound)
    {
        List<string> arguments = [];
        if (picture is not null)
            arguments.AddRange(["-f", "lavfi", "-i", picture]);
        if (sound is not null)
            arguments.AddRange(["-f", "lavfi", "-i", sound]);
        await Ffmpeg.RunAsync(
            Path.GetTempPath(),
            [.. arguments, "-t", seconds.ToString(CultureInfo.InvariantCulture), "-preset", "ultrafast", _workshop.File(name)]
        );
        return _workshop.File(name);
    }

    /// <summary>Decibels, the mean of all.</summary>
    private async Task<double> LoudnessAsync(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        await Ffmpeg.RunAsync(folder, ["-i", path, "-vn", "-ac", "1", "-f", "f32le", path + ".raw"]);
        var bytes = await File.ReadAllBytesAsync(path + ".raw");
        double sum = 0;
        for (var at = 0; at + 4 <= bytes.Length; at += 4)
            sum += Math.Pow(BitConverter.ToSingle(bytes, at), 2);
        return 10 * Math.Log10(Math.Max(sum / (bytes.Length / 4.0), 1e-15));
    }

    private async Task<string> ScriptAsync(string name, string body)
    {
        var path = _workshop.File(name);
        await File.WriteAllTextAsync(path, $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
