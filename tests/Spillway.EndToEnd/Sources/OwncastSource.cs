using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Sources;

/// <summary>
/// A live source as Owncast makes it: ffmpeg sends two renditions of MPEG-TS segments by PUT to a receiver, which writes them
/// in place into <c>data/hls/{0,1}</c>. A new start empties the folder, takes new names and counts from 0.
/// </summary>
internal sealed class OwncastSource : IAsyncDisposable
{
    private const int Rate = 25;

    private readonly string _root;
    private readonly int _port;
    private readonly WebApplication _receiver;

    private ChildProcess? _ffmpeg;

    private OwncastSource(string root, int port, WebApplication receiver) => (_root, _port, _receiver) = (root, port, receiver);

    /// <summary>What is given to Spillway as its source.</summary>
    public string Folder => Path.Combine(_root, "data", "hls");

    public string Log => _ffmpeg?.Output ?? "";

    /// <summary>Of this rendition nothing is written any more: it has died, and its playlist stands still.</summary>
    public string? Dead { get; set; }

    /// <summary>Seconds.</summary>
    public int SegmentSeconds { get; init; } = 2;

    /// <summary>Ready to go on air; nothing is written yet, not even the folder.</summary>
    /// <param name="root">A folder of its own.</param>
    /// <param name="segmentSeconds">Length of its segments.</param>
    public static async Task<OwncastSource> CreateAsync(string root, int segmentSeconds = 2)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var source = new OwncastSource(root, port, app) { SegmentSeconds = segmentSeconds };
        app.Run(source.ReceiveAsync);
        await app.StartAsync();
        return source;
    }

    /// <summary>On air, with new names and numbers from 0, and the folder emptied as Owncast does.</summary>
    public void Start()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        foreach (var rendition in (string[])["0", "1"])
            Directory.CreateDirectory(Path.Combine(Folder, rendition));
        Directory.CreateDirectory(_root);
        _ffmpeg = ChildProcess.Start("ffmpeg", Arguments($"{Random.Shared.Next():x8}"), _root);
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

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _receiver.StopAsync(soon.Token);
        await _receiver.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var name = context.Request.Path.Value!.TrimStart('/');
        if (context.Request.Method != HttpMethods.Put || name.Contains("..", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        if (Dead is { } dead && name.StartsWith($"{dead}/", StringComparison.Ordinal))
        {
            await context.Request.Body.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }
        try
        {
            // ffmpeg closes the connection without waiting for an answer: what it sent counts, so no RequestAborted here.
            await using var file = new FileStream(
                Path.Combine(Folder, name),
                FileMode.Create,
                FileAccess.Write,
                FileShare.ReadWrite,
                0
            );
            await context.Request.Body.CopyToAsync(file, CancellationToken.None);
        }
        catch (IOException)
        {
            // ffmpeg was killed in the middle: the file stays cut, as with Owncast.
            context.Abort();
        }
    }

    private List<string> Arguments(string id)
    {
        var keyframes = $"{SegmentSeconds * Rate}";
        var address = $"http://127.0.0.1:{_port}";
        List<string> arguments = ["-hide_banner", "-loglevel", "warning", "-nostats", "-nostdin"];
        arguments.AddRange(["-re", "-f", "lavfi", "-i", $"testsrc2=size=320x180:rate={Rate}"]);
        arguments.AddRange(["-re", "-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000"]);
        arguments.AddRange(["-filter_complex", "[0:v]split=2[large][s];[s]scale=160:90[small]"]);
        arguments.AddRange(["-map", "[large]", "-map", "[small]", "-map", "1:a", "-map", "1:a"]);
        arguments.AddRange(["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"]);
        arguments.AddRange(["-g", keyframes, "-keyint_min", keyframes, "-sc_threshold", "0"]);
        arguments.AddRange(["-b:v:0", "300k", "-maxrate:v:0", "330k", "-bufsize:v:0", "300k"]);
        arguments.AddRange(["-b:v:1", "100k", "-maxrate:v:1", "110k", "-bufsize:v:1", "100k"]);
        arguments.AddRange(["-c:a", "aac", "-b:a", "32k", "-ac", "1"]);
        arguments.AddRange(["-f", "hls", "-hls_time", $"{SegmentSeconds}", "-hls_list_size", "10"]);
        arguments.AddRange(["-hls_flags", "program_date_time+independent_segments+omit_endlist"]);
        arguments.AddRange(["-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "stream.m3u8"]);
        arguments.AddRange([
            "-method",
            "PUT",
            "-hls_segment_filename",
            $"{address}/%v/stream-{id}-%d.ts",
            $"{address}/%v/stream.m3u8",
        ]);
        return arguments;
    }
}
