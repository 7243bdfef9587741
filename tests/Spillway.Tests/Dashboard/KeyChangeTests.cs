using System.Net;
using System.Text.Json;
using Spillway.Dashboard;
using Spillway.Events;
using Spillway.Sources;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Admin;
using Spillway.Tests.Sources.Rtmp;

namespace Spillway.Tests.Dashboard;

/// <summary>A new stream key: the old one opens nothing any more, and who came with it is cut off.</summary>
public sealed class KeyChangeTests(Encoders encoders) : IAsyncLifetime
{
    private RunningServer _server = null!;
    private Operator _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Operator.Token;
            options.Streams["obs"] = new Spillway.Timeline.StreamOptions { Source = "rtmp", Slate = "none" };
            options.Streams["pushed"] = new Spillway.Timeline.StreamOptions { Source = "push", Slate = "none" };
            options.Streams["fixed"] = new Spillway.Timeline.StreamOptions { Source = "push", Key = "of-the-settings" };
            options.Server.PublicUrl = "https://tv.example.org";
        });
        await _server.UntilWriterAsync();
        _operator = new Operator(_server) { Shown = Operator.Token };
    }

    public ValueTask DisposeAsync()
    {
        _operator.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task An_encoder_with_the_old_key_is_cut_off_and_refused_and_one_with_the_new_key_is_taken()
    {
        var port = _server.Service<Ports>().Rtmp;
        var old = _server.Service<PublishKeys>().Of("obs")!;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var file = await encoders.FileAsync(Encoders.Plain);
        var encoder = Ffmpeg.RunAsync(
            Path.GetDirectoryName(file)!,
            [.. $"-re -stream_loop -1 -i {Path.GetFileName(file)} -c copy -f flv rtmp://127.0.0.1:{port}/live/{old}".Split(' ')],
            late.Token
        );
        var stream = _server.Streams.Find("obs")!;
        await Until.TrueAsync(() => stream.Source.LastSegmentAt is not null, () => $"it publishes: {stream.Status}");
        Assert.True(_server.Service<RtmpInlets>().Of("obs").IsPublishedTo);
        // It has shown the key, and sends its media only later.
        using var waiting = await RtmpClient.ConnectAsync(port);
        await waiting.SendAsync(Hello(old));
        await waiting.UntilStatusAsync("status");

        var changed = await ChangeAsync("obs");
        Assert.True(changed.Dropped);
        Assert.NotEqual(old, changed.Key);
        Assert.Matches("^rtmp://tv.example.org:[0-9]+/live/[0-9a-f]{24}$", changed.Address);
        Assert.EndsWith(changed.Key, changed.Address, StringComparison.Ordinal);
        Assert.Contains(changed.Key, await File.ReadAllTextAsync(changed.KeyIsIn), StringComparison.Ordinal);
        // That the encoder is there may be told only now.
        var told = _server.Service<EventLog>().Recent.Last(static happened => happened.Kind == EventKinds.Operator);
        Assert.Equal("obs", told.Stream);
        Assert.Contains("is cut off", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(changed.Key, told.Text, StringComparison.Ordinal);

        await Until.TrueAsync(
            () => stream.Status.SourceAway?.Contains("The stream's key was changed", StringComparison.Ordinal) == true,
            () => $"it is cut off, and why is told: {stream.Status}"
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => encoder);
        await waiting.SendAsync(Client.Video(Client.VideoConfiguration));
        Assert.Contains(
            "No stream that takes RTMP has this key",
            (await waiting.UntilStatusAsync("error")).Description,
            StringComparison.Ordinal
        );
        using var again = await RtmpClient.ConnectAsync(port);
        await again.SendAsync(Hello(old));
        await again.UntilStatusAsync("error");
        using var right = await RtmpClient.ConnectAsync(port);
        await right.SendAsync(Hello(changed.Key));
        await right.UntilStatusAsync("status");
    }

    [Fact]
    public async Task A_push_with_the_old_key_is_refused_and_the_new_one_lasts_over_a_start()
    {
        var keys = _server.Service<PublishKeys>();
        var old = keys.Of("pushed")!;
        var changed = await ChangeAsync("pushed");
        Assert.False(changed.Dropped);
        Assert.Equal($"https://tv.example.org/ingest/pushed/{changed.Key}/stream.m3u8", changed.Address);
        using var refused = await _server.GetAsync($"/ingest/pushed/{old}/stream.m3u8", method: HttpMethod.Put);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // Empty, and let in.
        using var taken = await _server.GetAsync($"/ingest/pushed/{changed.Key}/stream.m3u8", method: HttpMethod.Put);
        Assert.Equal(HttpStatusCode.BadRequest, taken.StatusCode);

        var reopened = PublishKeys.Open(_server.Service<Spillway.Configuration.SpillwayOptions>());
        Assert.Equal(changed.Key, reopened.Of("pushed"));
        Assert.Equal(keys.Of("obs"), reopened.Of("obs"));
    }

    [Theory]
    [InlineData("live", "live follows its source: there is no stream key.")]
    [InlineData("fixed", "The key stands in the settings: change Streams.fixed.Key there")]
    public async Task What_is_not_made_here_is_not_changed_here(string stream, string words)
    {
        var (answer, text) = await _operator.AskAsync(HttpMethod.Post, $"/api/v1/streams/{stream}/key");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_kept_is_not_changed()
    {
        var keys = _server.Service<PublishKeys>();
        var old = keys.Of("obs");
        File.Delete(keys.Path);
        Directory.CreateDirectory(keys.Path);
        var (answer, text) = await _operator.AskAsync(HttpMethod.Post, "/api/v1/streams/obs/key");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("the old key stays", text, StringComparison.Ordinal);
        Assert.Equal(old, keys.Of("obs"));
    }

    private async Task<NewKey> ChangeAsync(string stream)
    {
        var (answer, text) = await _operator.AskAsync(HttpMethod.Post, $"/api/v1/streams/{stream}/key");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, SwitchJson.Default.NewKey)!;
    }

    private static byte[] Hello(string key) =>
        [.. Client.Hello, .. Client.Connect(), .. Client.CreateStream(), .. Client.Publish(key)];
}
