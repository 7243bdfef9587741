using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Slate;

/// <summary>
/// Makes the slate of a broadcast: encoded once for its formats and kept in the data folder, stored once in the bucket. One at
/// a time for all streams, since it shares the machine with them.
/// </summary>
internal sealed partial class SlateMaker(string data, FfmpegTool tool, ILogger<SlateMaker> logger) : IDisposable
{
    /// <summary>Slates kept on disk; the oldest go first.</summary>
    private const int Kept = 24;

    private readonly string _folder = Path.Combine(Path.GetFullPath(data), "slates");
    private readonly SlateEncoder _encoder = new(tool);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Folders in the bucket that this process has stored, or has counted upon: a show may list them at any time.</summary>
    private readonly HashSet<string> _inUse = new(StringComparer.Ordinal);

    /// <summary>Returns when all segments of all renditions are stored, or with the reason why there are none.</summary>
    public async Task<SlateResult> PrepareAsync(
        SlateRequest request,
        IObjectStore store,
        SegmentUploader uploader,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (picture, problem) = await SlatePicture.FindAsync(request.Setting, request.Title, cancellationToken);
            if (picture is null)
                return new SlateResult(null, SlateProblems.OfFile(problem!));
            var hash = request.HashWith(picture);
            var kept = await SlateFolder.ReadAsync(Path.Combine(_folder, hash), cancellationToken);
            if (kept is null)
                (kept, problem) = await MakeAsync(request, picture, hash, cancellationToken);
            if (kept is null)
                return new SlateResult(null, problem);
            _inUse.Add(StreamKeys.SlateFolder(request.Stream, hash));
            return await StoreAsync(request, kept, hash, store, uploader, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SlateResult(null, SlateProblems.OfDisk(exception.Message.TrimEnd('.')));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Runs <paramref name="act"/> while no slate is being stored, and tells it which of a stream's are in use, by their hashes:
    /// what is stored already is not stored again, so that nothing may be deleted between the look and the use.
    /// </summary>
    public async Task WhileNoneIsStoredAsync(
        string stream,
        Func<Func<string, bool>, Task> act,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await act(hash => _inUse.Contains(StreamKeys.SlateFolder(stream, hash)));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<(SlateFolder? Folder, string? Problem)> MakeAsync(
        SlateRequest request,
        SlatePicture picture,
        string hash,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(_folder);
        RemoveOld();
        var clip = SlateClip.Picture;
        if (picture.Path is { } path)
        {
            (var found, var probe) = await SlateClip.ReadAsync(tool, _folder, path, cancellationToken);
            if (probe.Outcome is not (ToolOutcome.Done or ToolOutcome.Failed))
                return (null, SlateProblems.Of(probe, picture));
            if (found is not { HasPicture: true } and not { HasSound: true })
                return (null, SlateProblems.NoMedia(picture, probe.Error));
            clip = found;
            if (clip.Length > SlateTiming.Longest)
                Log.Cut(logger, request.Stream, path, clip.Length.Value.TotalSeconds, SlateTiming.Longest.TotalSeconds);
        }
        var timing = SlateTiming.For(request.FrameRates, request.SegmentDuration, request.TargetDuration, clip.Length);
        var making = Path.Combine(_folder, $"{hash}.new");
        try
        {
            var renditions = new Dictionary<string, IReadOnlyList<SlateFile>>(StringComparer.Ordinal);
            foreach (var format in request.Formats)
            {
                var folder = Path.Combine(making, format.Rendition);
                var (files, problem) = await _encoder.EncodeAsync(picture, clip, format, timing, folder, cancellationToken);
                if (files is null)
                    return (null, problem);
                renditions[format.Rendition] = files;
            }
            await SlateFolder.WriteAsync(making, renditions, cancellationToken);
            var final = Path.Combine(_folder, hash);
            if (Directory.Exists(final))
                Directory.Delete(final, recursive: true);
            Directory.Move(making, final);
            Log.Made(logger, request.Stream, timing.Segments, timing.Total.TotalSeconds);
            return (new SlateFolder(final, renditions), null);
        }
        finally
        {
            if (Directory.Exists(making))
                Directory.Delete(making, recursive: true);
        }
    }

    private static async Task<SlateResult> StoreAsync(
        SlateRequest request,
        SlateFolder slate,
        string hash,
        IObjectStore store,
        SegmentUploader uploader,
        CancellationToken cancellationToken
    )
    {
        var folder = StreamKeys.SlateFolder(request.Stream, hash);
        try
        {
            var stored = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var entry in store.ListAsync($"{folder}/", cancellationToken))
                stored.Add(entry.Key);
            // One after the other: the show's own segments need the line.
            foreach (var (rendition, name) in slate.Files)
            {
                var key = $"{folder}/{rendition}/{name}";
                if (stored.Contains(key))
                    continue;
                var bytes = await slate.BytesAsync(rendition, name, cancellationToken);
                var upload = await uploader.UploadAsync(
                    new Upload(key, bytes, StreamKeys.HeadersOf(name), request.SegmentDuration, UploadKind.Background),
                    cancellationToken
                );
                if (!upload.Stored)
                    return new SlateResult(null, SlateProblems.OfStore(request.Stream), MayPass: true);
            }
        }
        catch (ObjectStoreException exception)
        {
            return new SlateResult(null, $"{SlateProblems.OfStore(request.Stream)} {exception.Message}", MayPass: true);
        }
        return new SlateResult(
            slate.Renditions.ToDictionary(
                static pair => pair.Key,
                IReadOnlyList<SlateSegment> (pair) => [.. pair.Value.Select(file => Segment(hash, pair.Key, file))],
                StringComparer.Ordinal
            ),
            null
        );
    }

    private static SlateSegment Segment(string hash, string rendition, SlateFile file) =>
        new(
            StreamKeys.SlateUri(hash, rendition, file.Name),
            TimeSpan.FromMicroseconds(file.Microseconds),
            file.InitializationSection is { } section ? StreamKeys.SlateUri(hash, rendition, section) : null
        );

    private void RemoveOld()
    {
        var old = new DirectoryInfo(_folder)
            .GetDirectories()
            .OrderByDescending(static slate => slate.LastWriteTimeUtc)
            .Skip(Kept - 1);
        foreach (var slate in old)
            slate.Delete(recursive: true);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Stream}: the slate is made: {Segments} segments, {Seconds:0.0} s")]
        public static partial void Made(ILogger logger, string stream, int segments, double seconds);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "{Stream}: the slate {Path} lasts {Seconds:0} s; only its first {Shown:0} s are shown, again and again"
        )]
        public static partial void Cut(ILogger logger, string stream, string path, double seconds, double shown);
    }
}
