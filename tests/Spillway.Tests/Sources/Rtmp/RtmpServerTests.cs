using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpServerTests
{
    [Fact]
    public async Task A_publisher_s_media_come_to_its_stream_and_the_log_names_both()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        await client.SendAsync(Client.Video(Client.Frame(isKeyframe: true), 40), Client.Command("deleteStream", 6));
        var media = await ReadToEndAsync(publication);
        Assert.IsType<RtmpVideoConfiguration>(media[0]);
        Assert.True(media[1] is RtmpVideoFrame { Time: 40, IsKeyframe: true });
        Assert.Equal("FMLE/3.0 (compatible; Test)", publication.Encoder);
        await Until.TrueAsync(() => host.Log.Of(LogLevel.Information).Count(OfStream) == 2, "its begin and end are in the log");

        static bool OfStream(string line) => line.Contains(": live: ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client.Key + "x")]
    [InlineData(RtmpHost.OtherKey)]
    public async Task A_wrong_key_is_answered_with_words_and_then_the_connection_closes(string key)
    {
        await using var host = await RtmpHost.StartAsync();
        using var client = await host.ConnectAsync();
        await client.SendAsync(Client.Hello, Client.Connect(), Client.CreateStream(), Client.Publish(key));
        var (_, code, words) = await client.UntilStatusAsync("error");
        Assert.Equal("NetStream.Publish.BadName", code);
        Assert.Contains("No stream that takes RTMP has this key", words, StringComparison.Ordinal);
        await client.UntilClosedAsync();
        Assert.False(host.Inlet.Publications.TryPeek(out _));
        await Until.TrueAsync(
            () => host.Log.Of(LogLevel.Information).Any(static line => line.Contains("refused", StringComparison.Ordinal)),
            "it is in the log"
        );
    }

    [Fact]
    public async Task The_newest_publisher_wins_and_the_one_before_is_told()
    {
        await using var host = await RtmpHost.StartAsync();
        var (old, first) = await host.PublishAsync();
        var (@new, second) = await host.PublishAsync();
        using (old)
        using (@new)
        {
            await ReadToEndAsync(first);
            var (_, code, words) = await old.UntilStatusAsync("error");
            Assert.Equal("NetStream.Publish.Denied", code);
            Assert.Contains("newest", words, StringComparison.Ordinal);
            await old.UntilClosedAsync();
            await @new.SendAsync(Client.Video(Client.Frame(), 40), Client.Command("FCUnpublish", 6));
            Assert.Equal(2, (await ReadToEndAsync(second)).Count);
        }
    }

    [Fact]
    public async Task A_source_s_refusal_reaches_the_encoder_though_it_sends_on()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        publication.Refuse("The picture is too large: set it to 3840x2160 at most.");
        for (var i = 0; i < 50; i++)
            await client.SendAsync(Client.Video(Client.Frame(20_000), (uint)(40 * i)));
        Assert.StartsWith(
            "The picture is too large",
            (await client.UntilStatusAsync("error")).Description,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_encoder_whose_source_has_stopped_reading_is_told_so()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        publication.End();
        await client.SendAsync(Client.Video(Client.Frame(), 40));
        Assert.Contains("no more", (await client.UntilStatusAsync("error")).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_codec_is_refused_and_the_source_learns_of_it()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        await client.SendAsync(Client.Audio([0x2f, 1, 2]));
        Assert.Contains("MP3", (await client.UntilStatusAsync("error")).Description, StringComparison.Ordinal);
        await ReadToEndAsync(publication);
        Assert.Contains("MP3", publication.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_open_publisher_is_off_air_after_ten_seconds()
    {
        var time = new FakeTimeProvider();
        await using var host = await RtmpHost.StartAsync(time);
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        await AdvanceAsync(time, 8);
        await client.SendAsync(Client.Video(Client.Frame(), 40));
        await Until.TrueAsync(() => publication.Media.Count == 2, "the frame has come");
        await AdvanceAsync(time, 9);
        Assert.False(publication.Media.Completion.IsCompleted);
        var reading = ReadToEndAsync(publication);
        await UntilAsync(time, reading, atMost: 60);
        await client.UntilClosedAsync();
        await Until.TrueAsync(
            () =>
                host
                    .Log.Of(LogLevel.Information)
                    .Any(static line => line.Contains("nothing came for 10 s", StringComparison.Ordinal)),
            "it is in the log"
        );
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 30)]
    public async Task Who_sends_a_byte_now_and_then_gets_no_more_time_for_it(bool isShaken, int patience)
    {
        var time = new FakeTimeProvider();
        await using var host = await RtmpHost.StartAsync(time);
        using var client = await host.ConnectAsync();
        byte[] bytes = [.. Client.Hello, .. Client.Connect()];
        var sent = isShaken ? Client.Hello.Length : 0;
        await client.SendAsync(bytes[..sent]);
        if (isShaken)
            await client.UntilReceivedAsync(3073);
        var closed = client.UntilClosedAsync();
        var seconds = 0;
        while (!closed.IsCompleted && seconds < 60)
        {
            await client.SendAsync([bytes[sent++]]);
            await AdvanceAsync(time, 1);
            seconds++;
        }
        await closed;
        // Fake seconds that pass before a busy machine has accepted the connection do not count for it.
        Assert.InRange(seconds, patience - 1, patience + 20);
    }

    [Fact]
    public async Task One_address_gets_so_many_connections_and_publishers_do_not_count()
    {
        await using var host = await RtmpHost.StartAsync();
        var (publisher, _) = await host.PublishAsync();
        var idle = new List<RtmpClient>();
        for (var i = 0; i < RtmpPlaces.PerNetwork; i++)
        {
            idle.Add(await host.ConnectAsync());
            await idle[^1].SendAsync(Client.Hello);
            await idle[^1].UntilReceivedAsync(3073);
        }
        using (var late = await host.ConnectAsync())
            await late.UntilClosedAsync();
        idle[0].Dispose();
        await Until.TrueAsync(
            async () =>
            {
                using var next = await host.ConnectAsync();
                await next.SendAsync(Client.Hello);
                return await Record.ExceptionAsync(() => next.UntilReceivedAsync(3073)) is null;
            },
            () => "a place is free again"
        );
        publisher.Dispose();
        idle.ForEach(static client => client.Dispose());
        Assert.Contains(host.Log.All, static line => line.Contains("too many connections", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_does_not_take_the_media_makes_the_encoder_wait()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        var frame = Client.Video(Client.Frame(100_000));
        // Sockets hold some megabytes by themselves.
        var taken = await client.FloodAsync(frame, most: 400_000_000);
        Assert.InRange(taken, 0, 100_000_000);
        Assert.InRange(publication.Media.Count, 100, 600);
    }

    [Fact]
    public async Task All_that_came_before_the_connection_closed_reaches_the_source()
    {
        await using var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        for (var i = 0; i < 2000; i++)
            await client.SendAsync(Client.Video(Client.Frame(500), (uint)(40 * i)));
        client.Finish();
        // Only now is anything taken; the channel is shorter.
        Assert.Equal(2001, (await ReadToEndAsync(publication)).Count);
    }

    [Fact]
    public async Task The_server_stops_at_once_with_publishers_on_air()
    {
        var host = await RtmpHost.StartAsync();
        var (client, publication) = await host.PublishAsync();
        using var own = client;
        using var idle = await host.ConnectAsync();
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(8));
        await ReadToEndAsync(publication);
        await client.UntilClosedAsync();
    }

    private static async Task<List<RtmpMedia>> ReadToEndAsync(RtmpPublication publication)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var media = new List<RtmpMedia>();
        await foreach (var one in publication.Media.ReadAllAsync(late.Token))
            media.Add(one);
        return media;
    }

    /// <summary>In steps, so that what waits for one can arm the next.</summary>
    private static async Task AdvanceAsync(FakeTimeProvider time, int seconds)
    {
        for (var i = 0; i < 2 * seconds; i++)
        {
            await Task.Delay(5);
            time.Advance(TimeSpan.FromSeconds(0.5));
        }
        await Task.Delay(5);
    }

    private static async Task UntilAsync(FakeTimeProvider time, Task done, int atMost)
    {
        for (var i = 0; i < atMost && !done.IsCompleted; i++)
            await AdvanceAsync(time, 1);
        await done;
    }
}
