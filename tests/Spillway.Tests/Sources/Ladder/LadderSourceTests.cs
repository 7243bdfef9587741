using System.Diagnostics;
using System.Globalization;
using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Sources.Ladder;

/// <summary>What ffmpeg itself makes of one rendition, and what becomes of it when something goes wrong.</summary>
public sealed class LadderSourceTests : LadderTest
{
    [Theory]
    [InlineData(Show.Plain, "source 72p 64p@100k", 1)]
    [InlineData(Show.Fragments, "source 72p 64p@100k", 1)]
    [InlineData(Show.Plain, "80x64 72p 64p", 2)]
    [InlineData(Show.Fragments, "72p 64p", 2)]
    public async Task All_renditions_are_cut_at_the_same_keyframes_with_the_same_times(string kind, string ladder, int seconds)
    {
        var show = await Show.GetAsync(kind);
        await using var source = Start(ladder, seconds);
        Inner.Tell(Found());
        Bring(show, 0, 8);
        Inner.Tell(new SourceAway("over"));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());

        var found = Assert.Single(source.Events.OfType<RenditionsFound>()).Renditions;
        Assert.Equal(ladder.Split(' ').Length, found.Select(static r => r.Name).Distinct().Count());
        Assert.Equal(ladder.Split(' ')[^1].Split('@')[0], found[^1].Name.Split('-')[0]);
        Assert.All(found, static r => Assert.InRange(r.Bandwidth!.Value, 50_000, 2_000_000));
        var times = new List<string>();
        foreach (var rendition in found)
        {
            var made = source.Segments.Where(s => s.Rendition == rendition.Name).ToList();
            Assert.Equal(Enumerable.Range(0, made.Count), made.Select(static s => (int)s.Sequence));
            Assert.All(made, static s => Assert.True(s.Media.StartsWithKeyframe));
            Assert.All(made, s => Assert.Equal(show.Segment(0).Media.Container, s.Media.Container));
            Assert.All(made, s => Assert.InRange(s.Media.Duration!.Value.TotalSeconds, seconds - 0.05, seconds + 0.05));
            Assert.InRange(Seconds(source, rendition.Name), 7.9, 8.1);
            times.Add(await KeyframesAsync(made));
        }
        Assert.Single(times.Distinct());
        Assert.Equal(8 / seconds, times[0].Split('\n').Length);
        Assert.Equal("", source.Events.OfType<SourceAdvice>().FirstOrDefault()?.Text ?? "");
    }

    [Theory]
    [InlineData("-bf 3 -g 37 -c:a mp2", "mpegts")]
    [InlineData("-bf 3 -g 37 -c:a aac", "fmp4")]
    [InlineData("-bf 0 -r 30000/1001 -g 30 -an", "mpegts")]
    [InlineData("-bf 2 -x264opts rc-lookahead=5 -g 250 -force_key_frames 0.9,1.5,3.1,3.3,5,6.2 -c:a aac", "mpegts")]
    public async Task Keyframes_at_odd_times_B_frames_and_other_sound_are_kept_to(string options, string type)
    {
        await Ffmpeg.RunAsync(
            Folder.Path,
            $"-f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i sine=440:r=48000 -t 8 -c:v libx264 -pix_fmt yuv420p {options} -f hls -hls_time 0.5 -hls_list_size 0 -hls_segment_type {type} in.m3u8".Split(
                ' '
            )
        );
        var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(Folder["in.m3u8"])).Media!;
        var init = playlist.Segments[0].Map is { } map ? await File.ReadAllBytesAsync(Folder[map.Uri]) : null;
        await using var source = Start("source 72p 64p");
        Inner.Tell(Found());
        foreach (var (segment, i) in playlist.Segments.Select(static (s, i) => (s, i)))
        {
            var bytes = await File.ReadAllBytesAsync(Folder[segment.Uri]);
            ReadOnlyMemory<byte>? section = init is null ? default(ReadOnlyMemory<byte>?) : init;
            Inner.Tell(
                new SegmentArrived
                {
                    Rendition = "in",
                    Run = 0,
                    Sequence = i,
                    Discontinuity = false,
                    DeclaredDuration = segment.Duration,
                    Data = bytes,
                    InitializationSection = section,
                    Media = MediaInspector.Inspect(bytes, section),
                }
            );
        }
        Inner.Tell(new SourceAway("over"));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        var all = new List<string>();
        foreach (var rendition in (string[])["source", "72p", "64p"])
        {
            var made = source.Segments.Where(s => s.Rendition == rendition).ToList();
            Assert.All(made, static s => Assert.True(s.Media.StartsWithKeyframe));
            Assert.Equal(options.Contains("-an", StringComparison.Ordinal) ? 1 : 2, made[0].Media.Tracks.Count);
            Assert.All(made, static s => Assert.NotNull(s.Media.Codecs));
            Assert.InRange(Seconds(source, rendition), 7.9, 8.1);
            var starts = string.Join(' ', made.Select(static s => Math.Round(s.Media.FirstTimestamp!.Value.TotalMilliseconds)));
            all.Add($"{starts}\n{await KeyframesAsync(made)}");
        }
        Assert.Equal(all[0], all[1]);
        Assert.Equal(all[0], all[2]);
    }

    [Fact]
    public async Task An_ffmpeg_that_dies_is_replaced_and_little_is_lost()
    {
        var show = await Show.GetAsync(Show.Plain);
        await using var source = Start("source 72p 64p");
        Inner.Tell(Found());
        Bring(show, 0, 5);
        await source.UntilSequenceAsync(0, 2, "72p");
        using (var ffmpeg = Process.GetProcessById(ProcessId(source)))
            ffmpeg.Kill();
        Bring(show, 5, 10);
        Inner.Tell(new SourceAway("over"));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        Assert.Contains(source.Logged, static l => l.Contains("ffmpeg ended with", StringComparison.Ordinal));
        foreach (var name in (string[])["source", "72p", "64p"])
        {
            Assert.True(
                Assert.Single(source.Segments, s => s.Rendition == name && s.Discontinuity) is { Run: 1, Sequence: 0 },
                source.Story(name)
            );
            // Ten seconds came in; what was in nothing that was told is made again, and nothing twice.
            Assert.InRange(Seconds(source, name), 8.9, 10.1);
        }
    }

    [Fact]
    public async Task A_source_that_starts_again_is_one_discontinuity_in_every_rendition()
    {
        var show = await Show.GetAsync(Show.Fragments);
        await using var source = Start("source 72p");
        Inner.Tell(Found());
        Bring(show, 0, 4);
        Bring(show, 4, 8, run: 1, discontinuity: true);
        Inner.Tell(new SourceAway("over"), new SourceBack());
        Bring(show, 8, 11, run: 1);
        Inner.Tell(new SourceAway("over"));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Count() == 2);
        foreach (var name in (string[])["source", "72p"])
            Assert.Equal("0:0 0:1 0:2 0:3 1:0! 1:1 1:2 1:3 away back 2:0! 2:1 2:2 away", source.Story(name));
    }

    [Fact]
    public async Task What_the_source_missed_is_missing_in_every_rendition()
    {
        var show = await Show.GetAsync(Show.Plain);
        await using var source = Start("source 72p");
        Inner.Tell(Found());
        Bring(show, 0, 3);
        Inner.Tell(new SegmentMissed("in", 0, 3, false, TimeSpan.FromSeconds(1), "lost"));
        Bring(show, 4, 7);
        Inner.Tell(new SourceAway("over"));
        await source.UntilAsync(static s => s.Events.OfType<SourceAway>().Any());
        foreach (var name in (string[])["source", "72p"])
            Assert.Equal("0:0 0:1 0:2 -0:3 1:0! 1:1 1:2 away", source.Story(name));
    }

    [Fact]
    public async Task The_best_of_several_that_come_in_is_used_and_the_operator_told()
    {
        var show = await Show.GetAsync(Show.Plain);
        var larger = await Show.GetAsync(Show.Larger);
        await using var source = Start("source 72p 480p");
        Inner.Tell(Found(Made.Rendition("small", 1, 100_000), Made.Rendition("in", 1, 200_000)));
        for (var i = 0; i < 4; i++)
            Inner.Tell(show.Segment(i, "small"), larger.Segment(i, "in"));
        Inner.Tell(new SourceAdvice("from within"), new SourceAway("over"));
        await source.UntilAsync(static s =>
            s.Events.OfType<SourceAway>().Any()
            && s.Events.OfType<SourceAdvice>().LastOrDefault()?.Text?.Contains("within") == true
        );
        Assert.All(
            source.Segments.Where(static s => s.Rendition == "source"),
            static s => Assert.Equal(192, s.Media.Leading!.Width)
        );
        var advice = source.Events.OfType<SourceAdvice>().Last().Text!;
        Assert.Contains("480p is left out, since what comes in has only 192x108", advice, StringComparison.Ordinal);
        Assert.Contains("of the 2 renditions that come in only in is used", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ffmpeg_what_comes_in_goes_on_as_it_is()
    {
        var show = await Show.GetAsync(Show.Plain);
        await using var source = Start("720p 64p", program: Folder["no-such-ffmpeg"]);
        Inner.Tell(Found());
        Bring(show, 0, 3);
        Bring(show, 3, 6, run: 1, discontinuity: true);
        await source.UntilSegmentsAsync(6);
        Assert.Equal("0:0 0:1 0:2 1:3! 1:4 1:5", source.Story("in"));
        Assert.Equal(show.Bytes[0], source.Segments.First().Data.ToArray());
        Assert.Contains("Install it", source.Events.OfType<SourceAdvice>().First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ffmpeg_that_never_makes_anything_is_left_be_and_nothing_is_lost()
    {
        var show = await Show.GetAsync(Show.Plain);
        var broken = Script("echo no encoder here >&2; exit 3");
        await using var source = FollowedSource.StartFast(Make("64p", 1, broken));
        Inner.Tell(Found());
        Bring(show, 0, 5);
        await source.UntilSegmentsAsync(5);
        Assert.Equal("0 1 2 3 4", string.Join(' ', source.Segments.Select(static s => s.Sequence)));
        Assert.Single(source.Segments.Select(static s => s.Run).Distinct());
        await source.UntilAsync(static s =>
            s.Events.OfType<SourceAdvice>().Any(static a => a.Text?.Contains("no encoder here", StringComparison.Ordinal) == true)
        );
    }

    [Fact]
    public async Task A_machine_that_is_too_slow_drops_media_and_says_so()
    {
        var show = await Show.GetAsync(Show.Plain);
        await using var source = FollowedSource.StartFast(Make("72p 64p", 1, Script("exec sleep 1000")));
        Inner.Tell(Found());
        for (var i = 0; i < 60; i++)
            Bring(show, i % 20, i % 20 + 1);
        await source.UntilAsync(static s => s.Events.OfType<SourceAdvice>().Any());
        Assert.Contains(
            "this machine cannot encode 2 renditions in real time",
            source.Events.OfType<SourceAdvice>().First().Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task No_ffmpeg_and_no_file_outlives_the_source()
    {
        var show = await Show.GetAsync(Show.Plain);
        int process;
        await using (var source = Start("72p"))
        {
            Inner.Tell(Found());
            Bring(show, 0, 4);
            await source.UntilSegmentsAsync(2);
            process = ProcessId(source);
            Assert.True(Directory.Exists($"/proc/{process}"));
        }
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.False(Directory.Exists(Folder["ladder"]));
    }

    private string Script(string text)
    {
        var path = Folder.Write("ffmpeg.sh", $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The keyframes' presentation times as ffprobe sees them, in milliseconds.</summary>
    private async Task<string> KeyframesAsync(IReadOnlyList<SegmentArrived> segments)
    {
        var path = Folder[$"{Guid.NewGuid():N}.bin"];
        await using (var file = File.Create(path))
        {
            if (segments[0].InitializationSection is { } init)
                await file.WriteAsync(init);
            foreach (var segment in segments)
                await file.WriteAsync(segment.Data);
        }
        var text = await Ffmpeg.ProbeAsync(
            Folder.Path,
            ["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", path]
        );
        return string.Join(
            '\n',
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static l => l.Contains('K', StringComparison.Ordinal))
                .Select(static l => Math.Round(double.Parse(l.Split(',')[0], CultureInfo.InvariantCulture) * 1000))
        );
    }
}
