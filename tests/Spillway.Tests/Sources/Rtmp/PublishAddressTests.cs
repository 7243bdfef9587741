using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What the operator is told of where to publish, and what really listens there.</summary>
public sealed class PublishAddressTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_that_was_made_is_shown_once_and_on_a_console_only()
    {
        var options = Options();
        var keys = PublishKeys.Open(options);
        var made = keys.Of("live")!;
        var file = _folder[PublishKeys.FileName];
        var line = Assert.Single(Lines(options, keys, showKeys: true));
        Assert.StartsWith($"rtmp://localhost:1935/live/{made}  (", line, StringComparison.Ordinal);
        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.DoesNotContain(made, Assert.Single(Lines(options, keys, showKeys: false)), StringComparison.Ordinal);
        var later = Assert.Single(Lines(options, PublishKeys.Open(options), showKeys: true));
        Assert.Equal($"rtmp://localhost:1935/live/KEY  (live; KEY: in {file})", later);
    }

    [Fact]
    public void A_key_of_the_settings_is_never_shown()
    {
        var options = Options();
        options.Streams["live"].Key = "key-of-the-settings";
        options.Server.PublicUrl = "https://tv.example.org/";
        Assert.Equal(
            ["rtmp://tv.example.org:1935/live/KEY  (live; KEY: Streams.live.Key in the settings)"],
            Lines(options, PublishKeys.Open(options), showKeys: true)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("videos")]
    public async Task The_port_that_is_told_is_the_one_that_speaks_RTMP(string bucket)
    {
        var options = Options();
        options.Storage.Bucket = bucket;
        await using var app = Build(options, out var ports);
        await app.StartAsync();
        ports.Of(app);
        using var client = await RtmpClient.ConnectAsync(ports.Rtmp);
        await client.SendAsync(Client.Hello);
        await client.UntilReceivedAsync(3073);
        Assert.Distinct([ports.Origin, ports.Rtmp, .. bucket.Length > 0 ? Array.Empty<int>() : [ports.Edge]]);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{ports.Origin}/"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task Without_a_stream_that_takes_RTMP_nothing_listens()
    {
        var options = Options();
        options.Streams["live"].Source = StreamOptions.Push;
        await using var app = Build(options, out _);
        await app.StartAsync();
        Assert.Equal(2, app.Urls.Count);
        await app.StopAsync();
    }

    [Fact]
    public void A_port_that_another_program_has_is_told_in_a_line()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var options = Options();
        options.Rtmp.Port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Equal(
            [$"Rtmp:Port: port {options.Rtmp.Port} is in use by another program; choose another with SPILLWAY__RTMP__PORT."],
            new Ports(options).Taken()
        );
        options.Streams["live"].Source = StreamOptions.Push;
        Assert.Empty(new Ports(options).Taken());
    }

    [Fact]
    public void A_stream_that_is_pushed_to_is_told_with_its_own_address()
    {
        var options = Options();
        options.Streams["live"].Source = StreamOptions.Push;
        options.Streams["live"].Key = "key-of-the-settings";
        Assert.Equal(
            ["http://localhost:3000/ingest/live/KEY/stream.m3u8  (live; KEY: Streams.live.Key in the settings)"],
            Lines(options, PublishKeys.Open(options), showKeys: true)
        );
    }

    private static IEnumerable<string> Lines(SpillwayOptions options, PublishKeys keys, bool showKeys) =>
        new PublishAddresses(options, keys, showKeys).Lines("http://localhost:3000", 1935);

    private static WebApplication Build(SpillwayOptions options, out Ports ports)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        ports = new Ports(options);
        ports.Listen(builder.WebHost);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(PublishKeys.Open(options));
        builder.Services.AddRtmp();
        return builder.Build();
    }

    private SpillwayOptions Options()
    {
        var options = new SpillwayOptions
        {
            Data = _folder.Path,
            Server = new ServerOptions { Port = 0, EdgePort = 0 },
            Rtmp = new RtmpOptions { Port = 0 },
        };
        options.Streams["live"] = new StreamOptions { Source = StreamOptions.Rtmp };
        return options;
    }
}
