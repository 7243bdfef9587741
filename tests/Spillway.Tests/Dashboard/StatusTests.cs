using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Dashboard;
using Spillway.Storage;
using Spillway.Tests.Admin;

namespace Spillway.Tests.Dashboard;

/// <summary>The picture of a server that is really on air.</summary>
public sealed class StatusTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-source";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(Set, FailingStore.Before);
        await _server.GoOnAirAsync();

        static void Set(Spillway.Configuration.SpillwayOptions options)
        {
            options.Admin.Token = Operator.Token;
            options.Streams["obs"] = new Spillway.Timeline.StreamOptions { Source = "rtmp" };
            options.Streams["far"] = new Spillway.Timeline.StreamOptions
            {
                Source = $"http://me:{Secret}@127.0.0.1:9/hls/stream.m3u8?key={Secret}",
            };
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_shows_what_is_on_air_with_every_segment_s_way_to_the_store()
    {
        // The last six of the eight that the source has: it begins near the live edge.
        StatusDocument status = null!;
        await Until.TrueAsync(
            async () => (status = await TakeAsync()).Streams[0].Window is [{ Stored: 6 } all] && all.Entries.All(IsListed),
            () => "all are listed"
        );
        Assert.Equal(["live", "far", "obs"], status.Streams.Select(static stream => stream.Name));
        var live = status.Streams[0];
        Assert.Equal(("live", "A show", "live"), (live.Name, live.Title, live.State));
        Assert.Equal(_server.Stream.Status.Broadcast, live.Broadcast);
        Assert.InRange(live.OnAirSeconds!.Value, 0, 60);
        Assert.Equal(("folder", _server.Source, "live"), (live.Source.Kind, live.Source.Address, live.Source.State));
        Assert.InRange(live.Source.SegmentDuration!.Value, 0.9, 1.1);
        Assert.InRange(live.Source.BitRate!.Value, 10_000, 5_000_000);
        var source = Assert.Single(live.Source.Renditions);
        Assert.Equal(_server.Stream.OnAir!.Renditions.Single().Format.Codecs, source.Codecs);
        Assert.True(source.Told > source.BitRate);

        var window = Assert.Single(live.Window);
        Assert.All(window.Entries, static entry => Assert.True(entry is { Gap: false, Slate: false, Tries: 1, Bytes: > 1000 }));
        Assert.All(
            window.Entries,
            static entry => Assert.InRange(entry.StoredAt!.Value, entry.ArrivedAt!.Value, DateTimeOffset.UtcNow)
        );
        Assert.Equal(
            Enumerable.Range(0, window.Entries.Count).Select(i => window.Entries[0].Number + i),
            window.Entries.Select(static entry => entry.Number)
        );
        Assert.Equal((6, 0, 0), (live.Uploads.Stored, live.Uploads.FailedTries, live.Uploads.Waiting));
        Assert.InRange(live.Uploads.MeanLoad!.Value, 0, 1);
        Assert.Equal(live.Uplink.Bytes, live.Uplink.SinceStart);
        Assert.True(live.Operations.Broadcast!.ClassA >= 6);
        Assert.Equal("writer", live.Writer.Role);
        Assert.Empty(live.Faults);
        Assert.Null(live.Switches.EndRefusal);
        Assert.Contains("has no slate", live.Switches.SlateRefusal, StringComparison.Ordinal);
        Assert.Contains("follows its source", live.Switches.KeyRefusal, StringComparison.Ordinal);
        Assert.Equal(status.Server.Instance, live.Writer.Instance);
    }

    [Fact]
    public async Task It_shows_where_encoders_publish_to_and_no_secret()
    {
        var (status, text) = await TakeTextAsync();
        var obs = status.Streams.Single(static stream => stream.Name == "obs");
        Assert.Equal("rtmp", obs.Publish!.Kind);
        Assert.Matches("^rtmp://{host}:[0-9]+/live/KEY$", obs.Publish.Address);
        Assert.Null(obs.Switches.KeyRefusal);
        Assert.Equal(("offline", "waiting"), (obs.State, obs.Source.State));
        var far = status.Streams.Single(static stream => stream.Name == "far");
        Assert.Equal("http://127.0.0.1:9/hls/stream.m3u8", far.Source.Address);

        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Operator.Token, text, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Service<Spillway.Sources.PublishKeys>().Of("obs")!, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_viewers_cost_the_origin_is_counted_and_what_the_operator_asks_is_not()
    {
        var before = await TakeAsync();
        Assert.Equal(("live", before.Streams[0].Broadcast), (before.Origin.Stream, before.Origin.Broadcast));
        Assert.Equal((1000, 100_000_000, 2400), (before.Origin.MostRequests, before.Origin.MostBytes, before.Origin.Show));
        for (var i = 0; i < 3; i++)
            await _server.TextAsync("/watch/live");
        using var missing = await _server.GetAsync("/dashboard/none.js");
        await Task.Delay(StatusFeed.Look * 2);
        var after = await TakeAsync();
        Assert.Equal(before.Origin.Requests + 3, after.Origin.Requests);
        Assert.True(after.Origin.Bytes > before.Origin.Bytes);
        Assert.Null(after.Origin.ProjectedRequests);
        Assert.Null(after.Origin.Advice);

        for (var i = 0; i < 25; i++)
            await _server.TextAsync($"/live/{_server.Stream.OnAir!.Renditions.First().Declared.Name}/playlist.m3u8");
        await Task.Delay(StatusFeed.Look * 2);
        Assert.Contains("Players poll the playlists", (await TakeAsync()).Origin.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_store_does_not_take_is_a_fault_with_its_remedy_and_a_segment_that_waits()
    {
        _server.Service<FailingStore>().Fault = new StoreFault(StoreFaultKind.Unreachable, "The disk says no.", "Ask it nicely.");
        var show = await Spillway.Tests.Streams.Show.GetAsync(Spillway.Tests.Streams.Show.Plain);
        await File.WriteAllBytesAsync(Path.Combine(_server.Source, "s8.ts"), show.Bytes[8]);
        await File.AppendAllTextAsync(Path.Combine(_server.Source, "stream.m3u8"), "#EXTINF:1.000,\ns8.ts\n");
        StatusDocument status = null!;
        await Until.TrueAsync(
            async () =>
                (status = await TakeAsync()).Streams[0] is { Uploads: { Waiting: > 0, FailedTries: > 0, Fault: not null } } seen
                && seen.Faults.Any(static fault => fault.Kind == "store")
                && seen.Window[0].Entries[^1].State == "waiting",
            () => "the fault is shown, and the segment that waits"
        );
        var live = status.Streams[0];
        Assert.Contains("The disk says no. Ask it nicely.", live.Faults[0].Message, StringComparison.Ordinal);
        Assert.Equal("Ask it nicely.", live.Uploads.Fault!.Remedy);
        Assert.Equal("degraded", status.Server.Health);
        _server.Service<FailingStore>().Fault = null;
        await Until.TrueAsync(
            async () =>
                (status = await TakeAsync()).Streams[0] is { Faults: [], Uploads.Waiting: 0 } seen
                && seen.Window[0].Entries.Any(static entry => entry is { State: "listed", Tries: > 1 }),
            () => $"all is well again, and the segment is listed: {status.Streams[0]}"
        );
    }

    private static bool IsListed(EntryPicture entry) => entry.State == "listed";

    private async Task<StatusDocument> TakeAsync() => (await TakeTextAsync()).Status;

    private async Task<(StatusDocument Status, string Text)> TakeTextAsync()
    {
        using var answer = await _server.GetAsync(
            "/api/v1/status",
            static request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Operator.Token)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        return (JsonSerializer.Deserialize(text, StatusJson.Default.StatusDocument)!, text);
    }
}
