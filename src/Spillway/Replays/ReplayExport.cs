using System.Globalization;
using Spillway.Playlists;
using Spillway.Slate;

namespace Spillway.Replays;

/// <summary>
/// Makes one file of a replay, without encoding anything anew. What follows without a break is one <b>stretch</b>: its segments, put
/// together, are one stream of bytes. ffmpeg's concat demuxer reads one stretch after the other by HTTP from this process, which
/// reads the store, and moves the time stamps of each to where the one before ended. So gaps are left out, discontinuities are
/// no jump, and nothing is stored twice.
/// </summary>
internal sealed class ReplayExport(ReplayBucket bucket, FfmpegTool tool)
{
    /// <summary>Twelve hours of a fast stream from a far store.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <param name="entry">What to export.</param>
    /// <param name="file">To be made; must not exist yet. Its extension says what it will be.</param>
    /// <param name="cancellationToken">Stops, and leaves no file.</param>
    /// <exception cref="ReplayException">It cannot be done; with the reason.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<ReplayExported> RunAsync(ReplayEntry entry, string file, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file);
        var folder = Path.GetDirectoryName(path)!;
        if (File.Exists(path) || Directory.Exists(path))
            throw new ReplayException($"{file} is there already: choose another name, or remove it.");
        if (!Directory.Exists(folder))
            throw new ReplayException($"{file}: there is no folder {folder}.");
        if (Path.GetExtension(path).Length == 0)
            throw new ReplayException($"{file} has no extension, which says what it is to be: .mp4, .mkv or .ts.");
        var stretches = await ReadAsync(entry, cancellationToken);

        // Whoever sees the file under its name sees all of it.
        var partial = Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(path)}.partial{Path.GetExtension(path)}");
        await using var server = await StretchServer.StartAsync(bucket, stretches, cancellationToken);
        try
        {
            var isMp4 = Path.GetExtension(path).ToLowerInvariant() is ".mp4" or ".m4v" or ".mov";
            string[] arguments = [.. Joined(server), .. isMp4 ? (string[])["-movflags", "+faststart"] : [], partial];
            var result = await tool.EncodeAsync(folder, arguments, cancellationToken);
            ThrowUnlessDone(result, server, file);
            var measured = await MeasureAsync(folder, partial, cancellationToken);
            File.Move(partial, path);
            return new ReplayExported(
                stretches.Sum(static stretch => stretch.Duration.TotalSeconds),
                measured,
                entry.Gaps.Seconds,
                stretches.Count,
                new FileInfo(path).Length
            );
        }
        catch (IOException exception)
        {
            throw new ReplayException($"{file} cannot be written: {exception.Message}");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>
    /// The same as one MP4 in fragments, made while it is read: it needs no disk, begins at once, and can be played as far as it came.
    /// </summary>
    /// <param name="stretches">Of <see cref="ReadAsync"/>.</param>
    /// <param name="output">Where it goes; who takes it slowly slows all of it down.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ReplayException">It could not be done to its end; with the reason.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store refused or did not answer.</exception>
    public async Task WriteAsync(IReadOnlyList<Stretch> stretches, Stream output, CancellationToken cancellationToken)
    {
        await using var server = await StretchServer.StartAsync(bucket, stretches, cancellationToken);
        // Neither empty_moov nor delay_moov: with them ffmpeg does not take the ADTS headers of MPEG-TS off the sound, and gives up.
        string[] arguments =
        [
            .. Joined(server),
            .. (string[])["-movflags", "+frag_keyframe+default_base_moof", "-f", "mp4", "pipe:1"],
        ];
        var result = await tool.StreamAsync(Path.GetTempPath(), arguments, output, cancellationToken);
        ThrowUnlessDone(result, server, "the file");
    }

    private static string[] Joined(StretchServer server) =>
        [
            .. (string[])["-f", "concat", "-safe", "0", "-protocol_whitelist", "http,tcp", "-i", $"{server.Address}/list.txt"],
            .. (string[])["-map", "0:v?", "-map", "0:a?", "-c", "copy"],
        ];

    private static void ThrowUnlessDone(ToolResult result, StretchServer server, string file)
    {
        if (server.Failure is { } failure)
            throw failure;
        if (result.Outcome != ToolOutcome.Done)
            throw new ReplayException(
                result.Outcome switch
                {
                    ToolOutcome.Missing => "ffmpeg is not installed, or not in PATH: export needs it.",
                    ToolOutcome.TimedOut => $"ffmpeg took longer than {Patience.TotalHours} h and was ended.",
                    _ => $"ffmpeg could not write {file}: {result.Error}",
                }
            );
    }

    /// <summary>The rendition with the most bits, all parts of it.</summary>
    /// <exception cref="ReplayException">There is nothing in it; with the reason.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<IReadOnlyList<Stretch>> ReadAsync(ReplayEntry entry, CancellationToken cancellationToken)
    {
        var stretches = new List<Stretch>();
        foreach (var playlist in entry.Playlists)
        {
            var key = $"{bucket.Stream}/{playlist}";
            var top = PlaylistParser.Parse((await bucket.ReadAsync(key, cancellationToken)).Span).Multivariant;
            var best =
                top?.Variants.MaxBy(static variant => variant.Bandwidth)
                ?? throw new ReplayException($"{key} is no multivariant playlist: it is not what Spillway has written.");
            var mediaKey = StreamKeys.Resolve(Folder(key), best.Uri);
            var media =
                PlaylistParser.Parse((await bucket.ReadAsync(mediaKey, cancellationToken)).Span).Media
                ?? throw new ReplayException($"{mediaKey} is no media playlist: it is not what Spillway has written.");
            Stretch? open = null;
            foreach (var segment in media.Segments)
            {
                if (segment.Gap || segment.Discontinuity || open?.Map != segment.Map?.Uri)
                    open = null;
                if (segment.Gap)
                    continue;
                if (open is null)
                    stretches.Add(open = new Stretch(Folder(mediaKey), segment.Map?.Uri));
                open.Add(segment);
            }
        }
        if (stretches.Count == 0)
            throw new ReplayException($"{entry.Broadcast} holds nothing but gaps: there is nothing to export.");
        return stretches;

        static string Folder(string key) => key[..key.LastIndexOf('/')];
    }

    /// <summary>Seconds that the file says of itself; null where there is no ffprobe.</summary>
    private async Task<double?> MeasureAsync(string folder, string file, CancellationToken cancellationToken)
    {
        string[] arguments = ["-show_entries", "format=duration", "-of", "csv=p=0", file];
        var result = await tool.ProbeAsync(folder, arguments, cancellationToken);
        return
            result.Outcome == ToolOutcome.Done
            && double.TryParse(result.Output.Trim(), CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : null;
    }
}

/// <param name="Expected">Seconds of media that the replay lists, without its gaps.</param>
/// <param name="Measured">Seconds that the file has; null when that could not be measured.</param>
/// <param name="Skipped">Seconds of gaps that were left out.</param>
/// <param name="Stretches">Pieces that were joined.</param>
/// <param name="Bytes">Of the file.</param>
internal sealed record ReplayExported(double Expected, double? Measured, double Skipped, int Stretches, long Bytes);
