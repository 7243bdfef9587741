using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Streams;
using Spillway.Tests.Streams;
using Spillway.Timeline;

namespace Spillway.Tests;

/// <summary>The whole server on real ports, over the embedded store, with a folder as source.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string Page =
        "<!doctype html><html><head><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'\"><title>t</title></head><body></body></html>";

    private readonly WebApplication _built;
    private readonly string _root;

    private RunningServer(WebApplication app, string folder)
    {
        (_built, _root) = (app, folder);
        var ports = app.Services.GetRequiredService<Ports>();
        (Port, EdgePort) = (ports.Origin, ports.Edge);
    }

    public int Port { get; }
    public int EdgePort { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public T Service<T>()
        where T : notnull => _built.Services.GetRequiredService<T>();

    public LiveStreams Streams => _built.Services.GetRequiredService<LiveStreams>();

    public LiveStream Stream => _built.Services.GetRequiredService<LiveStreams>().Default;

    public string Source => Path.Combine(_root, "source");

    /// <param name="set">Changes the settings.</param>
    /// <param name="replace">Puts other parts in the place of the server's.</param>
    public static async Task<RunningServer> StartAsync(
        Action<SpillwayOptions>? set = null,
        Action<IServiceCollection>? replace = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("spillway-server-").FullName;
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        var options = new SpillwayOptions
        {
            Data = Path.Combine(folder, "data"),
            Server = new ServerOptions { Port = 0, EdgePort = 0 },
            Rtmp = new Spillway.Sources.Rtmp.RtmpOptions { Port = 0 },
            Streams =
            {
                ["live"] = new StreamOptions
                {
                    Source = source,
                    Title = "A show",
                    Slate = StreamOptions.NoSlate,
                },
            },
        };
        set?.Invoke(options);
        try
        {
            var app = Server.Build(
                options,
                services =>
                {
                    AddTestParts(services);
                    replace?.Invoke(services);
                }
            );
            await app.StartAsync();
            return new RunningServer(app, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>It has taken the lease of each stream: before that it is as a standby, which knows nothing yet.</summary>
    public Task UntilWriterAsync() =>
        Until.TrueAsync(() => Streams.All.All(static stream => !stream.StandsBy), "it is the writer");

    /// <summary>Puts real segments into the source folder and waits until they are on air.</summary>
    public async Task GoOnAirAsync(int segments = 8)
    {
        var show = await Show.GetAsync(Show.Plain);
        var playlist = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n");
        for (var i = 0; i < segments; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(Source, $"s{i}.ts"), show.Bytes[i]);
            playlist.Append("#EXTINF:1.000,\ns").Append(i).Append(".ts\n");
        }
        await File.WriteAllTextAsync(Path.Combine(Source, "stream.m3u8"), playlist.ToString());
        await Until.TrueAsync(
            () =>
                Stream.Status is { State: "live", Renditions: [{ Listed: var listed }] }
                && listed >= Math.Min(segments, 6)
                && Stream.OnAir is not null,
            () => $"it is on air: {Stream.Status}"
        );
    }

    public Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? set = null, HttpMethod? method = null) =>
        SendAsync(Port, path, set, method);

    public Task<HttpResponseMessage> GetEdgeAsync(string path) => SendAsync(EdgePort, path, null, null);

    public async Task<string> TextAsync(string path, Action<HttpRequestMessage>? set = null)
    {
        using var answer = await GetAsync(path, set);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>The whole answer to a request that no client library would send.</summary>
    public Task<string> RawAsync(string request) => RawAsync(Port, request);

    /// <inheritdoc cref="RawAsync(string)"/>
    public async Task<string> RawAsync(int port, string request)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, late.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), late.Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _built.StopAsync();
        await _built.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>A page of its own, since the real one need not be built; and no log on the console.</summary>
    private static void AddTestParts(IServiceCollection services)
    {
        services.AddLogging(static logging => logging.ClearProviders());
        services.AddSingleton(
            new PlayerPages(
                new Dictionary<string, byte[]>(StringComparer.Ordinal)
                {
                    ["index.html"] = Encoding.UTF8.GetBytes(Page),
                    ["assets/player-1234.js"] = "export{}"u8.ToArray(),
                }
            )
        );
    }

    private async Task<HttpResponseMessage> SendAsync(int port, string path, Action<HttpRequestMessage>? set, HttpMethod? method)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        set?.Invoke(request);
        return await Client.SendAsync(request);
    }
}

/// <summary>One that is on air, for tests that only look.</summary>
public sealed class ServerOnAir : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RunningServer.StartAsync();
        await Server.GoOnAirAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
