using System.Globalization;
using Spillway.Configuration;
using Spillway.Replays;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Replays;

/// <summary>The commands, on replays of real media in a folder that a server still holds.</summary>
public sealed class ReplayCommandTests : ReplayTest
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Made => Path.Combine(Store.Folder, "made.mp4");

    [Fact]
    public async Task List_shows_a_table_of_them()
    {
        var entry = await RecordAsync();
        Assert.Equal(0, await RunAsync($"list --data {Store.Folder}"));
        var lines = _output.ToString().Split('\n');
        Assert.StartsWith("BROADCAST", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(entry.Broadcast, lines[1], StringComparison.Ordinal);
        Assert.Contains($"  {ReplayText.Length(entry.Duration)}  ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("A show", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0].IndexOf("TITLE", StringComparison.Ordinal), lines[1].IndexOf("A show", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_leaves_gaps_out_joins_what_the_source_restarted_and_keeps_picture_and_sound_together()
    {
        var entry = await RecordAsync();
        // The two that were lost, and those of the time until the broadcast ended.
        Assert.InRange(entry.Gaps.Count, 2, 20);
        Assert.Equal(14, entry.Duration - entry.Gaps.Seconds, 1);
        var exit = await RunAsync($"export {entry.Broadcast} {Made} --data {Store.Folder}");
        Assert.True(exit == 0, _error.ToString());
        Assert.Contains($"{entry.Gaps.Count} gaps of ", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("differ", _output.ToString(), StringComparison.Ordinal);
        foreach (var kind in (string[])["v", "a"])
            Assert.Equal(14, await SecondsAsync(kind), 0.15);
        // All of it can be decoded, and time does not jump: 14 s of 25 pictures a second.
        var pictures = await Ffmpeg.ProbeAsync(
            Store.Folder,
            ["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", Made]
        );
        Assert.Equal(14 * 25, int.Parse(pictures.Trim().TrimEnd(','), CultureInfo.InvariantCulture));
        Assert.InRange(await LongestStepAsync(), 0.039, 0.1);
    }

    [Fact]
    public async Task Export_of_fragments_works_the_same()
    {
        Start();
        var show = await GoOnAirAsync(Show.Fragments);
        await PlayAsync(show, 3, 5);
        await EndShowAsync();
        var entry = (await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed"))[0];
        var exit = await RunAsync($"export {entry.Broadcast} {Made} --data {Store.Folder}");
        Assert.True(exit == 0, _error.ToString());
        Assert.Equal(8, await SecondsAsync("v"), 0.15);
    }

    [Fact]
    public async Task What_cannot_be_exported_is_said_in_one_line()
    {
        var entry = await RecordAsync();
        var cases = new Dictionary<string, string>
        {
            [$"export yesterday {Made}"] = $"live has no replay of a broadcast \"yesterday\". There is: {entry.Broadcast}.",
            [$"export {entry.Broadcast} {Store.Folder}"] = "is there already",
            [$"export {entry.Broadcast} {Store.Folder}/not/there.mp4"] = "there is no folder",
            [$"export {entry.Broadcast} {Store.Folder}/name"] = "has no extension",
            [$"export {entry.Broadcast} {Store.Folder}/name.banana"] = "ffmpeg could not write",
            [$"export {entry.Broadcast} {Made} --stream other"] = "other has no replays.",
            [$"delete {entry.Broadcast} --port 1"] = "is in use by another Spillway",
        };
        foreach (var (arguments, words) in cases)
        {
            _error.GetStringBuilder().Clear();
            Assert.Equal(1, await RunAsync($"{arguments} --data {Store.Folder}"));
            var line = Assert.Single(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(words, line, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(Store.Folder));
    }

    [Fact]
    public async Task Without_ffmpeg_it_says_so_and_leaves_nothing()
    {
        var entry = await RecordAsync();
        var bucket = new ReplayBucket("live", Store.Direct.Reader(TimeProvider.System));
        var missing = new Spillway.Slate.FfmpegTool("/no/such/ffmpeg", "/no/such/ffprobe", TimeSpan.FromMinutes(1));
        var fault = await Assert.ThrowsAsync<ReplayException>(() =>
            new ReplayExport(bucket, missing).RunAsync(entry, Made, TestContext.Current.CancellationToken)
        );
        Assert.Contains("ffmpeg is not installed", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Store.Folder));
    }

    [Fact]
    public async Task A_segment_that_is_gone_from_the_store_is_named_and_no_short_file_is_left()
    {
        var entry = await RecordAsync();
        var replay = await ReplayAsync(entry);
        await Store.Direct.RemoveAsync($"live/{entry.Broadcast}/0/{replay.Segments[1].Uri}");
        Assert.Equal(1, await RunAsync($"export {entry.Broadcast} {Made} --data {Store.Folder}"));
        Assert.Contains(
            $"{replay.Segments[1].Uri} is listed, but it is not in the store",
            _error.ToString(),
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(Made));
    }

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("export", "BROADCAST")]
    [InlineData("lst", "lst")]
    public async Task A_command_line_that_is_not_understood_is_told(string arguments, string words)
    {
        Assert.Equal(CommandLine.UsageExitCode, await RunAsync(arguments));
        Assert.Contains(words, _error.ToString(), StringComparison.Ordinal);
        Start();
    }

    /// <summary>14 s of media: six, a gap, three, a gap, and five of another run of the encoder.</summary>
    private async Task<ReplayEntry> RecordAsync()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key =>
            key.Contains("/1000006-", StringComparison.Ordinal) || key.Contains("/1000010-", StringComparison.Ordinal)
                ? PutFault.Lost
                : null;
        await PlayAsync(show, 3, 8);
        await PlayAsync(await Show.GetAsync(Show.Again), 5, 5, run: 1);
        Options.Grace = TimeSpan.FromSeconds(5);
        await SendAsync(new SourceAway("the test"));
        await UntilStateAsync("ended");
        return (await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed"))[0];
    }

    private async Task<double> SecondsAsync(string kind)
    {
        string[] arguments = ["-select_streams", kind, "-show_entries", "stream=duration", "-of", "csv=p=0", Made];
        return double.Parse((await Ffmpeg.ProbeAsync(Store.Folder, arguments)).Trim().TrimEnd(','), CultureInfo.InvariantCulture);
    }

    private async Task<double> LongestStepAsync()
    {
        string[] arguments = ["-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", Made];
        var times = (await Ffmpeg.ProbeAsync(Store.Folder, arguments))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static line => double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture))
            .Order()
            .ToList();
        return times.Zip(times.Skip(1), static (one, next) => next - one).Max();
    }

    private Task<int> RunAsync(string arguments)
    {
        var root = CommandLine.Build(Never, Never, Never);
        return CommandLine.RunAsync(
            root,
            ["replay", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            _output,
            _error,
            TestContext.Current.CancellationToken
        );

        static Task<int> Never<T>(T settings, CancellationToken token) => throw new InvalidOperationException();
    }
}
