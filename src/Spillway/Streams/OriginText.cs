using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>Answers with a text that many ask for: ETag and 304, gzip and br once a version, CORS for any page.</summary>
internal sealed class OriginText(OriginCounters counters)
{
    // Values of one string, made once: each conversion to a header's type would be another.
    private static readonly StringValues s_any = "*";
    private static readonly StringValues s_exposed = "ETag, Date";
    private static readonly StringValues s_noSniff = "nosniff";
    private static readonly StringValues s_vary = HeaderNames.AcceptEncoding;
    private static readonly StringValues s_brotli = "br";
    private static readonly StringValues s_gzip = "gzip";

    /// <summary>
    /// Makes nothing of its own: hundreds may ask in a second when players are pointed here. Not even a cancellation: to ask for
    /// <c>RequestAborted</c> would make its source, and a few kilobytes are written in any case.
    /// </summary>
    public Task SendAsync(HttpContext context, OriginCopy copy)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        var coding = copy.IsLarge ? EdgeCompression.Choose(request.Headers.AcceptEncoding) : null;
        AllowAnyPage(response);
        headers.CacheControl = copy.CacheControl;
        headers.Vary = s_vary;
        headers.ETag = coding is null ? copy.Tag : copy.WeakTag;
        if (Knows(request.Headers.IfNoneMatch, copy.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        if (coding is not null)
            headers.ContentEncoding = coding == "br" ? s_brotli : s_gzip;
        var body = copy.Body(coding);
        headers.ContentType = copy.ContentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(request.Method))
            return Task.CompletedTask;
        counters.CountBytes(body.Length);
        var writing = response.Body.WriteAsync((ReadOnlyMemory<byte>)body, CancellationToken.None);
        if (!writing.IsCompletedSuccessfully)
            return writing.AsTask();
        writing.GetAwaiter().GetResult();
        return Task.CompletedTask;
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

    /// <summary>If-None-Match by the weak comparison, so that a copy of a compressed form counts (RFC 9110, 13.1.2).</summary>
    public static bool Knows(StringValues known, StringValues tag)
    {
        for (var i = 0; i < known.Count; i++)
        {
            var rest = known[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf(',');
                var one = (comma < 0 ? rest : rest[..comma]).Trim();
                rest = comma < 0 ? default : rest[(comma + 1)..];
                if (one.StartsWith("W/", StringComparison.Ordinal))
                    one = one[2..];
                if (one is "*" || one.SequenceEqual(tag[0]))
                    return true;
            }
        }
        return false;
    }

    private static void AllowAnyPage(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = s_any;
        response.Headers.AccessControlExposeHeaders = s_exposed;
        response.Headers.XContentTypeOptions = s_noSniff;
    }
}
