using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Sources.Push;
using Spillway.Tests.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Tests.Sources.Push;

/// <summary>The door for encoders on a real port, with two streams behind it and one that is not pushed to.</summary>
internal sealed class PushHost : IAsyncDisposable, ILogger<PushEndpoint>
{
    public const string Key = "key-of-live";
    public const string Bearer = $"-headers \"Authorization: Bearer {Key}\"";
    public const string OtherKey = "key-of-second";

    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<string> _logged = [];

    private PushHost()
    {
        var options = new SpillwayOptions
        {
            Streams =
            {
                ["live"] = new StreamOptions { Source = StreamOptions.Push, Key = Key },
                ["second"] = new StreamOptions { Source = StreamOptions.Push, Key = OtherKey },
                ["followed"] = new StreamOptions { Source = "/srv/secret/hls" },
            },
        };
        Inlets = new PushInlets(options, TimeProvider.System);
        var endpoint = new PushEndpoint(options, PublishKeys.Open(options), Inlets, TimeProvider.System, this);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.MapWhen(PushEndpoint.IsMeant, branch => branch.Run(endpoint.HandleAsync));
    }

    public PushInlets Inlets { get; }

    public PushInlet Inlet => Inlets.Of("live")!;

    public int Port { get; private set; }

    public string Logged
    {
        get
        {
            lock (_logged)
                return string.Join('\n', _logged);
        }
    }

    public static async Task<PushHost> StartAsync()
    {
        var host = new PushHost();
        await host._app.StartAsync();
        host.Port = new Uri(host._app.Urls.Single()).Port;
        return host;
    }

    public FollowedSource Follow(string stream = "live", int capacity = 64) =>
        FollowedSource.Start((log, time) => new PushSource(stream, Inlets.Of(stream)!, time, log), capacity);

    /// <summary>Sends with the key of <c>live</c>, unless <paramref name="key"/> says otherwise; "" shows none.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(
        string path,
        byte[]? body = null,
        string method = "PUT",
        string key = Key
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{Port}{path}");
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        if (key.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<(HttpStatusCode Status, string Text)> SendAsync(string path, string text) =>
        SendAsync(path, Encoding.UTF8.GetBytes(text));

    /// <summary>The answer to a request line that no client library would send.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = await ConnectAsync();
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), late.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.GetStream().ReadAsync(buffer, late.Token) is var count and > 0)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException) when (answer.Length > 0)
        {
            // A body that was promised and not wanted: the server closes the hard way.
        }
        return answer.ToString();
    }

    public async Task<TcpClient> ConnectAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>An encoder in real time, two segments a second, until it is killed or the seconds are over.</summary>
    /// <param name="output">What goes after the codecs; <c>URL</c> is this server's address.</param>
    public Process Encode(string output, int seconds = 20, string input = "testsrc2=size=160x90:rate=20")
    {
        return RecordedHls.Ffmpeg(
            $"-re -f lavfi -i {input} -re -f lavfi -i sine=440:sample_rate=48000 -t {seconds} -c:v libx264 -preset ultrafast "
                + "-tune zerolatency -pix_fmt yuv420p -g 10 -keyint_min 10 -sc_threshold 0 -b:v 100k -c:a aac -b:a 32k "
                + "-f hls -hls_time 0.5 "
                + output.Replace("URL", $"http://127.0.0.1:{Port}", StringComparison.Ordinal),
            Path.GetTempPath()
        );
    }

    public static async Task EndAfterAsync(Process encoder, Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            if (!encoder.HasExited)
                encoder.Kill();
            await encoder.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_logged)
            _logged.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
