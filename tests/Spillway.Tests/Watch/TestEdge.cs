using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Spillway.Tests.Watch;

/// <summary>A web server over a set of objects that the test puts, changes and takes away; it counts what it is asked for.</summary>
internal sealed class TestEdge : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (byte[] Body, string Type, string Cache)> _objects = new(
        StringComparer.Ordinal
    );
    private readonly WebApplication _app;

    private TestEdge(WebApplication app) => _app = app;

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentBag<string> Requests { get; } = [];

    public string Url => _app.Urls.First();

    public static async Task<TestEdge> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var edge = new TestEdge(builder.Build());
        edge._app.Run(edge.Answer);
        await edge._app.StartAsync();
        return edge;
    }

    public void Put(string path, byte[] body, string type, string cache) => _objects[path] = (body, type, cache);

    public void Remove(string path) => _objects.TryRemove(path, out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        Requests.Add(context.Request.Path);
        if (!_objects.TryGetValue(context.Request.Path, out var found))
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.Headers.CacheControl = found.Cache;
        context.Response.Headers.AccessControlAllowOrigin = "*";
        await Results.Bytes(found.Body, found.Type, enableRangeProcessing: true).ExecuteAsync(context);
    }
}
