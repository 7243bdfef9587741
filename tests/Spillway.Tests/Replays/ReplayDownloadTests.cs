using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Events;
using Spillway.Replays;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Tests.Admin;
using Spillway.TestSupport;

namespace Spillway.Tests.Replays;

/// <summary>A replay as one file over HTTP, of real media.</summary>
public sealed class ReplayDownloadTests : IAsyncLifetime
{
    private const string Path = "/api/v1/streams/live/replays";

    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-download-").FullName;
    private RunningServer _server = null!;
    private Operator _operator = null!;

    private FfmpegTool _tool = FfmpegTool.Installed with { Patience = TimeSpan.FromMinutes(1) };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _operator?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_is_one_file_that_can_be_played_and_never_of_what_is_on_air()
    {
        var broadcast = await StartAsync();
        await AssertRefusedAsync($"{Path}/{broadcast}/file", HttpStatusCode.Conflict, "is on air: it can be downloaded");
        await EndAsync();

        var (said, text) = await _operator.AskAsync(HttpMethod.Get, $"{Path}/{broadcast}/file?dryRun=true");
        Assert.True(said.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal($"live-{broadcast}.mp4", json.RootElement.GetProperty("name").GetString());
        // Each is a second; the last may not be whole for sure when the broadcast is ended.
        var segments = json.RootElement.GetProperty("reads").GetInt32();
        Assert.InRange(segments, 6, 8);
        Assert.Equal(segments, json.RootElement.GetProperty("seconds").GetDouble(), 0.1);

        var file = System.IO.Path.Combine(_folder, "made.mp4");
        using (var answer = await GetAsync($"{Path}/{broadcast}/file"))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("video/mp4", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal($"live-{broadcast}.mp4", answer.Content.Headers.ContentDisposition.FileName?.Trim('"'));
            await using var made = File.Create(file);
            await answer.Content.CopyToAsync(made, TestContext.Current.CancellationToken);
        }
        // All of it can be decoded: 25 pictures a second, and as much sound.
        Assert.Equal(segments * 25, await CountAsync("v", "nb_read_frames", file));
        Assert.InRange(await CountAsync("a", "nb_read_packets", file), segments * 40, segments * 50);
        Assert.Contains(
            _server.Service<EventLog>().Recent,
            told => told.Kind == EventKinds.Operator && told.Text.Contains("downloads the replay", StringComparison.Ordinal)
        );

        await AssertRefusedAsync($"{Path}/yesterday/file", HttpStatusCode.NotFound, $"There is: {broadcast}.");
        await AssertRefusedAsync($"{Path}/{broadcast}/file?dryRun=1", HttpStatusCode.BadRequest, "dryRun must be");
        _operator.Shown = null;
        await AssertRefusedAsync($"{Path}/{broadcast}/file", HttpStatusCode.Unauthorized, "admin token");
    }

    [Fact]
    public async Task What_breaks_off_does_not_look_whole_and_is_told_of()
    {
        var broadcast = await StartAsync();
        await EndAsync();
        var store = _server.Service<IObjectStore>();
        var last = new List<string>();
        await foreach (var entry in store.ListAsync($"live/{broadcast}/", TestContext.Current.CancellationToken))
            if (entry.Key.EndsWith(".ts", StringComparison.Ordinal))
                last.Add(entry.Key);
        await store.DeleteAsync([last[^1]], TestContext.Current.CancellationToken);

        using var answer = await GetAsync($"{Path}/{broadcast}/file");
        if (answer.StatusCode == HttpStatusCode.OK)
            await Assert.ThrowsAnyAsync<Exception>(() =>
                answer.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken)
            );
        else
            Assert.Contains(
                "is not in the store",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task One_is_made_at_a_time_and_one_that_goes_makes_room()
    {
        var gate = System.IO.Path.Combine(_folder, "gate");
        // As ffmpeg over a line on which nothing moves.
        var waiting = System.IO.Path.Combine(_folder, "ffmpeg");
        await File.WriteAllTextAsync(waiting, $"#!/bin/sh\ntouch {gate}.$\nprintf begin\nexec sleep 60\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(waiting, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _tool = _tool with { Ffmpeg = waiting };
        var broadcast = await StartAsync();
        await EndAsync();

        using (await GetAsync($"{Path}/{broadcast}/file"))
            await AssertRefusedAsync($"{Path}/{broadcast}/file?dryRun=true", HttpStatusCode.ServiceUnavailable, "one at a time");
        var started = System.IO.Path.GetExtension(Directory.GetFiles(_folder, "gate.*").Single())[1..];
        await Until.TrueAsync(() => !Directory.Exists($"/proc/{started}"), "what made it is ended with it");
        var (next, status) = ((HttpResponseMessage?)null, HttpStatusCode.ServiceUnavailable);
        await Until.TrueAsync(
            async () =>
            {
                next?.Dispose();
                next = await GetAsync($"{Path}/{broadcast}/file");
                status = next.StatusCode;
                return status == HttpStatusCode.OK;
            },
            () => $"there is room for another: {status}"
        );
        next!.Dispose();
    }

    [Fact]
    public async Task Without_ffmpeg_it_says_so_before_anything_is_downloaded()
    {
        _tool = new FfmpegTool("/no/such/ffmpeg", "/no/such/ffprobe", TimeSpan.FromMinutes(1));
        var broadcast = await StartAsync();
        await EndAsync();
        await AssertRefusedAsync($"{Path}/{broadcast}/file?dryRun=true", HttpStatusCode.Conflict, "ffmpeg is not installed");
        await AssertRefusedAsync($"{Path}/{broadcast}/file", HttpStatusCode.Conflict, "ffmpeg is not installed");
    }

    /// <returns>The broadcast that is on air.</returns>
    private async Task<string> StartAsync()
    {
        _server = await RunningServer.StartAsync(
            static options =>
            {
                options.Admin.Token = Operator.Token;
                options.Streams["live"].Replay.Count = 10;
            },
            services => services.AddSingleton(_tool)
        );
        _operator = new Operator(_server) { Shown = Operator.Token };
        await _server.GoOnAirAsync();
        await Until.TrueAsync(
            async () =>
                (await _operator.AskAsync(HttpMethod.Get, Path)).Text.Contains("\"onAir\":true", StringComparison.Ordinal),
            () => "its replay is listed"
        );
        return _server.Stream.Status.Broadcast!;
    }

    private async Task EndAsync()
    {
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Post, "/api/v1/streams/live/end"));
        await Until.TrueAsync(
            async () =>
                (await _operator.AskAsync(HttpMethod.Get, Path)).Text is var text
                && text.Contains("\"broadcast\"", StringComparison.Ordinal)
                && text.Contains("\"onAir\":false", StringComparison.Ordinal),
            () => "its replay is listed, and ended"
        );
    }

    private Task<HttpResponseMessage> GetAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server.Port}{path}");
        request.Headers.Authorization = new("Bearer", Operator.Token);
        return _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private async Task AssertRefusedAsync(string path, HttpStatusCode status, string words)
    {
        var (answer, text) = await _operator.AskAsync(HttpMethod.Get, path);
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    private static async Task<int> CountAsync(string kind, string what, string file) =>
        int.Parse(
            (
                await Ffmpeg.ProbeAsync(
                    System.IO.Path.GetDirectoryName(file)!,
                    [
                        "-count_frames",
                        "-count_packets",
                        "-select_streams",
                        kind,
                        "-show_entries",
                        $"stream={what}",
                        "-of",
                        "csv=p=0",
                        file,
                    ]
                )
            )
                .Trim()
                .TrimEnd(','),
            CultureInfo.InvariantCulture
        );
}
