using System.Diagnostics;
using Spillway.Playlists;

namespace Spillway.Tests.Sources.Hls;

/// <summary>Segments made by ffmpeg, once; tests list them as they like.</summary>
public sealed class RecordedHls : IAsyncLifetime
{
    /// <summary>MPEG-TS, one second each.</summary>
    internal Recording First { get; private set; } = null!;

    /// <summary>The same with other pictures.</summary>
    internal Recording Second { get; private set; } = null!;

    /// <summary>fMP4, one second each.</summary>
    internal Recording FirstFragments { get; private set; } = null!;

    /// <summary>The same with other pictures of another size.</summary>
    internal Recording SecondFragments { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await RecordAsync("testsrc2=size=320x180:rate=25", "mpegts", 24);
        Second = await RecordAsync("testsrc=size=320x180:rate=25", "mpegts", 24);
        FirstFragments = await RecordAsync("testsrc2=size=320x180:rate=25", "fmp4", 8);
        SecondFragments = await RecordAsync("testsrc=size=192x108:rate=25", "fmp4", 8);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts ffmpeg with arguments separated by spaces.</summary>
    internal static Process Ffmpeg(string arguments, string folder)
    {
        var start = new ProcessStartInfo("ffmpeg", $"-nostdin -loglevel error {arguments}")
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    private static async Task<Recording> RecordAsync(string picture, string type, int seconds)
    {
        using var folder = new TestFolder();
        using var ffmpeg = Ffmpeg(
            $"-f lavfi -i {picture} -f lavfi -i sine=440:sample_rate=48000 -t {seconds} -map 0:v -map 1:a "
                + "-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -sc_threshold 0 -b:v 150k -pix_fmt yuv420p -c:a aac "
                + $"-f hls -hls_time 1 -hls_list_size 0 -hls_segment_type {type} stream.m3u8",
            folder.Path
        );
        var errors = await ffmpeg.StandardError.ReadToEndAsync();
        await ffmpeg.WaitForExitAsync();
        Assert.True(ffmpeg.ExitCode == 0, errors);
        var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(folder["stream.m3u8"])).Media!;
        return new Recording(
            [.. playlist.Segments.Select(s => File.ReadAllBytes(folder[s.Uri]))],
            playlist.Segments[0].Map is { } map ? await File.ReadAllBytesAsync(folder[map.Uri]) : null
        );
    }
}

internal sealed record Recording(IReadOnlyList<byte[]> Segments, byte[]? Init);
