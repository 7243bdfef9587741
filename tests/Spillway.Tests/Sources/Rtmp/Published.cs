using System.Diagnostics;
using System.Globalization;
using Spillway.Media;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What a cutter made of messages, and what ffmpeg says of it.</summary>
internal sealed class Published(IReadOnlyList<CutSegment> segments, SegmentCutter cutter)
{
    public IReadOnlyList<CutSegment> Segments => segments;

    public SegmentCutter Cutter => cutter;

    public static Published Of(IEnumerable<RtmpMedia> messages, double wished = 1)
    {
        var cutter = new SegmentCutter(TimeSpan.FromSeconds(wished));
        foreach (var message in messages)
            cutter.Add(message);
        if (cutter.Refusal is null)
            cutter.Flush();
        return new Published([.. cutter.Ready], cutter);
    }

    public MediaReport Inspect(int index) => MediaInspector.Inspect(segments[index].Data, segments[index].InitializationSection);

    /// <summary>The lines: segments that follow on each other, as many in each.</summary>
    public int[] Lines =>
        [
            .. segments.Aggregate(
                new List<int>(),
                static (lines, segment) =>
                {
                    if (segment.StartsLine)
                        lines.Add(0);
                    lines[^1]++;
                    return lines;
                }
            ),
        ];

    /// <summary>Each segment is read by the inspector without complaint, and the next of its line begins where it says that it ends.</summary>
    /// <param name="within">Seconds.</param>
    public void AssertWhole(double within = 0.00002)
    {
        TimeSpan? expected = null;
        for (var i = 0; i < segments.Count; i++)
        {
            var report = Inspect(i);
            Assert.Null(report.Problem);
            Assert.True(report.IsWhole);
            Assert.True(report.StartsWithKeyframe);
            if (!segments[i].StartsLine)
                Assert.Equal(expected!.Value.TotalSeconds, report.FirstTimestamp!.Value.TotalSeconds, within);
            Assert.Equal(segments[i].Duration.TotalSeconds, report.Duration!.Value.TotalSeconds, 0.00003 + within);
            expected = report.FirstTimestamp + report.Duration;
        }
    }

    /// <summary>Initialization section and segments of one line, as a player puts them together, decoded: every complaint is an error.</summary>
    public async Task AssertPlaysAsync(string folder, int line = 0)
    {
        var path = await WriteAsync(folder, line);
        var start = new ProcessStartInfo("ffmpeg", ["-v", "warning", "-i", path, "-f", "null", "-"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var complaints = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", complaints);
        Assert.Equal(0, process.ExitCode);
    }

    public async Task<string> WriteAsync(string folder, int line = 0)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():n}.mp4");
        var first = Lines.Take(line).Sum();
        await using var file = File.Create(path);
        await file.WriteAsync(segments[first].InitializationSection);
        foreach (var segment in segments.Skip(first).Take(Lines[line]))
            await file.WriteAsync(segment.Data);
        return path;
    }

    /// <summary>Of each frame its presentation time in seconds and the MD5 of its bytes, in order of presentation.</summary>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="path">A media file.</param>
    /// <param name="stream">0:v or 0:a.</param>
    /// <param name="decode">Hash the decoded picture rather than the coded one.</param>
    public static async Task<IReadOnlyList<(double Time, string Hash)>> FramesAsync(
        string folder,
        string path,
        string stream,
        bool decode = false
    )
    {
        var list = Path.Combine(folder, $"{Guid.NewGuid():n}.txt");
        string[] coding = decode ? ["-fps_mode", "passthrough"] : ["-c", "copy"];
        await Ffmpeg.RunAsync(folder, ["-copyts", "-i", path, "-map", stream, .. coding, "-f", "framemd5", list]);
        var unit = 1.0;
        var frames = new List<(double, string)>();
        foreach (var text in await File.ReadAllLinesAsync(list))
        {
            if (text.StartsWith("#tb 0: ", StringComparison.Ordinal))
            {
                var parts = text[7..].Split('/');
                unit = Number(parts[0]) / Number(parts[1]);
            }
            if (text is not ['#', ..] and not "")
                frames.Add((Number(text.Split(',')[2]) * unit, text.Split(',')[5].Trim()));
        }
        return [.. frames.OrderBy(static frame => frame.Item1)];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
