using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd;

/// <summary>The way back: one address takes viewers to what the source itself serves, whatever Spillway does.</summary>
public sealed class WayBackTests : EndToEndTest
{
    [Fact(Timeout = 60_000)]
    public async Task A_page_opened_with_direct_plays_the_source_s_own_playlist_and_nothing_of_Spillway_s()
    {
        var source = await CreateSourceAsync();
        var port = FreePort.Next();
        await using var owncast = await ServeAsync(source.Folder, port);
        var server = await ServeAsync(
            source.Folder,
            new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__FALLBACK"] = $"http://127.0.0.1:{port}/hls/stream.m3u8" }
        );
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var viewer = await OpenAsync($"{server.Origin}?direct");
        await viewer.PlaysAsync(5, TimeSpan.FromSeconds(20));

        var figures = await viewer.FiguresAsync();
        Assert.Equal("direct", figures.State);
        Assert.Contains(viewer.Requests, request => request.IsSegment);
        Assert.All(
            viewer.Requests.Where(static request => request.IsSegment || request.IsPlaylist),
            request => Assert.Equal(port, request.Url.Port)
        );
        Assert.Empty(viewer.Sockets);
        Assert.Equal("Direct", await viewer.Page.Locator(".badge").InnerTextAsync());

        // Without it, the same page plays Spillway's.
        await viewer.Page.GotoAsync(server.Origin);
        await viewer.UntilAsync(static f => f.State == "live", "it plays what Spillway publishes", TimeSpan.FromSeconds(20));
    }

    /// <summary>As Owncast's own web server: files of the folder, for any page.</summary>
    private static async Task<WebApplication> ServeAsync(string folder, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var app = builder.Build();
        app.Run(async context =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            var name = context.Request.Path.Value!;
            var file = Path.Combine(folder, name["/hls/".Length..]);
            if (
                !name.StartsWith("/hls/", StringComparison.Ordinal)
                || name.Contains("..", StringComparison.Ordinal)
                || !File.Exists(file)
            )
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            else
                await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(file));
        });
        await app.StartAsync();
        return app;
    }
}
