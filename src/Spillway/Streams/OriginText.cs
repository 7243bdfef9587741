using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>Answers with a text that many ask for: ETag and 304, gzip and br once a version, CORS for any page.</summary>
internal sealed class OriginText(OriginCounters counters)
{
    private readonly EdgeCompression _compression = new(1024 * 1024);

    public async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, ObjectHeaders headers)
    {
        var response = context.Response;
        var etag = $"\"{Playlists.StreamKeys.Hash(body.Span)}\"";
        var coding = EdgeCompression.SuitsLength(body.Length)
            ? EdgeCompression.Choose(context.Request.GetTypedHeaders().AcceptEncoding)
            : null;
        AllowAnyPage(response);
        response.Headers.CacheControl = headers.CacheControl;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        // One ETag for two forms can only be a weak one (RFC 9110, 8.8.3.3).
        response.Headers.ETag = coding is null ? etag : "W/" + etag;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Tag == etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;
            body = _compression.Compress(etag, body, coding);
        }
        response.ContentType = headers.ContentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        counters.CountBytes(body.Length);
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>One line for people, never cached: what is missing now may be there in a second.</summary>
    public async Task SendLineAsync(HttpContext context, int status, string line, int? retryAfterSeconds = null)
    {
        var response = context.Response;
        AllowAnyPage(response);
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (retryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = Encoding.UTF8.GetBytes(line + "\n");
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static void AllowAnyPage(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "ETag, Date";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
