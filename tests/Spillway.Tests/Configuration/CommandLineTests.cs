using Spillway.Checks;
using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly List<object> _ran = [];

    [Fact]
    public async Task Serve_takes_all_its_options()
    {
        var exit = await RunAsync(
            "serve --source http://a/b.m3u8 --stream main --title Main --port 3005 --edge-port 0 --data /var/x --config /etc/s.json"
        );
        Assert.Equal(7, exit);
        Assert.Equal(
            [
                "serve",
                new ServeSettings
                {
                    Source = "http://a/b.m3u8",
                    Stream = "main",
                    Title = "Main",
                    Port = 3005,
                    EdgePort = 0,
                    Data = "/var/x",
                    Config = "/etc/s.json",
                },
            ],
            _ran
        );
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("--port 3005", 3005)]
    [InlineData("--port=3005", 3005)]
    public async Task Without_a_command_it_serves(string arguments, int? port)
    {
        Assert.Equal(7, await RunAsync(arguments));
        Assert.Equal(["serve", new ServeSettings { Port = port }], _ran);
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("--fix", true, false)]
    [InlineData("--json --fix", true, true)]
    public async Task Check_takes_what_serve_takes_and_options_of_its_own(string own, bool fix, bool json)
    {
        Assert.Equal(7, await RunAsync($"check --source /hls --config x.json {own}"));
        Assert.Equal(["check", new CheckSettings(new ServeSettings { Source = "/hls", Config = "x.json" }, fix, json)], _ran);
    }

    [Fact]
    public async Task Demo_takes_its_own_options()
    {
        Assert.Equal(7, await RunAsync("demo --file a.mp4 --port 1 --edge-port 2 --data d"));
        Assert.Equal(["demo", new DemoSettings("a.mp4", 1, 2, "d")], _ran);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Version_is_one_line(string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));
        Assert.Equal($"spillway {CommandLine.Version}\n", _output.ToString());
        Assert.Matches(@"^\d+\.\d+\.\d+", CommandLine.Version);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_the_commands(string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));
        foreach (var command in (string[])["serve", "demo", "check", "version"])
            Assert.Contains($"  {command} ", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Help_of_serve_names_its_options()
    {
        Assert.Equal(0, await RunAsync("serve --help"));
        foreach (
            var option in (string[])
                [
                    "--source <SOURCE>",
                    "--stream <NAME>",
                    "--port <PORT>",
                    "--edge-port <PORT>",
                    "--data <FOLDER>",
                    "--config <FILE>",
                ]
        )
            Assert.Contains(option, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prot 3000", "spillway: --prot is not an option of serve. Did you mean --port?")]
    [InlineData("serve --quality 3000", "spillway: --quality is not an option of serve.")]
    [InlineData("demo --source x", "spillway: --source is not an option of demo.")]
    [InlineData("serv", "spillway: serv is not a command. Did you mean serve?")]
    [InlineData("http://a/b.m3u8", "spillway: http://a/b.m3u8 is not a command.")]
    [InlineData("serve http://a/b.m3u8", "spillway: http://a/b.m3u8 does not belong here.")]
    [InlineData("--port abc", "spillway: --port is \"abc\": it must be a whole number from 0 to 65535.")]
    [InlineData("--port 65536", "spillway: --port is \"65536\": it must be a whole number from 0 to 65535.")]
    [InlineData("--port -1", "spillway: --port is \"-1\": it must be a whole number from 0 to 65535.")]
    [InlineData("--port", "spillway: --port needs a value.")]
    [InlineData("--source /a --source /b", "spillway: --source is given twice: keep one.")]
    [InlineData("--source @secrets --prot", "spillway: --prot is not an option of serve. Did you mean --port?")]
    public async Task What_is_not_understood_gives_a_clear_line_and_exit_code_64(string arguments, string error)
    {
        Assert.Equal(64, await RunAsync(arguments));
        Assert.Equal($"{error}\nTry: spillway --help\n", _error.ToString());
        Assert.Empty(_output.ToString());
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task A_value_may_begin_with_an_at_sign()
    {
        Assert.Equal(7, await RunAsync("--title @home"));
        Assert.Equal(["serve", new ServeSettings { Title = "@home" }], _ran);
    }

    [Fact]
    public async Task Cancellation_reaches_the_command()
    {
        using var stop = new CancellationTokenSource();
        var root = CommandLine.Build(
            async (_, token) =>
            {
                await stop.CancelAsync();
                return token.IsCancellationRequested ? 0 : 1;
            },
            (_, _) => Task.FromResult(1),
            (_, _) => Task.FromResult(1)
        );
        Assert.Equal(0, await CommandLine.RunAsync(root, ["serve"], _output, _error, stop.Token));
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(string arguments)
    {
        var root = CommandLine.Build(Ran<ServeSettings>("serve"), Ran<DemoSettings>("demo"), Ran<CheckSettings>("check"));
        return CommandLine.RunAsync(root, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), _output, _error);
    }

    private Func<T, CancellationToken, Task<int>> Ran<T>(string command)
        where T : notnull =>
        (settings, _) =>
        {
            _ran.AddRange([command, settings]);
            return Task.FromResult(7);
        };
}
