using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: Owncast's offline clip is not taken for the show, whatever it is called: <c>/api/status</c> says whether somebody streams.
/// </summary>
public sealed class OwncastSourceTests : MisbehavingTest
{
    private volatile string _status = Status(online: false);

    /// <summary>Found by its address, or named by the setting beside its folder.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clip_of_any_name_is_not_shown_while_nobody_streams(bool overHttp)
    {
        var (show, later, clip) = (await TakeAsync("a"), await TakeAsync("b"), await Footage.GetAsync("offline"));
        Origin["/api/status"] = context => context.Response.WriteAsync(_status);
        ShowClip(clip, "nobody-here.ts");
        await StartAsync(
            overHttp ? Origin.At("/hls/stream.m3u8") : null,
            stream =>
            {
                (stream.Grace, stream.Title) = (TimeSpan.FromSeconds(10), "");
                if (!overHttp)
                    stream.Source = Folder["hls"];
            },
            all => all.OwncastUrl = overHttp ? "" : Origin.Root.ToString().TrimEnd('/')
        );
        await Until.TrueAsync(
            () =>
                Server.Stream.Status.SourceAway is { } away
                && away.StartsWith("nobody streams to Owncast", StringComparison.Ordinal),
            () => $"nobody streams: {Server.Stream.Status}"
        );
        _status = Status(online: true, "The first show");
        var live = new LivePlaylist(Folder, "hls/stream.m3u8");
        await PlayAsync(live, show, 0, 8, "stream-abc-");
        await UntilListedAsync(show, 7);
        await Until.TrueAsync(
            async () =>
                (await Server.Client.GetStringAsync($"http://127.0.0.1:{Server.EdgePort}/live/player.json")).Contains(
                    "The first show",
                    StringComparison.Ordinal
                ),
            () => "the player knows the title"
        );

        _status = Status(online: false);
        live.Ended = true;
        live.Write();
        await UntilStateAsync("ended");
        ShowClip(clip, "another-name.ts");
        await Clock.Wait(30);
        _status = Status(online: true, "The second show");
        await PlayAsync(new LivePlaylist(Folder, "hls/stream.m3u8"), later, 0, 6, "stream-def-");
        await UntilListedAsync(later, 5);
        Assert.Matches($"^{Labels(show, 0, 8)}[ -]* // {Labels(later, 0, 6)}$", Story());
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("page")]
    [InlineData("broken")]
    [InlineData("hang")]
    public async Task Without_a_status_the_stream_is_followed_all_the_same(string how)
    {
        var show = await TakeAsync("a");
        if (how != "absent")
            Origin["/api/status"] = async context =>
            {
                if (how == "hang")
                    await Origin.LingerAsync(Clock.Wait(60));
                await context.Response.WriteAsync(how == "page" ? "<!doctype html><html></html>" : "{\"online\":");
            };
        var live = new LivePlaylist(Folder, "hls/stream.m3u8");
        await PlayAsync(live, show, 0, 3, atOnce: true);
        await StartAsync(Origin.At("/hls/stream.m3u8"));
        await UntilListedAsync(show, 2);
        await PlayAsync(live, show, 3, 6);
        await UntilListedAsync(show, 8);
        Assert.Equal(Labels(show, 0, 9), Shown());
    }

    private void ShowClip(Footage clip, string name)
    {
        var alone = new LivePlaylist(Folder, "hls/stream.m3u8") { Header = "#EXT-X-PLAYLIST-TYPE:EVENT\n", TargetDuration = 8 };
        for (var i = 0; i < 4; i++)
        {
            Folder.Write($"hls/{name}", clip.Segments[0]);
            alone.List(name, clip.Durations[0], "#EXT-X-DISCONTINUITY\n");
        }
        alone.Write();
    }

    private static string Status(bool online, string title = "") =>
        JsonSerializer.Serialize(
            new
            {
                lastConnectTime = online ? "2026-11-22T19:00:00Z" : null,
                lastDisconnectTime = (string?)null,
                versionNumber = "0.2.3",
                streamTitle = title,
                online,
            }
        );
}
