using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Sources.Push;

/// <summary>
/// <c>PUT</c> and <c>POST /ingest/{stream}/…</c>, as ffmpeg's HLS muxer and packagers send them. A body is taken and answered at once; what
/// becomes of it is the follower's. ffmpeg looks at no answer, so what is wrong is told in the log, too.
/// </summary>
internal sealed class PushEndpoint(
    SpillwayOptions options,
    PublishKeys keys,
    PushInlets inlets,
    TimeProvider time,
    ILogger<PushEndpoint> logger
)
{
    private readonly SourceWarnings _warnings = new(logger, time);

    private readonly record struct Answer(int Status, string? Line = null);

    /// <summary>Before routing, which sees addresses only after dots and escapes were taken out of them.</summary>
    public static bool IsMeant(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/ingest", StringComparison.Ordinal)
        || Target(context).StartsWith(PushName.Prefix, StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        var (status, line) = await AnswerAsync(context);
        if (context.RequestAborted.IsCancellationRequested)
            return;
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Basic realm=\"Spillway\", charset=\"UTF-8\"";
        if (status == StatusCodes.Status405MethodNotAllowed)
            response.Headers.Allow = "PUT, POST, DELETE";
        if (status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "1";
        var body = Encoding.UTF8.GetBytes(line is null ? "" : line + "\n");
        response.ContentLength = body.Length;
        if (body.Length == 0)
            return;
        response.ContentType = "text/plain; charset=utf-8";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body);
    }

    private async Task<Answer> AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var fault = PushName.TryParse(Target(context), out var name);
        if (name.Stream.Length == 0)
            return new Answer(StatusCodes.Status404NotFound, fault);
        if (inlets.Of(name.Stream) is not { } inlet)
            return new Answer(StatusCodes.Status404NotFound, NoSuchStream(name.Stream));
        var (right, shown) = PushKey.Check(request, ref name, key => keys.Opens(name.Stream, key));
        if (!right)
            return Refused(name.Stream, shown);
        if (!HttpMethods.IsPut(request.Method) && !HttpMethods.IsPost(request.Method) && !HttpMethods.IsDelete(request.Method))
            return new Answer(StatusCodes.Status405MethodNotAllowed, "This address takes PUT and POST of an encoder.");
        if (fault is null && name.Parts.Count == 0)
            fault = PushName.NoFile;
        if (fault is not null)
            return Wrong(name.Stream, StatusCodes.Status400BadRequest, fault);
        if (HttpMethods.IsDelete(request.Method))
            return new Answer(StatusCodes.Status200OK, "Nothing needs to be deleted here: what is old goes by itself.");
        LiftLimits(context);
        return name.Type switch
        {
            PushedType.Foreign => Wrong(
                name.Stream,
                StatusCodes.Status415UnsupportedMediaType,
                $"'{name.Parts[^1]}' is none of an HLS stream's files: .m3u8, .ts, .m4s, .mp4."
            ),
            PushedType.Unneeded => await ThrowAwayAsync(context, name),
            PushedType.Playlist => await TakeAsync(context, name, inlet, UpstreamLimits.Playlist),
            _ => await TakeAsync(context, name, inlet, UpstreamLimits.Segment),
        };
    }

    private async Task<Answer> TakeAsync(HttpContext context, PushName name, PushInlet inlet, long limit)
    {
        var (outcome, bytes) = await PushBody.ReadAsync(
            context.Request.BodyReader,
            context.Request.ContentLength,
            limit,
            inlet,
            time
        );
        switch (outcome)
        {
            case BodyOutcome.TooLarge:
                return Wrong(
                    name.Stream,
                    StatusCodes.Status413PayloadTooLarge,
                    $"'{name.Parts[^1]}' is larger than {limit >> 20} MiB; make shorter segments."
                );
            case BodyOutcome.TooMany:
                return Wrong(
                    name.Stream,
                    StatusCodes.Status503ServiceUnavailable,
                    "Too much is being sent at one time; send one file after the other."
                );
            case BodyOutcome.BrokenOff:
                _warnings.Warn(
                    Shown(name.Stream),
                    $"the encoder broke off in the middle of '{name.Parts[^1]}'",
                    "An earlier version of it stays"
                );
                return new Answer(StatusCodes.Status400BadRequest, "The body broke off.");
        }
        if (bytes.IsEmpty)
            return Wrong(name.Stream, StatusCodes.Status400BadRequest, $"'{name.Parts[^1]}' is empty.");
        return name.Type == PushedType.Playlist ? TakePlaylist(name, inlet, bytes) : TakeMedia(name, inlet, bytes);
    }

    private Answer TakePlaylist(PushName name, PushInlet inlet, ReadOnlyMemory<byte> bytes)
    {
        var parse = PlaylistParser.Parse(bytes.Span);
        if (parse.Media is null && parse.Multivariant is not { Variants.Count: > 0 })
        {
            // ffmpeg's multivariant playlist names nothing when it knows no bit rates. It is no reason to stop an encoder.
            return bytes.Span.StartsWith("#EXTM3U"u8)
                ? new Answer(StatusCodes.Status200OK, "Left aside: it lists nothing.")
                : Wrong(
                    name.Stream,
                    StatusCodes.Status400BadRequest,
                    $"'{name.Parts[^1]}' is no HLS playlist: {parse.Error ?? "it lists nothing"}"
                );
        }
        // The body has ended, so its last line has.
        if (bytes.Span[^1] is not ((byte)'\n' or (byte)'\r'))
            bytes = (byte[])[.. bytes.Span, (byte)'\n'];
        return Kept(inlet.Put(name.Path, PushedKind.Playlist, bytes));
    }

    private static Answer TakeMedia(PushName name, PushInlet inlet, ReadOnlyMemory<byte> bytes) =>
        Kept(
            inlet.Put(
                name.Path,
                InitializationSection.Is(bytes.Span) ? PushedKind.InitializationSection : PushedKind.Segment,
                bytes
            )
        );

    private async Task<Answer> ThrowAwayAsync(HttpContext context, PushName name)
    {
        var (outcome, _) = await PushBody.ReadAsync(
            context.Request.BodyReader,
            context.Request.ContentLength,
            UpstreamLimits.Segment,
            inlet: null,
            time
        );
        return outcome == BodyOutcome.Whole
            ? new Answer(StatusCodes.Status200OK, "Left aside: only .m3u8 playlists and their .ts, .m4s and .mp4 are used.")
            : Wrong(name.Stream, StatusCodes.Status413PayloadTooLarge, $"'{name.Parts[^1]}' is too large.");
    }

    private static Answer Kept(bool isNew) => new(isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);

    private Answer Refused(string stream, bool shown)
    {
        const string Ways =
            "Show it as 'Authorization: Bearer KEY', as the password of Basic, or as the first folder of the address, "
            + "/ingest/STREAM/KEY/stream.m3u8; ffmpeg leaves '?key=KEY' out of the addresses of segments";
        var cause = shown ? "the encoder's key is not the stream's" : "the encoder shows no key";
        _warnings.Warn(Shown(stream), cause, Ways);
        return new Answer(
            StatusCodes.Status401Unauthorized,
            $"{(shown ? "This is not the stream's key" : "Publishing needs the stream's key")}. {Ways}."
        );
    }

    private Answer Wrong(string stream, int status, string line)
    {
        _warnings.Warn(Shown(stream), $"what the encoder sends is refused ({status})", line.TrimEnd('.'));
        return new Answer(status, line);
    }

    private string NoSuchStream(string name)
    {
        if (options.Streams.TryGetValue(name, out var other))
            return $"{name} does not take its segments from a push: Streams.{name}.Source must be \"{StreamOptions.Push}\" for that.";
        var names = options.Streams.Where(static s => s.Value.Source == StreamOptions.Push).Select(static s => s.Key).ToArray();
        return names.Length > 0
            ? $"There is no live stream of that name to publish to; there is: {string.Join(", ", names)}."
            : "No live stream here takes a push: Streams.live.Source must be \"push\" for that.";
    }

    private static string Shown(string stream) => $"{PushName.Prefix}{stream}/";

    /// <summary>Those of Kestrel are for viewers: small bodies that come fast.</summary>
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = UpstreamLimits.Segment + 1;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private static string Target(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
}
