using System.Text.Json;
using Spillway.Configuration;

namespace Spillway.Tests.Cost;

public sealed class CostCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task The_event_is_planned_with_every_assumption_stated()
    {
        Assert.Equal(0, await RunAsync("cost --viewers 600 --minutes 40 --bitrate 2500 --p2p 30"));
        var text = _output.ToString();
        foreach (
            var line in (string[])
                [
                    @"requests at the server +720,000 +969",
                    @"bytes from the server to viewers +450\.0 GB +2\d\.\d MB",
                    @"bytes from the server to the store +750\.0 MB",
                    @"Cloudflare R2 \+ Cloudflare \(r2\) +pro rata +billed",
                    @"  before: all from the server +\$40\.50 +\$31\.50",
                    @"  Amazon S3 \+ Amazon CloudFront \(s3\) +\$",
                    @"  Backblaze B2 \+ Bunny CDN \(b2\) +\$",
                    @"  Bunny Storage \+ Bunny CDN \(bunny\) +\$",
                    "- 600 viewers, all there for the whole 40 minutes; segments of 4 s; 0.15 reconnects",
                    "- Cloudflare R2: developers.cloudflare.com/r2/pricing, 2026-11-22",
                ]
        )
            Assert.Matches(line, text);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        Assert.Equal(0, await RunAsync("cost --p2p 0 --renditions 3 --provider b2 --json"));
        using var answer = JsonDocument.Parse(_output.ToString());
        var root = answer.RootElement;
        Assert.True(root.GetProperty("estimate").GetBoolean());
        Assert.Equal(
            [2500, 1250, 625],
            root.GetProperty("plan").GetProperty("kilobits").EnumerateArray().Select(static k => k.GetDouble())
        );
        Assert.Equal(
            ["b2", "r2", "s3", "bunny"],
            root.GetProperty("providers").EnumerateArray().Select(static p => p.GetProperty("provider").GetString())
        );
        Assert.All(
            root.GetProperty("providers").EnumerateArray(),
            static provider =>
                Assert.Equal(
                    provider.GetProperty("after").GetProperty("proRata").GetDouble(),
                    provider
                        .GetProperty("rows")
                        .EnumerateArray()
                        .Sum(static row => row.GetProperty("money").GetProperty("proRata").GetDouble()),
                    9
                )
        );
    }

    [Fact]
    public async Task A_price_of_the_command_line_has_no_free_bytes()
    {
        Assert.Equal(0, await RunAsync("cost --egress-price 0.02"));
        Assert.Matches(@"before: all from the server +\$9\.00 +\$9\.00", _output.ToString());
    }

    [Theory]
    [InlineData("--viewers 0", "--viewers is \"0\": it must be a whole number from 1 to 10000000.")]
    [InlineData("--viewers many", "--viewers is \"many\": it must be a whole number from 1 to 10000000.")]
    [InlineData("--viewers 1.5", "--viewers is \"1.5\": it must be a whole number")]
    [InlineData("--minutes -1", "--minutes is \"-1\": it must be a number from 0.1 to 525600.")]
    [InlineData("--p2p 101", "--p2p is \"101\": it must be a number from 0 to 100.")]
    [InlineData("--bitrate 2500k", "--bitrate is \"2500k\": it must be kbit/s from 8 to 1000000")]
    [InlineData("--bitrate 600,2500", "--bitrate is \"600,2500\": the best rendition must come first.")]
    [InlineData("--bitrate 2500,1200 --renditions 3", "--bitrate has 2 bit rates and --renditions is 3")]
    [InlineData("--segment 0", "--segment is \"0\": it must be a number from 1 to 30.")]
    [InlineData("--provider azure", "--provider is \"azure\": the price list has r2, s3, b2, bunny.")]
    [InlineData("--vievers 3", "--vievers is not an option of cost. Did you mean --viewers?")]
    public async Task A_wrong_option_is_named_with_what_would_be_right(string arguments, string said)
    {
        Assert.Equal(CommandLine.UsageExitCode, await RunAsync($"cost {arguments}"));
        Assert.Contains($"spillway: {said}", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_list_that_is_not_there_is_said()
    {
        Assert.Equal(ConfigurationResult.ExitCode, await RunAsync("cost --prices /nowhere/prices.json"));
        Assert.Equal("spillway: --prices is \"/nowhere/prices.json\", but there is no such file.\n", _error.ToString());
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
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
