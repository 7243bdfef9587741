using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

/// <summary>The origin's copies, for those who put a CDN, or all players, before the origin.</summary>
public sealed class OriginCopyTests(ServerOnAir onAir) : IClassFixture<ServerOnAir>
{
    private const int Requests = 300;
    private readonly RunningServer _server = onAir.Server;

    [Theory]
    [InlineData("/live/playlist.m3u8", "")]
    [InlineData("/hls/stream.m3u8", "")]
    [InlineData("/live/playlist.m3u8", "If-None-Match: *\r\n")]
    [InlineData("/live/RENDITION/playlist.m3u8", "")]
    [InlineData("/live/RENDITION/playlist.m3u8", "Accept-Encoding: gzip, deflate, br\r\n")]
    [InlineData("/live/RENDITION/playlist.m3u8", "Accept-Encoding: gzip;q=0.5\r\nIf-None-Match: \"a\", W/\"b\"\r\n")]
    public async Task A_request_for_a_playlist_allocates_nothing_of_its_own(string path, string headers)
    {
        var playlists = _server.Service<OriginPlaylists>();
        path = path.Replace("RENDITION", _server.Stream.OnAir!.Renditions.Single().Declared.Name, StringComparison.Ordinal);
        var own = new List<long>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(context =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isAnswered = playlists.TryAnswer(context, out var answer);
            var after = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(isAnswered && answer!.IsCompletedSuccessfully);
            own.Add(after - before);
            return answer!;
        });
        await app.StartAsync();
        var port = new Uri(app.Urls.Single()).Port;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: tv.example.org\r\n{headers}\r\n");
        var buffer = new byte[64 * 1024];
        for (var i = 0; i < Requests; i++)
        {
            await stream.WriteAsync(request);
            await ReadAnswerAsync(stream, buffer);
        }
        await app.StopAsync();
        // What is made once a version or a connection was made before; Kestrel's own pipe takes a new block now and then.
        var settled = own.Skip(Requests / 2).Order().ToList();
        Assert.Equal(0, settled[settled.Count * 9 / 10]);
    }

    [Fact]
    public async Task A_version_is_rendered_once_however_many_ask()
    {
        var slot = new OriginSlot();
        const int AtOnce = 6;
        var (version, rendered, asking) = (new object(), 0, 0);
        var copies = await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            Interlocked.Increment(ref asking);
                            return slot.Get(version, null, "a", Render);
                        },
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        Assert.Single(copies.Distinct());
        Assert.Equal(1, rendered);
        // Another address, another stamp, another version are each another text.
        Assert.NotSame(copies[0], slot.Get(version, null, "b", Render));
        Assert.Same(copies[0], slot.Find(version, null, "a"));
        Assert.NotSame(copies[0], slot.Get(version, new object(), "a", Render));
        Assert.Null(slot.Find(version, null, "a"));
        Assert.Equal(3, rendered);
        for (var i = 0; i < 100; i++)
            slot.Get(version, null, $"host-{i}", Render);
        Assert.Null(slot.Find(version, null, "host-90"));
        Assert.NotNull(slot.Find(version, null, "host-99"));

        OriginCopy Render()
        {
            // The first is not done before all of them have asked.
            SpinWait.SpinUntil(() => Volatile.Read(ref asking) == AtOnce, TimeSpan.FromSeconds(20));
            Interlocked.Increment(ref rendered);
            return new OriginCopy([1], new ObjectHeaders("text/plain", "no-store"));
        }
    }

    [Theory]
    [InlineData("*")]
    [InlineData("TAG")]
    [InlineData("W/TAG")]
    [InlineData("\"a\", W/\"b\",TAG")]
    public async Task Who_has_it_in_any_form_is_told_so(string known)
    {
        using var first = await _server.GetAsync("/live/playlist.m3u8");
        var tag = first.Headers.ETag!.Tag;
        using var again = await _server.GetAsync(
            "/live/playlist.m3u8",
            request =>
                request.Headers.TryAddWithoutValidation("If-None-Match", known.Replace("TAG", tag, StringComparison.Ordinal))
        );
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("identity", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP, deflate", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br ; q=0, gzip;q=0", null)]
    [InlineData("*", "br")]
    [InlineData("*;q=0.1, br;q=0", "gzip")]
    [InlineData("gzip;q=x", null)]
    [InlineData(",,;,gzip", "gzip")]
    public void The_coding_is_one_that_was_asked_for(string accepted, string? expected) =>
        Assert.Equal(expected, EdgeCompression.Choose(accepted));

    [Theory]
    [InlineData("/")]
    [InlineData("/watch/live")]
    public async Task The_page_may_be_kept_by_a_cache_before_the_origin(string path)
    {
        using var page = await _server.GetAsync(path);
        using var stored = await _server.GetEdgeAsync("/watch/index.html");
        Assert.Equal("max-age=1, s-maxage=60", page.Headers.GetValues("Cache-Control").Single());
        Assert.Equal(page.Headers.GetValues("Cache-Control"), stored.Headers.GetValues("Cache-Control"));
    }

    [Fact]
    public async Task A_playlist_is_only_read()
    {
        using var answer = await _server.GetAsync("/live/playlist.m3u8", method: HttpMethod.Post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    /// <summary>Reads one whole answer.</summary>
    private static async Task ReadAnswerAsync(NetworkStream stream, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            length += await stream.ReadAsync(buffer.AsMemory(length));
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end < 0)
                continue;
            var head = Encoding.ASCII.GetString(buffer, 0, end);
            var body = head.Split("\r\n")
                .FirstOrDefault(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))
                is { } line
                ? int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            if (length >= end + 4 + body)
                return;
        }
    }
}
