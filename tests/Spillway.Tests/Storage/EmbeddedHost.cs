using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>An embedded store in a temporary folder, its edge on a real port.</summary>
internal sealed class EmbeddedHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EmbeddedHost(string folder, EmbeddedObjectStore store, EmbeddedEdge edge, WebApplication app)
    {
        (Folder, Store, Edge, _app) = (folder, store, edge, app);
        Url = app.Urls.First();
        Client = new HttpClient { BaseAddress = new Uri(Url) };
    }

    /// <summary>The <c>Data</c> setting.</summary>
    public string Folder { get; }
    public EmbeddedObjectStore Store { get; }
    public EmbeddedEdge Edge { get; }
    public string Url { get; }
    public HttpClient Client { get; }

    public static async Task<EmbeddedHost> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("spillway-embedded-").FullName;
        var store = new EmbeddedObjectStore(folder, TimeProvider.System);
        var edge = new EmbeddedEdge(store, NullLogger<EmbeddedEdge>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(edge.HandleAsync);
        await app.StartAsync();
        return new EmbeddedHost(folder, store, edge, app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
