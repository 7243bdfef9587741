using Microsoft.Net.Http.Headers;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>
/// The dashboard's page and its assets, as the binary carries them. Anybody may read them: what they show needs the token.
/// </summary>
internal sealed class DashboardPages
{
    private const string Root = "dashboard/";
    private const string Index = "index.html";
    private const string Immutable = "public, max-age=31536000, immutable";

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];
    private readonly Dictionary<string, OriginCopy> _files;

    public DashboardPages()
        : this(Carried()) { }

    /// <param name="files">By their names under <c>/dashboard/</c>.</param>
    public DashboardPages(Dictionary<string, byte[]> files) =>
        _files = files.ToDictionary(
            static file => file.Key,
            static file => new OriginCopy(file.Value, HeadersOf(file.Key)),
            StringComparer.Ordinal
        );

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/dashboard/{**name}", s_methods, SendAsync);

    /// <summary>What the page names is relative to its folder; routing takes the address without the slash for the same.</summary>
    private static Task MoveAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = "dashboard/";
        context.Response.Headers.CacheControl = "no-cache";
        return Task.CompletedTask;
    }

    private Task SendAsync(HttpContext context)
    {
        var name = context.GetRouteValue("name") as string ?? "";
        if (name.Length == 0 && !context.Request.Path.Value!.EndsWith('/'))
            return MoveAsync(context);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = PagePolicy.Dashboard;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (_files.GetValueOrDefault(name.Length == 0 ? Index : name) is not { } file)
            return MissingAsync(context);
        headers.CacheControl = file.CacheControl;
        headers.Vary = HeaderNames.AcceptEncoding;
        var coding = file.IsLarge ? EdgeCompression.Choose(context.Request.Headers.AcceptEncoding) : null;
        headers.ETag = coding is null ? file.Tag : file.WeakTag;
        if (OriginText.Knows(context.Request.Headers.IfNoneMatch, file.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        headers.ContentType = file.ContentType;
        if (coding is not null)
            headers.ContentEncoding = coding;
        var body = file.Body(coding);
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private Task MissingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            _files.ContainsKey(Index)
                ? "The dashboard has no such file.\n"
                : "This build carries no dashboard: build it with 'make build'.\n"
        );
    }

    private static ObjectHeaders HeadersOf(string name) =>
        DefaultHeaders.Of(name) with
        {
            CacheControl = name.StartsWith("assets/", StringComparison.Ordinal) ? Immutable : "no-cache",
        };

    private static Dictionary<string, byte[]> Carried()
    {
        var assembly = typeof(DashboardPages).Assembly;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Root, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[Root.Length..].Replace('\\', '/')] = bytes;
        }
        return files;
    }
}
