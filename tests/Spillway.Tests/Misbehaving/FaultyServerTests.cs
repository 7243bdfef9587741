using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: its playlist answers 404, 500, garbage, HTML, truncated, empty, hangs, resets, is stale or slow; segments too.
/// </summary>
public sealed class FaultyServerTests : MisbehavingTest
{
    private static readonly byte[] s_garbage = [.. Enumerable.Range(0, 5000).Select(static i => (byte)(i * 7919 >> 3))];

    private readonly ConcurrentDictionary<string, byte[]> _stale = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("404")]
    [InlineData("500")]
    [InlineData("garbage")]
    [InlineData("html")]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("hang")]
    [InlineData("reset")]
    [InlineData("stale")]
    [InlineData("slow")]
    public async Task A_fault_shorter_than_its_window_loses_and_doubles_nothing(string fault)
    {
        var asked = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder, window: 20);
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartOverHttpAsync();
        await UntilListedAsync(footage, 2);
        Origin.Fault = context =>
        {
            // Two of three requests for the playlist, and the first for a segment.
            var path = context.Request.Path.Value!;
            var count = asked.AddOrUpdate(path, 1, static (_, n) => n + 1);
            var fails = path.EndsWith(".m3u8", StringComparison.Ordinal) ? count % 3 != 0 : count < 2;
            return fails ? FailAsync(context, fault, 1) : Task.FromResult(false);
        };
        await PlayAsync(live, footage, 3, 10);
        Origin.Fault = null;
        await PlayAsync(live, footage, 13, 3);
        await UntilListedAsync(footage, 15);
        Assert.Equal(Labels(footage, 0, 16), Shown().Replace("!", "", StringComparison.Ordinal));
        Assert.True(asked.Count >= 2);
    }

    [Theory]
    [InlineData("404")]
    [InlineData("hang")]
    [InlineData("truncated")]
    public async Task Segments_that_never_come_whole_are_marked(string fault)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartOverHttpAsync();
        await UntilListedAsync(footage, 2);
        await PlayAsync(live, footage, 3, 3);
        await UntilListedAsync(footage, 5);
        Origin.Fault = context =>
            context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal)
                ? Task.FromResult(false)
                : FailAsync(context, fault, 30);
        await PlayAsync(live, footage, 6, 10);
        Origin.Fault = null;
        await PlayAsync(live, footage, 16, 8);
        await UntilListedAsync(footage, 23);
        Assert.Matches($"^{Labels(footage, 0, 6)} (- )+!?a1[0-7] ", Story());
        Assert.EndsWith(Labels(footage, 17, 7), Story(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("hang")]
    [InlineData("stale")]
    public async Task After_a_fault_longer_than_its_window_it_goes_on_behind_a_mark(string fault)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder, window: 4);
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartOverHttpAsync();
        await UntilListedAsync(footage, 2);
        await PlayAsync(live, footage, 3, 4);
        await UntilListedAsync(footage, 6);
        await KeepAsync("/stream.m3u8");
        Origin.Fault = context => FailAsync(context, fault, 10);
        await PlayAsync(live, footage, 7, 12);
        Origin.Fault = null;
        await PlayAsync(live, footage, 19, 6);
        await UntilListedAsync(footage, 24);
        var back = Regex.Match(Story(), @"a6 ((?:- )*!?)(?:(?:a\d+ )+)a24$");
        Assert.True(back.Success, Story());
        Assert.NotEmpty(back.Groups[1].Value);
        Assert.Contains("a19 a20 a21", Shown(), StringComparison.Ordinal);
    }

    private async Task KeepAsync(string path) => _stale[path] = await File.ReadAllBytesAsync(Folder[path.TrimStart('/')]);

    private async Task<bool> FailAsync(HttpContext context, string fault, double seconds)
    {
        var response = context.Response;
        var path = context.Request.Path.Value!;
        var file = Folder[path.TrimStart('/')];
        var whole = File.Exists(file) ? await File.ReadAllBytesAsync(file) : s_garbage;
        switch (fault)
        {
            case "404" or "500":
                response.StatusCode = fault == "404" ? 404 : 500;
                break;
            case "garbage":
                await response.Body.WriteAsync(s_garbage);
                break;
            case "html":
                await response.WriteAsync("<!doctype html><html><title>Log in</title></html>\n");
                break;
            case "truncated":
                // In the middle of a packet: what ends between two cannot be told from a segment that is short.
                await response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 376 * 188 + 100));
                break;
            case "empty":
                break;
            case "hang":
                await Origin.LingerAsync(Clock.Wait(seconds));
                context.Abort();
                break;
            case "reset":
                context.Abort();
                break;
            case "stale":
                if (!path.EndsWith(".m3u8", StringComparison.Ordinal))
                    return false;
                await response.Body.WriteAsync(_stale.GetOrAdd(path, whole));
                break;
            case "slow":
                foreach (var part in whole.Chunk(1 + whole.Length / 5))
                {
                    await response.Body.WriteAsync(part);
                    await response.Body.FlushAsync();
                    await Origin.LingerAsync(Clock.Wait(0.15));
                }
                break;
        }
        return true;
    }
}
