using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: absolute URLs, query strings, byte ranges (also without offset), its own discontinuities.</summary>
public sealed class AddressedSourceTests : MisbehavingTest
{
    [Fact]
    public async Task Absolute_URLs_with_tokens_are_fetched_and_never_shown()
    {
        var footage = await TakeAsync("a");
        Origin.Fault = context =>
        {
            var isAllowed = context.Request.Query["token"] == "SECRET";
            if (!isAllowed)
                context.Response.StatusCode = 403;
            return Task.FromResult(!isAllowed);
        };
        var live = new LivePlaylist(Folder);
        await StartAsync(Origin.At("/stream.m3u8?token=SECRET&x=1"));
        for (var i = 0; i < 8; i++)
        {
            await Clock.Wait(1);
            Folder.Write($"deep/s{i}.ts", footage.Segments[i]);
            live.List(Origin.At($"/deep/s{i}.ts?token=SECRET&n={i}").ToString()).Write();
        }
        await UntilListedAsync(footage, 7);
        Assert.Equal(Labels(footage, 0, 8), Story());
        Assert.DoesNotContain("SECRET", Published, StringComparison.Ordinal);
        Assert.DoesNotContain($":{Origin.Root.Port}", Published, StringComparison.Ordinal);
        Assert.DoesNotContain("deep", Published, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", await Server.TextAsync("/health"), StringComparison.Ordinal);
    }

    /// <summary>In a folder; over HTTP from a server that knows no ranges; with offsets, and without where that is allowed.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Byte_ranges_become_segments(bool overHttp, bool hasOffsets)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder, window: 20);
        await (overHttp ? StartOverHttpAsync() : StartAsync());
        var offset = 0;
        for (var i = 0; i < 8; i++)
        {
            await Clock.Wait(1);
            var length = footage.Segments[i].Length;
            await using (var file = new FileStream(Folder["all.ts"], FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                await file.WriteAsync(footage.Segments[i]);
            live.List("all.ts", tags: $"#EXT-X-BYTERANGE:{length}{(hasOffsets || i == 0 ? $"@{offset}" : "")}\n").Write();
            offset += length;
        }
        await UntilListedAsync(footage, 7);
        Assert.Equal(Labels(footage, 0, 8), Story());
    }

    [Fact]
    public async Task Its_own_discontinuities_are_passed_on_once()
    {
        var (first, second) = (await TakeAsync("a"), await TakeAsync("b"));
        var live = new LivePlaylist(Folder);
        await StartAsync();
        await PlayAsync(live, first, 0, 5);
        // One at which time goes on, and one at which it does not.
        await Clock.Wait(1);
        live.Add("s5.ts", first.Segments[5], tags: "#EXT-X-DISCONTINUITY\n");
        await Clock.Wait(1);
        await PlayAsync(live, first, 6, 3);
        await Clock.Wait(1);
        live.Add("t0.ts", second.Segments[0], tags: "#EXT-X-DISCONTINUITY\n");
        await Clock.Wait(1);
        await PlayAsync(live, second, 1, 9, "t");
        await UntilListedAsync(second, 9);
        Assert.Equal($"{Labels(first, 0, 5)} !{Labels(first, 5, 4)} !{Labels(second, 0, 10)}", Story());
    }
}
