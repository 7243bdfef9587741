using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Media;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Timeline;

namespace Spillway.Tests.Slate;

/// <summary>Where slates are made in tests: a data folder, a real store behind a line that can be bad, and the installed ffmpeg.</summary>
internal sealed class SlateWorkshop : IDisposable
{
    public const string Stream = "live";

    private readonly string _root = Directory.CreateTempSubdirectory("spillway-slate-").FullName;
    private readonly EmbeddedObjectStore _store;
    private readonly SegmentUploader _uploader;

    public SlateWorkshop()
    {
        Data = Path.Combine(_root, "data");
        _store = new EmbeddedObjectStore(Path.Combine(_root, "store"), TimeProvider.System);
        Line = new FaultyStore(_store, static () => TimeSpan.Zero);
        _uploader = new SegmentUploader(
            "live",
            Line,
            new Spool(ByteSize.OfMegabytes(64), default, null, TimeProvider.System, NullLogger.Instance),
            TimeProvider.System,
            NullLogger.Instance
        );
    }

    public string Data { get; }
    public FaultyStore Line { get; }

    public FfmpegTool Tool { get; set; } = FfmpegTool.Installed;

    /// <summary>A file of the operator's.</summary>
    public string File(string name) => Path.Combine(_root, name);

    public async Task<SlateResult> MakeAsync(
        IReadOnlyList<SlateFormat> formats,
        string setting = "",
        string title = "A show",
        double segment = 1,
        int target = 2
    )
    {
        // As after a restart: nothing is remembered but what is on disk.
        using var maker = new SlateMaker(Data, Tool, NullLogger<SlateMaker>.Instance);
        return await maker.PrepareAsync(
            new SlateRequest(Stream, setting, title, formats, TimeSpan.FromSeconds(segment), target),
            Line,
            _uploader,
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>The bytes a playlist of the rendition would name, behind their initialization section.</summary>
    public async Task<byte[]> BytesAsync(string rendition, SlateSegment segment)
    {
        var bytes = (await _store.FindAsync(Key(rendition, segment.Uri))).Body;
        return segment.InitializationSection is { } init
            ? [.. (await _store.FindAsync(Key(rendition, init))).Body.Span, .. bytes.Span]
            : bytes.ToArray();
    }

    /// <summary>All of a rendition as one file, for ffprobe; its path.</summary>
    public async Task<string> JoinAsync(SlateResult slate, string rendition = "0")
    {
        var path = File($"joined-{Guid.NewGuid():N}");
        var segments = slate.Segments![rendition];
        await using var file = System.IO.File.Create(path);
        if (segments[0].InitializationSection is { } init)
            await file.WriteAsync((await _store.FindAsync(Key(rendition, init))).Body);
        foreach (var segment in segments)
            await file.WriteAsync((await _store.FindAsync(Key(rendition, segment.Uri))).Body);
        return path;
    }

    /// <summary>A show's first segment, made by ffmpeg, as a slate must imitate it.</summary>
    public async Task<SlateFormat> FormatAsync(string rendition, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(File($"show-{Guid.NewGuid():N}")).FullName;
        await Ffmpeg.RunAsync(folder, [.. arguments, "-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "s.m3u8"]);
        var init = System.IO.File.Exists(Path.Combine(folder, "init.mp4"))
            ? await System.IO.File.ReadAllBytesAsync(Path.Combine(folder, "init.mp4"))
            : null;
        var first = Directory.GetFiles(folder, "s0.*").Single();
        var media = MediaInspector.Inspect(await System.IO.File.ReadAllBytesAsync(first), init);
        var (format, problem) = SlateFormat.Of(rendition, media, averageBandwidth: 600_000);
        Assert.Null(problem);
        return format!;
    }

    public void Dispose()
    {
        _uploader.Dispose();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static string Key(string rendition, string uri) =>
        Spillway.Playlists.StreamKeys.Resolve($"{Stream}/20261122T190501Z-7f3a/{rendition}", uri);
}
