using Spillway.Dashboard;
using Spillway.Playlists;

namespace Spillway.Streams;

/// <summary>
/// The origin's copies of the playlists, and the player page. They name the edge's absolute addresses, so that whoever
/// starts here costs one request; they show only versions that the store has acknowledged.
/// </summary>
internal sealed class OriginEndpoints(
    LiveStreams streams,
    OriginPlaylists playlists,
    EdgeAddress edge,
    PlayerPages pages,
    OriginText text,
    OriginCounters counters,
    RequestSummary summary
)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public void Map(IEndpointRouteBuilder routes, IReadOnlyList<string> aliases)
    {
        foreach (var alias in aliases)
            routes.MapMethods(alias, Methods, context => MultivariantAsync(context, streams.Default.Name));
        routes.MapMethods("/{stream}/playlist.m3u8", Methods, context => MultivariantAsync(context, Value(context, "stream")));
        routes.MapMethods("/{stream}/{rendition}/playlist.m3u8", Methods, MediaPlaylistAsync);
        routes.MapMethods("/", Methods, context => PageAsync(context, streams.Default.Name));
        routes.MapMethods("/watch/{stream}", Methods, context => PageAsync(context, Value(context, "stream")));
    }

    private Task MultivariantAsync(HttpContext context, string name)
    {
        counters.CountPlaylist();
        return WithBroadcast(
            context,
            name,
            (stream, onAir, address) => playlists.MultivariantAsync(context, stream, onAir, address),
            (stream, address) => StandbyAsync(context, stream, address)
        );
    }

    /// <summary>What the writer has stored, so that viewers may be sent to any instance.</summary>
    private async Task StandbyAsync(HttpContext context, LiveStream stream, string address)
    {
        if (await stream.Standby.ReadAsync() is not { } playlist)
        {
            await NothingOnAir(context, stream.Name);
            return;
        }
        await text.SendAsync(context, stream.Copies.Get(playlist, null, address, () => Render(stream, playlist, address)));
    }

    private static OriginCopy Render(LiveStream stream, MultivariantPlaylist playlist, string address)
    {
        var absolute = playlist with
        {
            Variants = [.. playlist.Variants.Select(v => v with { Uri = $"{address}{stream.Name}/{v.Uri}" })],
        };
        return new OriginCopy(PlaylistWriter.Write(absolute), StreamKeys.MultivariantHeaders);
    }

    private Task MediaPlaylistAsync(HttpContext context)
    {
        counters.CountMediaPlaylist();
        var name = Value(context, "stream");
        return WithBroadcast(
            context,
            name,
            (_, onAir, address) =>
            {
                if (onAir.Find(Value(context, "rendition")) is not { Listed: { } listed } rendition)
                {
                    var names = string.Join(", ", onAir.Renditions.Select(static r => r.Declared.Name));
                    return text.SendLineAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        $"{name} has no such rendition; it has: {names}."
                    );
                }
                return playlists.MediaPlaylistAsync(context, rendition, listed, address);
            },
            (stream, _) =>
                text.SendLineAsync(context, StatusCodes.Status503ServiceUnavailable, stream.Refusal ?? "", retryAfterSeconds: 3)
        );
    }

    private Task PageAsync(HttpContext context, string name)
    {
        counters.CountPage();
        return WithStream(
            context,
            name,
            (stream, address) =>
                pages.PageAt(address) is { } page
                    ? SendPageAsync(context, page, address, stream.Options.Fallback)
                    : text.SendLineAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        "This build carries no player page: build it with 'make build'."
                    )
        );
    }

    private Task SendPageAsync(HttpContext context, OriginCopy page, string address, string fallback)
    {
        context.Response.Headers.ContentSecurityPolicy = PagePolicy.Player(address, fallback);
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return text.SendAsync(context, page);
    }

    /// <summary>For playlists: their requests are told in the log, and there is none before the first broadcast.</summary>
    /// <param name="standby">The answer of an instance that does not write the stream.</param>
    private Task WithBroadcast(
        HttpContext context,
        string name,
        Func<LiveStream, Broadcast, string, Task> answer,
        Func<LiveStream, string, Task> standby
    ) =>
        WithStream(
            context,
            name,
            (stream, address) =>
            {
                summary.Count(name, stream.Status);
                return stream.OnAir is { } onAir ? answer(stream, onAir, address)
                    : stream.StandsBy ? standby(stream, address)
                    : NothingOnAir(context, name);
            }
        );

    private Task WithStream(HttpContext context, string name, Func<LiveStream, string, Task> answer)
    {
        if (streams.Find(name) is not { } stream)
            return text.SendLineAsync(context, StatusCodes.Status404NotFound, streams.NoSuch);
        return edge.For(context.Request) is { } address
            ? answer(stream, address)
            : text.SendLineAsync(
                context,
                StatusCodes.Status400BadRequest,
                "The request's Host names no host of this server (Server:AllowedHosts)."
            );
    }

    private Task NothingOnAir(HttpContext context, string name) =>
        text.SendLineAsync(context, StatusCodes.Status404NotFound, $"Nothing is on air on {name} yet.", retryAfterSeconds: 3);

    private static string Value(HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";
}
