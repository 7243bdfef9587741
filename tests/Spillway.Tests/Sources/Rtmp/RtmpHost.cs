using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>The RTMP server behind a real Kestrel on a free port, without the sources.</summary>
internal sealed class RtmpHost : IAsyncDisposable
{
    /// <summary>Of a stream that does not take RTMP.</summary>
    public const string OtherKey = "a-key-for-pushing";

    private readonly WebApplication _app;
    private readonly TestFolder _folder;

    private RtmpHost(WebApplication app, TestFolder folder, LogLines log) => (_app, _folder, Log) = (app, folder, log);

    public int Port => new Uri(_app.Urls.Single()).Port;

    public RtmpInlet Inlet => _app.Services.GetRequiredService<RtmpInlets>().Of("live");

    public LogLines Log { get; }

    public static async Task<RtmpHost> StartAsync(TimeProvider? time = null)
    {
        var folder = new TestFolder();
        var options = new SpillwayOptions { Data = folder.Path };
        options.Streams["live"] = new StreamOptions { Source = StreamOptions.Rtmp, Key = Client.Key };
        options.Streams["pushed"] = new StreamOptions { Source = StreamOptions.Push, Key = OtherKey };
        var log = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(PublishKeys.Open(options));
        builder.Services.AddRtmp();
        builder.WebHost.ConfigureKestrel(static kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseConnectionHandler<RtmpServer>())
        );
        var host = builder.Build();
        await host.StartAsync();
        return new RtmpHost(host, folder, log);
    }

    public Task<RtmpClient> ConnectAsync() => RtmpClient.ConnectAsync(Port);

    /// <summary>A client that is on air, and its publication.</summary>
    public async Task<(RtmpClient Client, RtmpPublication Publication)> PublishAsync()
    {
        var client = await ConnectAsync();
        await client.SendAsync(
            Client.Hello,
            Client.Connect(),
            Client.CreateStream(),
            Client.Publish(),
            Client.Video(Client.VideoConfiguration)
        );
        return (client, await NextAsync());
    }

    public async Task<RtmpPublication> NextAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await Inlet.Publications.ReadAsync(late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
        // Whatever a test did: no log has a key.
        Assert.DoesNotContain(
            Log.All,
            static line =>
                line.Contains(Client.Key, StringComparison.Ordinal) || line.Contains(OtherKey, StringComparison.Ordinal)
        );
    }

    internal sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> All => _lines;

        public IEnumerable<string> Of(LogLevel level) =>
            _lines.Where(line => line.StartsWith($"{level}: ", StringComparison.Ordinal));

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());

        public void Dispose() { }
    }
}
