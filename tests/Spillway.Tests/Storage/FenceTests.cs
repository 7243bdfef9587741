using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class FenceTests : IAsyncDisposable
{
    private const string Key = "live/b/0/playlist.m3u8";
    private const long Epoch = 5;

    private readonly TestStore _store = new();
    private readonly Fence _fence;

    public FenceTests() =>
        _fence = new Fence(_store.Line, Epoch, static _ => Task.CompletedTask, _store.Clock.Time, NullLogger.Instance);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_an_earlier_writer_left_is_rewritten_and_only_the_stamp_changes()
    {
        var old = await PutAsync(Playlist(new Stamp(4, 900)));
        var before = await _store.Direct.FindAsync(Key);
        await _store.Clock.Wait(100);
        var read = await ReadAsync();
        Assert.Equal(before.LastModified, read!.LastModified);
        var now = await _store.Direct.FindAsync(Key);
        Assert.Equal((read.ETag, Text(read.Body)), (now.ETag, Text(now.Body)));
        Assert.NotEqual(old, now.ETag);
        Assert.Equal(Text(Playlist(new Stamp(Epoch, 1))), Text(now.Body));
        var put = Assert.Single(_store.Line.Puts);
        Assert.Equal(PutCondition.Matches(old), put.Condition);
        Assert.Equal(StreamKeys.MediaPlaylistHeaders(2, ended: false), put.Headers);
        Assert.NotNull(_fence.LastPut(Key));
    }

    [Fact]
    public async Task Fenced_once_it_is_not_written_again_and_keeps_its_date()
    {
        await PutAsync(Playlist(new Stamp(4, 900)));
        var first = await ReadAsync();
        await _store.Clock.Wait(50);
        var again = await ReadAsync();
        Assert.Equal((first!.ETag, first.LastModified), (again!.ETag, again.LastModified));
        Assert.Single(_store.Line.Puts);
    }

    [Fact]
    public async Task A_lost_answer_costs_no_second_version()
    {
        await PutAsync(Playlist(new Stamp(4, 900)));
        _store.Line.Plan(PutFault.AnswerLost);
        var read = await ReadAsync();
        Assert.Equal(new Stamp(Epoch, 1), StampReader.Read(read!.Body.Span));
        Assert.Single(_store.Line.Puts);
    }

    [Fact]
    public async Task A_lost_request_is_sent_again_no_sooner_than_the_store_takes_it()
    {
        await PutAsync(Playlist(new Stamp(4, 900)));
        _store.Line.Plan(PutFault.Lost, PutFault.Lost);
        await ReadAsync();
        var puts = _store.Line.Puts;
        Assert.Equal(3, puts.Count);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= MutableObject.Spacing));
        Assert.Equal(3, puts.Select(put => Text(put.Body)).Distinct().Count());
    }

    [Fact]
    public async Task What_slips_in_between_is_read_and_fenced_in_its_turn()
    {
        await PutAsync(Playlist(new Stamp(4, 900)));
        _store.Line.Plan(PutFault.Late);
        var reading = ReadAsync();
        await Until.TrueAsync(() => _store.Line.Waiting == 1, "the fence is on its way");
        await PutAsync(Playlist(new Stamp(4, 901), segments: 3));
        _store.Line.Release();
        var read = await reading;
        Assert.Equal(3, PlaylistParser.Parse(read!.Body.Span).Media!.Segments.Count);
        Assert.Equal(Epoch, StampReader.Read(read.Body.Span)!.Value.Epoch);
    }

    [Theory]
    [InlineData(Epoch)]
    [InlineData(Epoch + 3)]
    public async Task An_epoch_that_is_not_lower_means_a_successor(long found)
    {
        await PutAsync(Playlist(new Stamp(found, 1)));
        var exception = await Assert.ThrowsAsync<SupersededException>(ReadAsync);
        Assert.Equal(found, exception.Epoch);
        Assert.Empty(_store.Line.Puts);
    }

    [Fact]
    public async Task What_is_not_there_or_of_nobody_or_ended_is_left_as_it_is()
    {
        Assert.Null(await ReadAsync());
        foreach (
            var body in (byte[][])
                [
                    TestObjects.Bytes("<html>"),
                    Playlist(null),
                    Playlist(new Stamp(4, 1)) is var p ? [.. p, .. "#EXT-X-ENDLIST\n"u8] : p,
                ]
        )
        {
            var etag = await PutAsync(body);
            Assert.Equal(etag, (await ReadAsync())!.ETag);
        }
        Assert.Empty(_store.Line.Puts);
    }

    [Fact]
    public async Task Documents_keep_all_their_other_members()
    {
        var body =
            """{"revision":7,"epoch":3,"state":"live","p2p":{"enabled":true,"epoch":9},"stun":["stun:a","stun:ü"],"liveDelay":4.5}""";
        await _store.Direct.StoreAsync("live/player.json", TestObjects.Bytes(body));
        var read = await _fence.ReadAsync("live/player.json", TestContext.Current.CancellationToken);
        var expected =
            """{"epoch":5,"revision":1,"state":"live","p2p":{"enabled":true,"epoch":9},"stun":["stun:a","stun:ü"],"liveDelay":4.5}""";
        Assert.True(
            System.Text.Json.Nodes.JsonNode.DeepEquals(
                System.Text.Json.Nodes.JsonNode.Parse(expected),
                System.Text.Json.Nodes.JsonNode.Parse(read!.Body.Span)
            )
        );
        Assert.Equal(StreamKeys.PlayerHeaders, Assert.Single(_store.Line.Puts).Headers);
    }

    [Fact]
    public async Task A_store_that_refuses_or_is_away_is_told()
    {
        await PutAsync(Playlist(new Stamp(4, 900)));
        _store.Line.Plan(PutFault.Denied);
        await Assert.ThrowsAsync<ObjectStoreException>(ReadAsync);
        _store.Line.CannotBeRead = true;
        await Assert.ThrowsAsync<ObjectStoreException>(ReadAsync);
    }

    [Fact]
    public async Task The_earlier_writer_s_next_PUT_fails_and_tells_it_of_its_successor()
    {
        using var stop = new CancellationTokenSource();
        var old = new MutableObject(_store.Line, Key, 4, conditional: true, _store.Clock.Time, NullLogger.Instance);
        var running = old.RunAsync(stop.Token);
        await old.PublishAsync(static stamp => Playlist(stamp), StreamKeys.MediaPlaylistHeaders(2, false));
        var fenced = await ReadAsync();
        _ = old.PublishAsync(static stamp => Playlist(stamp, 4), StreamKeys.MediaPlaylistHeaders(2, false));
        await Assert.ThrowsAsync<SupersededException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(fenced!.ETag, (await _store.Direct.FindAsync(Key)).ETag);
    }

    private Task<StoredObject?> ReadAsync() => _fence.ReadAsync(Key, TestContext.Current.CancellationToken);

    private Task<string> PutAsync(byte[] body) => _store.Direct.StoreAsync(Key, body);

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private static byte[] Playlist(Stamp? stamp, int segments = 2) =>
        PlaylistWriter.Write(
            new MediaPlaylist
            {
                TargetDuration = 2,
                MediaSequence = 1_000_000,
                Stamp = stamp,
                Segments =
                [
                    .. Enumerable
                        .Range(0, segments)
                        .Select(static i => new MediaSegment
                        {
                            Uri = $"{1_000_000 + i}-x.ts",
                            Duration = TimeSpan.FromSeconds(2),
                        }),
                ],
            }
        );
}
