using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tests.Streams;

/// <summary>Two whole servers on one store: what the one that waits answers, and what becomes of it.</summary>
public sealed class StandbyServerTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-two-").FullName;
    private EmbeddedObjectStore _store = null!;
    private RunningServer? _writer;
    private RunningServer _standby = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new EmbeddedObjectStore(_folder, TimeProvider.System);
        _writer = await StartAsync();
        await _writer.GoOnAirAsync();
        _standby = await StartAsync();
        await Until.TrueAsync(() => _standby.Stream.Writer?.Unrenewed is not null, "it stands by");
    }

    public async ValueTask DisposeAsync()
    {
        await _standby.DisposeAsync();
        if (_writer is not null)
            await _writer.DisposeAsync();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Health_says_who_writes_and_why_and_a_standby_is_well()
    {
        var (mine, theirs) = (_writer!.Stream.Writer!.Instance, _standby.Stream.Writer!.Instance);
        var writer = await StreamHealthAsync(_writer);
        Assert.Equal(("writer", mine, 1, 0), Role(writer));
        Assert.Matches(
            "^this instance writes since 20..-..-..T..:..:..Z, because nobody had the lease$",
            writer["why"]!.GetValue<string>()
        );
        var standby = await StreamHealthAsync(_standby);
        Assert.Equal(("standby", mine, 1, 0), Role(standby));
        Assert.Equal(theirs, standby["instance"]!.GetValue<string>());
        Assert.Equal("standby", standby["state"]!.GetValue<string>());
        Assert.Matches(
            $"^instance {mine} writes, and renews its lease; renewed [0-9.]+ s ago",
            standby["why"]!.GetValue<string>()
        );
        using var health = await _standby.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("\"status\": \"ok\"", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var ready = await _standby.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_viewer_who_comes_to_the_standby_gets_what_the_writer_has_stored()
    {
        var text = await _standby.TextAsync("/live/playlist.m3u8");
        var playlist = PlaylistParser.Parse(Encoding.UTF8.GetBytes(text)).Multivariant!;
        Assert.StartsWith(
            $"http://127.0.0.1:{_standby.EdgePort}/live/{_writer!.Stream.OnAir!.Id}/",
            Assert.Single(playlist.Variants).Uri,
            StringComparison.Ordinal
        );
        using var media = await _standby.Client.GetAsync(playlist.Variants[0].Uri);
        Assert.Equal(HttpStatusCode.OK, media.StatusCode);
        Assert.Equal(text, await _standby.TextAsync("/hls/stream.m3u8"));
        using var look = await _standby.GetAsync("/live/0/playlist.m3u8");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, look.StatusCode);
        Assert.Contains(
            $"instance {_writer.Stream.Writer!.Instance} writes live",
            await look.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_only_the_writer_can_do_is_refused_with_its_name()
    {
        using var answer = await _standby.GetAsync(
            "/api/v1/streams/live/slate",
            static request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token),
            HttpMethod.Post
        );
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(_writer!.Stream.Writer!.Instance, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_takes_over_when_the_writer_is_stopped_and_says_so()
    {
        var id = _writer!.Stream.Writer!.Instance;
        await _writer.DisposeAsync();
        _writer = null;
        await Until.TrueAsync(() => _standby.Stream.Writer!.Writes && !_standby.Stream.StandsBy, "it writes");
        var health = await StreamHealthAsync(_standby);
        Assert.Equal(("writer", _standby.Stream.Writer!.Instance, 2, 1), Role(health));
        Assert.Contains(
            $"because instance {id} had given the lease back",
            health["why"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
        // Its source shows what was published already, and then more.
        await _standby.GoOnAirAsync(segments: 14);
    }

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(static options => options.Admin.Token = Token, services => services.AddSingleton(_store));

    private static async Task<JsonNode> StreamHealthAsync(RunningServer server) =>
        JsonNode.Parse(await server.TextAsync("/health"))!["streams"]![0]!;

    private static (string, string?, int, int) Role(JsonNode stream) =>
        (
            stream["role"]!.GetValue<string>(),
            stream["writer"]?.GetValue<string>(),
            stream["epoch"]!.GetValue<int>(),
            stream["takeOvers"]!.GetValue<int>()
        );
}
