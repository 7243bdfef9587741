using System.Globalization;
using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;
using Spillway.Tests;

namespace Spillway.Bench.Playlist;

/// <summary>
/// Playlists from the origin under load: the published binary, and nginx with the same bytes as a static file, in turns in one run, with
/// 256 connections of wrk on the same machine.
/// </summary>
internal static class PlaylistBenchmark
{
    private const double Wanted = 0.9;
    private static readonly TimeSpan s_show = TimeSpan.FromSeconds(60);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int rounds, TimeSpan length, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "hls"));
        await MakeShowAsync(folder, cancellationToken);
        await using var encoder = SendShow(folder);
        var (spillway, origin) = Serve(folder);
        await using var server = spillway;
        await UntilOnAirAsync(origin, spillway, cancellationToken);
        foreach (var (name, path) in Paths)
            await CopyAsync(new Uri(origin, path), Path.Combine(files, name), cancellationToken);
        await using var plain = await StaticNginx.StartAsync(folder, keepsOpen: false);
        await using var open = await StaticNginx.StartAsync(
            Directory.CreateDirectory(Path.Combine(folder, "open")).FullName,
            keepsOpen: true
        );
        foreach (var (name, _) in Paths)
        {
            Directory.CreateDirectory(Path.Combine(folder, "open", "files"));
            File.Copy(Path.Combine(files, name), Path.Combine(folder, "open", "files", name));
        }

        var rows = new List<PlaylistRow>();
        foreach (var (name, path) in Paths)
        {
            var size = new FileInfo(Path.Combine(files, name)).Length;
            PlaylistRow[] servers =
            [
                new("Spillway", name, size, new Uri(origin, path)),
                new("nginx, static file", name, size, new Uri($"http://127.0.0.1:{plain.Port}/{name}")),
                new("nginx, static file kept open", name, size, new Uri($"http://127.0.0.1:{open.Port}/{name}")),
            ];
            Console.WriteLine($"{name}, {size} bytes: {rounds} rounds of {length.TotalSeconds:0} s each ...");
            foreach (var row in servers)
                await Wrk.RunAsync(row.Address, TimeSpan.FromSeconds(3));
            for (var round = 0; round < rounds; round++)
            {
                foreach (var row in servers)
                    row.Runs.Add((await Wrk.RunAsync(row.Address, length)).RequestsPerSecond);
            }
            rows.AddRange(servers);
        }
        BenchReport.Save(
            "playlist",
            "playlist",
            machine,
            Table(rows),
            new
            {
                connections = Wrk.Connections,
                secondsEach = length.TotalSeconds,
                rows = rows.Select(static row => new
                {
                    row.Server,
                    row.Playlist,
                    bytes = row.Size,
                    requestsPerSecond = row.Runs,
                }),
            },
            BenchVersions.Nginx
        );
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Wanted: at least {Wanted:0.0} of nginx serving a static file.")
        );
        return 0;
    }

    /// <summary>The one lasting address, and what players would poll if they were sent to the origin.</summary>
    private static (string Name, string Path)[] Paths =>
        [("multivariant.m3u8", "live/playlist.m3u8"), ("media.m3u8", "live/main/playlist.m3u8")];

    private static IEnumerable<string> Table(List<PlaylistRow> rows)
    {
        yield return "| playlist | bytes | server | requests a second, median | least | most | Spillway's ratio to it |";
        yield return "|---|---:|---|---:|---:|---:|---:|";
        foreach (var row in rows)
        {
            var own = rows.First(other => other.Playlist == row.Playlist);
            // Of each round, since what else runs on the machine changes from one to the next.
            var ratios = own.Runs.Zip(row.Runs, static (ours, theirs) => ours / theirs).Order().ToList();
            var ratio = own == row ? "" : ratios[ratios.Count / 2].ToString("0.00", CultureInfo.InvariantCulture);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Playlist} | {row.Size} | {row.Server} | {row.Median:0} | {row.Runs.Min():0} | {row.Runs.Max():0} | {ratio} |"
            );
        }
    }

    private static Task MakeShowAsync(string folder, CancellationToken cancellationToken) =>
        Ffmpeg.RunAsync(
            folder,
            [
                .. (string[])["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25"],
                .. (string[])["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"],
                .. (string[])["-t", $"{s_show.TotalSeconds:0}", "-c:v", "libx264", "-preset", "ultrafast"],
                .. (string[])["-pix_fmt", "yuv420p", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-b:v", "200k"],
                .. (string[])["-c:a", "aac", "-b:a", "32k", "show.ts"],
            ],
            cancellationToken
        );

    /// <summary>Encoded before, so that it takes next to nothing of the machine.</summary>
    private static ChildProcess SendShow(string folder) =>
        ChildProcess.Start(
            "ffmpeg",
            [
                .. (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", "show.ts"],
                .. (string[])["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "10"],
                .. (string[])["-hls_flags", "delete_segments+omit_endlist+temp_file", "hls/stream.m3u8"],
            ],
            folder
        );

    private static (ChildProcess Process, Uri Origin) Serve(string folder)
    {
        var port = FreePort.Next();
        string[] ports = ["--port", $"{port}", "--edge-port", $"{FreePort.Next()}"];
        string[] arguments = ["serve", "--source", Path.Combine(folder, "hls"), .. ports, "--data", Path.Combine(folder, "data")];
        return (ChildProcess.Start(Repository.Binary, arguments, folder), new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>And the window is as long as it will be.</summary>
    private static async Task UntilOnAirAsync(Uri origin, ChildProcess spillway, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var i = 0; i < 600; i++)
        {
            if (spillway.HasExited)
                throw new InvalidOperationException($"Spillway ended. It wrote:\n{spillway.Output}");
            try
            {
                var health = JsonNode.Parse(await http.GetStringAsync(new Uri(origin, "health"), cancellationToken));
                if (health?["manifestChunks"]?.GetValue<int>() >= 12)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet, or degraded.
            }
            await Task.Delay(100, cancellationToken);
        }
        throw new InvalidOperationException($"Nothing was on air within 60 s. Spillway wrote:\n{spillway.Output}");
    }

    private static async Task CopyAsync(Uri from, string to, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await File.WriteAllBytesAsync(to, await http.GetByteArrayAsync(from, cancellationToken), cancellationToken);
    }
}

/// <param name="Server">Which.</param>
/// <param name="Playlist">Which.</param>
/// <param name="Size">Of the body, bytes.</param>
/// <param name="Address">Where.</param>
internal sealed record PlaylistRow(string Server, string Playlist, long Size, Uri Address)
{
    /// <summary>Requests a second of each round.</summary>
    public List<double> Runs { get; } = [];

    public double Median => Runs.Order().ElementAt(Runs.Count / 2);
}
