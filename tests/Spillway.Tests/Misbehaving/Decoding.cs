using System.Diagnostics;
using System.Globalization;
using Spillway.Media;

namespace Spillway.Tests.Misbehaving;

/// <summary>Decodes what was published between two breaks, as one stream.</summary>
internal static class Decoding
{
    /// <summary>More than a frame of 25 a second, or two of AAC at 48 kHz: something is missing.</summary>
    private const double MostPicture = 0.061;
    private const double MostSound = 0.061;

    /// <summary>Fails when a decoder complains, a frame is missing or comes twice, or time stamps do not go on.</summary>
    public static async Task CheckAsync(IReadOnlyList<(Footage Footage, int Index)> piece)
    {
        var what = string.Join(' ', piece.Select(static p => p.Footage.Labels[p.Index]));
        var file = Path.GetTempFileName();
        try
        {
            await using (var stream = File.Create(file))
            {
                if (piece[0].Footage.Init is { } init)
                    await stream.WriteAsync(init);
                foreach (var (footage, index) in piece)
                    await stream.WriteAsync(footage.Segments[index]);
            }
            var (frames, complaints) = await ProbeAsync(file);
            Assert.True(complaints.Length == 0, $"{what}: ffprobe says {complaints}");
            if (frames.TryGetValue("audio", out var sound))
                Check(what, "sound", sound, MostSound);
            if (!piece[0].Footage.HasPicture)
            {
                Assert.NotEmpty(sound!);
                return;
            }
            Check(what, "picture", frames["video"], MostPicture);
            var pictures = piece.Sum(static p =>
                MediaInspector.Inspect(p.Footage.Segments[p.Index], p.Footage.Init).Leading!.Samples
            );
            Assert.True(frames["video"].Count == pictures, $"{what}: {frames["video"].Count} pictures of {pictures}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Check(string what, string kind, List<double> times, double most)
    {
        for (var i = 1; i < times.Count; i++)
        {
            var step = times[i] - times[i - 1];
            Assert.True(step > 0 && step < most, $"{what}: {kind} goes from {times[i - 1]} to {times[i]} s");
        }
    }

    private static async Task<(Dictionary<string, List<double>> Frames, string Complaints)> ProbeAsync(string file)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                "ffprobe",
                ["-v", "error", "-threads", "1", "-show_entries", "frame=media_type,pts_time", "-of", "csv=p=0", file]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var frames = (await output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(','))
            .GroupBy(static fields => fields[0])
            .ToDictionary(
                static group => group.Key,
                static group => group.Select(static fields => double.Parse(fields[1], CultureInfo.InvariantCulture)).ToList()
            );
        return (frames, complaints.Trim());
    }
}
