using System.Text.Json;
using Spillway.Configuration;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Watch;

public sealed class WatchCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Our_own_server_breaks_no_rule()
    {
        await using var server = await RunningServer.StartAsync();
        var show = await Show.GetAsync(Show.Plain);
        using var stop = new CancellationTokenSource();
        var playing = PlayAsync(server, show, stop.Token);
        await Until.TrueAsync(() => server.Stream.OnAir is not null, () => $"it is on air: {server.Stream.Status}");

        var exit = await RunAsync(
            $"watch http://127.0.0.1:{server.EdgePort}/live/playlist.m3u8 --minutes 0.1 --origin https://p.example --json"
        );

        await stop.CancelAsync();
        await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var last = JsonDocument.Parse(lines[^1]);
        var summary = last.RootElement.GetProperty("summary");
        Assert.True(exit == 0, _output.ToString());
        Assert.Equal(0, summary.GetProperty("errors").GetInt64());
        Assert.InRange(summary.GetProperty("segments").GetInt64(), 4, 20);
        Assert.Equal("its time was up.", summary.GetProperty("end").GetString());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_breach()
    {
        Assert.Equal(1, await RunAsync("watch http://127.0.0.1:9/live.m3u8 --minutes 0.01"));
        Assert.Contains(
            "error   F2  there was never a media playlist: ConnectionError",
            _output.ToString(),
            StringComparison.Ordinal
        );
        Assert.Contains("CORS was not looked at", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watch", "")]
    [InlineData("watch /live.m3u8", "\"/live.m3u8\" is no http or https address of a playlist.")]
    [InlineData("watch ftp://a/b", "\"ftp://a/b\" is no http or https address of a playlist.")]
    [InlineData("watch http://a/b --minutes 0", "--minutes is \"0\": it must be a number above 0, at most 100000.")]
    [InlineData(
        "watch http://a/b --origin a",
        "--origin is \"a\": it must be scheme and host alone, such as https://tv.example.org."
    )]
    [InlineData("watch http://a/b --origin https://a/b", "--origin is \"https://a/b\": it must be scheme and host alone")]
    public async Task A_wrong_argument_is_named_with_what_would_be_right(string arguments, string said)
    {
        Assert.Equal(CommandLine.UsageExitCode, await RunAsync(arguments));
        Assert.Contains($"spillway: {said}", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>A segment a second, as the show has them.</summary>
    private static async Task PlayAsync(RunningServer server, Show show, CancellationToken cancellationToken)
    {
        for (var count = 6; count <= show.Bytes.Count; count++)
        {
            for (var i = count == 6 ? 0 : count - 1; i < count; i++)
                await File.WriteAllBytesAsync(Path.Combine(server.Source, $"s{i}.ts"), show.Bytes[i], cancellationToken);
            var first = count - 6;
            var list = string.Concat(Enumerable.Range(first, 6).Select(static i => $"#EXTINF:1.000,\ns{i}.ts\n"));
            var file = Path.Combine(server.Source, "stream.m3u8");
            await File.WriteAllTextAsync(
                $"{file}.new",
                $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{list}",
                cancellationToken
            );
            File.Move($"{file}.new", file, overwrite: true);
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private Task<int> RunAsync(string arguments)
    {
        var root = CommandLine.Build(
            static (_, _) => Task.FromResult(9),
            static (_, _) => Task.FromResult(9),
            static (_, _) => Task.FromResult(9)
        );
        return CommandLine.RunAsync(root, arguments.Split(' '), _output, _error, TestContext.Current.CancellationToken);
    }
}
