using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Sources;

/// <summary>ffmpeg as the encoder of one stream, with a small picture, by one of the ways in.</summary>
internal sealed class Encoder : IAsyncDisposable
{
    public const string Key = "a-key-for-tests-";

    private readonly string _folder;
    private readonly Func<string, string[]> _output;
    private ChildProcess? _ffmpeg;

    private Encoder(string folder, string source, Func<string, string[]> output) =>
        (_folder, Source, _output) = (folder, source, output);

    /// <summary>What the stream's settings say.</summary>
    public string Source { get; }

    public string Log => _ffmpeg?.Output ?? "";

    public bool IsRunning => _ffmpeg is { HasExited: false };

    /// <summary>Pictures: <c>320x180</c> at 25 a second unless set.</summary>
    public string Size { get; init; } = "320x180";
    public int Rate { get; init; } = 25;
    public string VideoBitRate { get; init; } = "200k";

    /// <summary>Seconds between keyframes, and of a segment where the encoder cuts them.</summary>
    public int SegmentSeconds { get; init; } = 2;

    /// <summary>Writes an HLS folder, which Spillway follows.</summary>
    public static Encoder OfFolder(
        string folder,
        string size = "320x180",
        int rate = 25,
        int seconds = 2,
        string bitRate = "200k"
    ) =>
        new(
            folder,
            Path.Combine(folder, "hls"),
            id =>
                [
                    .. (string[])["-f", "hls", "-hls_time", $"{seconds}", "-hls_list_size", "8"],
                    .. (string[])["-hls_flags", "delete_segments+omit_endlist"],
                    .. (string[])["-hls_segment_filename", Path.Combine(folder, "hls", $"{id}-%d.ts")],
                    Path.Combine(folder, "hls", "stream.m3u8"),
                ]
        )
        {
            Size = size,
            Rate = rate,
            SegmentSeconds = seconds,
            VideoBitRate = bitRate,
        };

    /// <summary>Sends HLS by PUT.</summary>
    public static Encoder OfPush(string folder, int port, string stream, string size = "320x180", int rate = 25) =>
        new(
            folder,
            "push",
            id =>
                [
                    .. (string[])["-f", "hls", "-hls_time", "2", "-hls_list_size", "8", "-hls_flags", "omit_endlist"],
                    .. (string[])["-method", "PUT", "-http_persistent", "1"],
                    .. (string[])["-headers", $"Authorization: Bearer {Key}{stream}\r\n"],
                    .. (string[])["-hls_segment_filename", $"http://127.0.0.1:{port}/ingest/{stream}/{id}-%d.ts"],
                    $"http://127.0.0.1:{port}/ingest/{stream}/stream.m3u8",
                ]
        )
        {
            Size = size,
            Rate = rate,
        };

    /// <summary>Publishes by RTMP, as OBS does.</summary>
    public static Encoder OfRtmp(string folder, int port, string stream, string size = "320x180", int rate = 25) =>
        new(folder, "rtmp", _ => ["-f", "flv", $"rtmp://127.0.0.1:{port}/live/{Key}{stream}"]) { Size = size, Rate = rate };

    /// <summary>The stream's settings.</summary>
    public JsonObject Settings(string stream) => new() { [nameof(Source)] = Source, ["Key"] = Key + stream };

    public void Start()
    {
        if (Path.IsPathRooted(Source))
            Directory.CreateDirectory(Source);
        Directory.CreateDirectory(_folder);
        _ffmpeg = ChildProcess.Start("ffmpeg", [.. Input(), .. _output($"{Random.Shared.Next():x8}")], _folder);
    }

    /// <summary>SIGKILL: what it was writing stays as it is.</summary>
    public async Task KillAsync()
    {
        if (_ffmpeg is null)
            return;
        _ffmpeg.Kill();
        await _ffmpeg.DisposeAsync();
        _ffmpeg = null;
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private string[] Input() =>
        [
            .. (string[])["-hide_banner", "-loglevel", "warning", "-nostats", "-nostdin"],
            .. (string[])["-re", "-f", "lavfi", "-i", $"testsrc2=size={Size}:rate={Rate}"],
            .. (string[])["-re", "-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000"],
            .. (string[])["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"],
            .. (string[])["-g", $"{SegmentSeconds * Rate}", "-keyint_min", $"{SegmentSeconds * Rate}", "-sc_threshold", "0"],
            .. (string[])["-b:v", VideoBitRate, "-maxrate", VideoBitRate, "-bufsize", VideoBitRate],
            .. (string[])["-c:a", "aac", "-b:a", "32k", "-ac", "1"],
        ];
}
