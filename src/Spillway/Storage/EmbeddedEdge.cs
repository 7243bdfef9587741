using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Spillway.Storage;

/// <summary>
/// Serves the embedded store to viewers, on a port of its own: it stands for the public host in front of a bucket, and behaves
/// like one. Hand <see cref="HandleAsync"/> every request of that port.
/// </summary>
internal sealed partial class EmbeddedEdge(EmbeddedObjectStore store, ILogger<EmbeddedEdge> logger)
{
    private const int ChunkLength = 64 * 1024;

    private readonly EdgeCompression _compression = new();

    public EdgeCounters Counters { get; } = new();

    public async Task HandleAsync(HttpContext context)
    {
        var key = context.Request.Path.Value is { Length: > 1 } path ? path[1..] : "";
        var kind = EdgeCounters.KindOf(key);
        var headers = context.Response.Headers;
        // Any page may play from here, and see how much it fetched and how.
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Content-Length, Content-Range, Content-Encoding, ETag, Date, Age";
        headers["Timing-Allow-Origin"] = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.XContentTypeOptions = "nosniff";

        Counters.CountRequest(kind);
        var method = context.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            Preflight(context);
        }
        else if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
        {
            try
            {
                await ReadAsync(context, key, kind);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                Log.ViewerLeft(logger, key);
            }
        }
        else
        {
            headers.Allow = "GET, HEAD, OPTIONS";
            await LineAsync(context, kind, StatusCodes.Status405MethodNotAllowed, "Objects are only read here.");
        }
    }

    private static void Preflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, HEAD, OPTIONS";
        headers.AccessControlAllowHeaders = "Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control, *";
        headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ReadAsync(HttpContext context, string key, EdgeKind kind)
    {
        EmbeddedObject? found;
        try
        {
            found = store.TryOpen(key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CannotRead(logger, key, exception);
            await LineAsync(context, kind, StatusCodes.Status500InternalServerError, "The object could not be read.");
            return;
        }
        if (found is null)
        {
            await LineAsync(context, kind, StatusCodes.Status404NotFound, "There is no such object.");
            return;
        }
        using (found)
        {
            try
            {
                await AnswerAsync(context, found, kind);
            }
            catch (IOException exception)
            {
                // Too late for a status: a cut connection tells the client that the body is not whole.
                Log.CannotRead(logger, key, exception);
                context.Abort();
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, EmbeddedObject found, EdgeKind kind)
    {
        var (request, response) = (context.Request.GetTypedHeaders(), context.Response);
        var modified = WholeSeconds(found.LastModified);
        response.Headers.CacheControl = found.Headers.CacheControl;
        response.Headers.LastModified = HeaderUtilities.FormatDate(modified);
        response.Headers.AcceptRanges = "bytes";

        var range = HttpMethods.IsGet(context.Request.Method)
            ? EdgeRange.Of(request, found, modified)
            : new EdgeRange(StatusCodes.Status200OK, 0, found.Length);
        var coding = default(string);
        if (EdgeCompression.Suits(found.Headers.ContentType))
        {
            response.Headers.Vary = "Accept-Encoding";
            if (range.Status == StatusCodes.Status200OK && EdgeCompression.SuitsLength(found.Length))
                coding = EdgeCompression.Choose(context.Request.Headers.AcceptEncoding);
        }
        // One ETag for two forms can only be a weak one: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3
        response.Headers.ETag = coding is null ? found.ETag : "W/" + found.ETag;

        if (IsFresh(request, found.ETag, modified))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.StatusCode = range.Status;
        if (range.Status == StatusCodes.Status416RangeNotSatisfiable)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{found.Length}");
            response.ContentLength = 0;
            return;
        }
        response.ContentType = found.Headers.ContentType;
        if (range.Status == StatusCodes.Status206PartialContent)
        {
            var last = range.Start + range.Length - 1;
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture,
                $"bytes {range.Start}-{last}/{found.Length}"
            );
        }
        if (coding is null)
        {
            response.ContentLength = range.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
                await SendAsync(context, found.Handle, range, kind);
            return;
        }
        var body = await _compression.CompressAsync(found, coding, context.RequestAborted);
        response.Headers.ContentEncoding = coding;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await SendAsync(context, body, kind);
    }

    /// <summary>
    /// Sends a part of the open file in pieces; <c>SendFileAsync</c> would open the path anew, and perhaps another version.
    /// </summary>
    private async Task SendAsync(HttpContext context, SafeFileHandle handle, EdgeRange range, EdgeKind kind)
    {
        var writer = context.Response.BodyWriter;
        for (var (at, end) = (range.Start, range.Start + range.Length); at < end; )
        {
            var room = writer.GetMemory(ChunkLength);
            room = room[..(int)Math.Min(room.Length, end - at)];
            var read = await RandomAccess.ReadAsync(handle, room, at, context.RequestAborted);
            if (read == 0)
                throw new EndOfStreamException("The file was cut while it was sent.");
            writer.Advance(read);
            // Before the flush, which can fail when some of it has been sent: never less is counted than arrived.
            Counters.CountBytes(kind, read);
            if ((await writer.FlushAsync(context.RequestAborted)).IsCompleted)
                return;
            at += read;
        }
    }

    private async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, EdgeKind kind)
    {
        while (body.Length > 0)
        {
            var piece = body[..Math.Min(body.Length, ChunkLength)];
            Counters.CountBytes(kind, piece.Length);
            if ((await context.Response.BodyWriter.WriteAsync(piece, context.RequestAborted)).IsCompleted)
                return;
            body = body[piece.Length..];
        }
    }

    /// <summary>
    /// Whether the client's copy is this version; If-None-Match overrules If-Modified-Since
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2">RFC 9110, 13.2.2</see>).
    /// </summary>
    private static bool IsFresh(RequestHeaders request, string etag, DateTimeOffset modified)
    {
        if (request.Headers.IfNoneMatch.Count == 0)
            return request.IfModifiedSince is { } since && modified <= since;
        foreach (var tag in request.IfNoneMatch)
        {
            // Weak comparison, so that a copy of the compressed form counts: 13.1.2.
            if (tag.Tag.Equals("*", StringComparison.Ordinal) || tag.Tag.Equals(etag, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private async Task LineAsync(HttpContext context, EdgeKind kind, int status, string line)
    {
        var response = context.Response;
        response.StatusCode = status;
        // Whatever is missing now may be there in a second.
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = line.Length + 1;
        if (!HttpMethods.IsHead(context.Request.Method))
            await SendAsync(context, Encoding.ASCII.GetBytes(line + "\n"), kind);
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The embedded store could not read '{Key}'")]
        public static partial void CannotRead(ILogger logger, string key, Exception exception);

        [LoggerMessage(Level = LogLevel.Debug, Message = "A viewer left while '{Key}' was sent")]
        public static partial void ViewerLeft(ILogger logger, string key);
    }
}
