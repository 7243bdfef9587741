using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary><c>spillway sweep</c>, with a Spillway that runs and without one, and the API behind it.</summary>
public sealed class SweepCommandTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";

    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-sweep-").FullName;
    private RunningServer? _server;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task It_asks_the_Spillway_that_runs()
    {
        var source = await RunServerAsync();
        var files = Snapshot(source);
        var (exit, output, error) = await RunAsync("live", dryRun: true, _server!.Port);
        Assert.Equal(("", 0), (error, exit));
        Assert.StartsWith("live: 0 keys, 0 B, would be deleted of ", output, StringComparison.Ordinal);
        Assert.Contains("operations: ", output, StringComparison.Ordinal);
        (exit, output, error) = await RunAsync("live", dryRun: false, _server.Port);
        Assert.Equal(("", 0), (error, exit));
        Assert.StartsWith("live: 0 keys, 0 B, deleted of ", output, StringComparison.Ordinal);
        // The source's own files are none of the sweep's business, whatever happens.
        Assert.Equal(files, Snapshot(source));
    }

    [Fact]
    public async Task Without_any_stream_it_says_how_to_name_one()
    {
        var (exit, output, error) = await RunAsync(stream: null, dryRun: true, port: 1);
        Assert.Equal((ConfigurationResult.ExitCode, ""), (exit, output));
        Assert.EndsWith("spillway sweep --stream NAME" + Environment.NewLine, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_port_is_wrong_it_says_that_the_store_is_held_by_a_Spillway()
    {
        await RunServerAsync();
        var (exit, output, error) = await RunAsync("live", dryRun: true, port: 1);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("is in use by a Spillway that does not answer at port 1.", error, StringComparison.Ordinal);
        Assert.Contains("give its --port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_token_that_is_not_the_running_one_s_it_says_so()
    {
        await RunServerAsync();
        var config = Path.Combine(_folder, "other.json");
        await File.WriteAllTextAsync(
            config,
            """{ "Admin": { "Token": "some-other-token" }, "Streams": { "live": { "Source": "push" } } }"""
        );
        var (exit, _, error) = await RunAsync(null, dryRun: true, _server!.Port, config);
        Assert.Equal(1, exit);
        Assert.Contains("does not take the admin token", error, StringComparison.Ordinal);
        Assert.DoesNotContain("some-other-token", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_none_running_it_sweeps_the_store_itself()
    {
        await PutAsync(ended: true);
        var (exit, output, error) = await RunAsync("live", dryRun: true, port: 1);
        Assert.Equal(("", 0), (error, exit));
        Assert.StartsWith("live: 1 key, ", output, StringComparison.Ordinal);
        Assert.Contains("live playlists of ended broadcasts", output, StringComparison.Ordinal);
        Assert.Contains("left alone: 1 key not made by Spillway: live/theirs.txt", output, StringComparison.Ordinal);
        using (var before = new EmbeddedObjectStore(Data, TimeProvider.System))
            Assert.Equal(5, (await before.ListAllAsync($"live/{SweptStream.Old}/")).Count);
        (exit, output, error) = await RunAsync("live", dryRun: false, port: 1);
        Assert.Equal(("", 0), (error, exit));
        Assert.StartsWith("live: 1 key, ", output, StringComparison.Ordinal);
        using var after = new EmbeddedObjectStore(Data, TimeProvider.System);
        Assert.Equal(4, (await after.ListAllAsync($"live/{SweptStream.Old}/")).Count);
        Assert.Single(await after.ListAllAsync("live/sweep.json"));
    }

    [Fact]
    public async Task With_none_running_it_takes_the_lease_of_a_writer_that_died_and_gives_it_back()
    {
        await PutAsync(ended: false);
        await PutLeaseAsync("somebody", epoch: 7, duration: 1);
        var (exit, output, error) = await RunAsync("live", dryRun: false, port: 1);
        Assert.Equal(("", 0), (error, exit));
        Assert.StartsWith("live: 1 key, ", output, StringComparison.Ordinal);
        using var after = new EmbeddedObjectStore(Data, TimeProvider.System);
        var lease = LeaseDocument.Read((await after.FindAsync(StreamKeys.Lease("live"))).Body.Span)!;
        Assert.Equal((8, true), (lease.Epoch, lease.IsReleased));
        // The broadcast that nobody has ended is left as it is, for the writer that goes on with it.
        Assert.Equal(5, (await after.ListAllAsync($"live/{SweptStream.Now}/")).Count);
    }

    [Fact]
    public async Task Without_a_lease_it_only_rehearses_where_a_broadcast_is_on_air()
    {
        await PutAsync(ended: false);
        var config = Path.Combine(_folder, "single.json");
        await File.WriteAllTextAsync(config, """{ "Storage": { "SingleWriter": true } }""");
        var (exit, output, error) = await RunAsync("live", dryRun: false, port: 1, config);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("live is on air, or its writer died on air.", error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("live", dryRun: true, port: 1, config)).Exit);
    }

    [Fact]
    public async Task A_stream_name_that_cannot_be_one_is_refused()
    {
        var (exit, _, error) = await RunAsync("../x", dryRun: true, port: 1);
        Assert.Equal(78, exit);
        Assert.Contains("is no name for a stream", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_rehearses_on_GET_and_refuses_what_it_cannot_do()
    {
        await RunServerAsync();
        var said = await AskAsync(HttpMethod.Get, "/api/v1/streams/live/sweep", HttpStatusCode.OK);
        var result = JsonSerializer.Deserialize(said, SweepJson.Default.SweepResult)!;
        Assert.True(result.DryRun);
        Assert.True(result.Operations.Lists > 0);
        said = await AskAsync(HttpMethod.Post, "/api/v1/streams/live/sweep?dryRun=true", HttpStatusCode.OK);
        Assert.True(JsonSerializer.Deserialize(said, SweepJson.Default.SweepResult)!.DryRun);
        said = await AskAsync(HttpMethod.Post, "/api/v1/streams/live/sweep", HttpStatusCode.OK);
        Assert.False(JsonSerializer.Deserialize(said, SweepJson.Default.SweepResult)!.DryRun);
        said = await AskAsync(HttpMethod.Post, "/api/v1/streams/live/sweep?dryRun=maybe", HttpStatusCode.BadRequest);
        Assert.Contains("dryRun must be true or false", said, StringComparison.Ordinal);
        await AskAsync(HttpMethod.Get, "/api/v1/streams/none/sweep", HttpStatusCode.NotFound);
        using var nobody = await _server!.GetAsync("/api/v1/streams/live/sweep");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    private async Task<string> RunServerAsync()
    {
        _server = await RunningServer.StartAsync(options =>
        {
            options.Data = Data;
            options.Admin.Token = Token;
        });
        await _server.GoOnAirAsync();
        return _server.Source;
    }

    private async Task<string> AskAsync(HttpMethod method, string path, HttpStatusCode status)
    {
        using var answer = await _server!.GetAsync(
            path,
            static request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token),
            method
        );
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {said}");
        return said;
    }

    /// <summary>Two broadcasts of long ago, by the file's times, which are the embedded store's.</summary>
    private async Task PutAsync(bool ended)
    {
        var made = new SweptStream();
        made.PutBroadcast(SweptStream.Old, 1_000_000, 1_000_003, 1_000_001, ended: true);
        made.PutBroadcast(SweptStream.Now, 1_000_004, 1_000_007, 1_000_005, ended);
        made.PutMultivariant(SweptStream.Now);
        made.Store.Put("live/theirs.txt");
        using (var store = new EmbeddedObjectStore(Data, TimeProvider.System))
        {
            foreach (var (key, stored) in made.Store.Objects)
                await store.StoreAsync(key, stored.Body.ToArray());
        }
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow - TimeSpan.FromHours(3));
    }

    private async Task PutLeaseAsync(string writer, long epoch, double duration)
    {
        var lease = new LeaseDocument
        {
            Epoch = epoch,
            Revision = 1,
            Writer = writer,
            Duration = duration,
            Source = LeaseDocument.Live,
        };
        using var store = new EmbeddedObjectStore(Data, TimeProvider.System);
        await store.StoreAsync(StreamKeys.Lease("live"), lease.ToJson());
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(
        string? stream,
        bool dryRun,
        int port,
        string? config = null
    )
    {
        if (config is null)
        {
            config = Path.Combine(_folder, "spillway.json");
            await File.WriteAllTextAsync(config, $$"""{ "Admin": { "Token": "{{Token}}" } }""");
        }
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await SweepCommand.RunAsync(
            new ServeSettings
            {
                Stream = stream,
                Port = port,
                Data = Data,
                Config = config,
            },
            dryRun,
            output,
            error,
            TestContext.Current.CancellationToken
        );
        return (exit, output.ToString(), error.ToString());
    }

    private static List<string> Snapshot(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder)
                .Order(StringComparer.Ordinal)
                .Select(static file => $"{file} {new FileInfo(file).Length} {StreamKeys.Hash(File.ReadAllBytes(file))}"),
        ];
}
