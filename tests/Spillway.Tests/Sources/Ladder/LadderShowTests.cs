using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Sources.Push;
using Spillway.Timeline;
using Spillway.Watch;

namespace Spillway.Tests.Sources.Ladder;

/// <summary>From a pushed rendition through ffmpeg and the whole server to what viewers get.</summary>
public sealed class LadderShowTests
{
    private const string Key = "a-key-of-the-operator";

    [Theory]
    [InlineData("")]
    [InlineData("-hls_segment_type fmp4")]
    public async Task A_ladder_is_published_by_the_rules_also_when_its_ffmpeg_dies(string options)
    {
        await using var server = await RunningServer.StartAsync(static o =>
            o.Streams["live"] = new StreamOptions
            {
                Source = StreamOptions.Push,
                Key = Key,
                Ladder = ["source", "72p", "64p"],
                SegmentDuration = 1,
            }
        );
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var poller = new PlaylistPoller(new Uri($"http://127.0.0.1:{server.EdgePort}/live/playlist.m3u8"), client);
        using var stop = new CancellationTokenSource();
        var polling = poller.RunAsync(stop.Token);
        using var encoder = RecordedHls.Ffmpeg(
            "-re -f lavfi -i testsrc2=size=160x90:rate=25 -re -f lavfi -i sine=440:sample_rate=48000 -c:v libx264 "
                + "-preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -keyint_min 25 -sc_threshold 0 -b:v 100k -c:a aac "
                + $"-b:a 32k -f hls -hls_time 1 -method PUT {options} http://127.0.0.1:{server.Port}/ingest/live/{Key}/stream.m3u8",
            Path.GetTempPath()
        );
        await PushHost.EndAfterAsync(
            encoder,
            async () =>
            {
                await ListedAsync(6);
                KillLadder(server);
                await ListedAsync(12);
            }
        );
        await stop.CancelAsync();
        await polling;
        poller.AssertClean();
        Assert.Equal(["source", "72p", "64p"], server.Stream.OnAir!.Renditions.Select(static r => r.Declared.Name));
        Assert.Equal(3, poller.Checker.Media.Count);

        Task ListedAsync(int segments) =>
            Until.TrueAsync(
                () => server.Stream.Status is { State: "live" } status && status.Renditions.All(r => r.Stored >= segments),
                () => $"{segments} segments are stored: {server.Stream.Status}"
            );
    }

    /// <summary>The one that runs in this server's folder.</summary>
    private static void KillLadder(RunningServer server)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), out var id)
                && WorksIn(folder)
                    ?.StartsWith(Path.Combine(Path.GetDirectoryName(server.Source)!, "data", "ladder"), StringComparison.Ordinal)
                    == true
            )
            {
                using var ffmpeg = System.Diagnostics.Process.GetProcessById(id);
                ffmpeg.Kill();
                return;
            }
        }
        Assert.Fail("there is no ffmpeg of this server's ladder");
    }

    /// <summary>Null for a process that is gone, or another user's.</summary>
    private static string? WorksIn(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
