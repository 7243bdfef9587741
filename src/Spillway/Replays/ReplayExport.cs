using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
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
        if (stretches.Count == 0)
            throw new ReplayException($"{entry.Broadcast} holds nothing but gaps: there is nothing to export.");

        // Whoever sees the file under its name sees all of it.
        var partial = Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(path)}.partial{Path.GetExtension(path)}");
        await using var server = await ServeAsync(stretches, cancellationToken);
        try
        {
            var list = $"{server.Address}/list.txt";
            var isMp4 = Path.GetExtension(path).ToLowerInvariant() is ".mp4" or ".m4v" or ".mov";
            string[] arguments =
            [
                .. (string[])["-f", "concat", "-safe", "0", "-protocol_whitelist", "http,tcp", "-i", list],
                .. (string[])["-map", "0:v?", "-map", "0:a?", "-c", "copy"],
                .. isMp4 ? (string[])["-movflags", "+faststart"] : [],
                partial,
            ];
            var result = await tool.EncodeAsync(folder, arguments, cancellationToken);
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

    /// <summary>The rendition with the most bits, all parts of it.</summary>
    private async Task<IReadOnlyList<Stretch>> ReadAsync(ReplayEntry entry, CancellationToken cancellationToken)
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
        return stretches;

        static string Folder(string key) => key[..key.LastIndexOf('/')];
    }

    private async Task<StretchServer> ServeAsync(IReadOnlyList<Stretch> stretches, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var server = new StretchServer(app);
        app.Run(context => server.SendAsync(context, bucket, stretches));
        await app.StartAsync(cancellationToken);
        return server;
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

    /// <summary>Segments that follow one another without a break.</summary>
    private sealed class Stretch(string folder, string? map)
    {
        private readonly List<string> _keys = map is null ? [] : [StreamKeys.Resolve(folder, map)];

        public string? Map => map;
        public IReadOnlyList<string> Keys => _keys;
        public TimeSpan Duration { get; private set; }

        public void Add(MediaSegment segment)
        {
            _keys.Add(StreamKeys.Resolve(folder, segment.Uri));
            Duration += segment.Duration;
        }
    }

    /// <summary>Gives ffmpeg the stretches, on loopback and for as long as the export runs.</summary>
    private sealed class StretchServer(WebApplication app) : IAsyncDisposable
    {
        private Exception? _failure;

        /// <summary>Why a stretch could not be given; null when all went well.</summary>
        public Exception? Failure => Volatile.Read(ref _failure);

        public string Address =>
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public async Task SendAsync(HttpContext context, ReplayBucket bucket, IReadOnlyList<Stretch> stretches)
        {
            var name = context.Request.Path.Value!.TrimStart('/').Split('.')[0];
            if (name == "list")
            {
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(List(stretches)));
                return;
            }
            if (!int.TryParse(name, CultureInfo.InvariantCulture, out var index) || index < 0 || index >= stretches.Count)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            try
            {
                foreach (var key in stretches[index].Keys)
                    await context.Response.Body.WriteAsync(
                        await bucket.ReadAsync(key, context.RequestAborted),
                        context.RequestAborted
                    );
            }
            catch (Exception exception) when (exception is ReplayException or Storage.ObjectStoreException)
            {
                // ffmpeg would take what it got for the whole.
                Interlocked.CompareExchange(ref _failure, exception, null);
                context.Abort();
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // ffmpeg has closed the connection.
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private string List(IReadOnlyList<Stretch> stretches)
        {
            var text = new StringBuilder("ffconcat version 1.0\n");
            for (var i = 0; i < stretches.Count; i++)
            {
                var extension = stretches[i].Map is null ? "ts" : "mp4";
                text.Append(CultureInfo.InvariantCulture, $"file {Address}/{i}.{extension}\n");
                text.Append(CultureInfo.InvariantCulture, $"duration {stretches[i].Duration.TotalSeconds:0.000000}\n");
            }
            return text.ToString();
        }
    }
}

/// <param name="Expected">Seconds of media that the replay lists, without its gaps.</param>
/// <param name="Measured">Seconds that the file has; null when that could not be measured.</param>
/// <param name="Skipped">Seconds of gaps that were left out.</param>
/// <param name="Stretches">Pieces that were joined.</param>
/// <param name="Bytes">Of the file.</param>
internal sealed record ReplayExported(double Expected, double? Measured, double Skipped, int Stretches, long Bytes);
