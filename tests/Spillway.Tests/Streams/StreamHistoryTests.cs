using System.Text;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

public sealed class StreamHistoryTests : IAsyncDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210";
    private static readonly DateTimeOffset Date = new(2026, 11, 22, 19, 5, 0, TimeSpan.Zero);

    private readonly TestStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_empty_bucket_is_a_first_start()
    {
        var history = await ReadAsync();
        Assert.Equal((1, 1_000_000, 0), (history.Epoch, history.NextNumber, history.NextDiscontinuity));
        Assert.Empty(history.Hashes);
        Assert.Empty(history.Open);
        Assert.Null(history.End);
        Assert.Null(history.Multivariant);
        Assert.Null(history.Player);
    }

    [Fact]
    public async Task Everything_is_read_back_from_the_playlists()
    {
        await PutAsync("live/playlist.m3u8", Multivariant(new Stamp(3, 2), "b/0/playlist.m3u8", "b/1/playlist.m3u8"));
        await PutAsync("live/player.json", "{\"epoch\":3,\"revision\":9}");
        await PutAsync("live/b/0/playlist.m3u8", Media(new Stamp(3, 40), Segment(1_000_010, Hash), Gap(1_000_011)));
        // Further, and fenced by a writer that came no further.
        await PutAsync(
            "live/b/1/playlist.m3u8",
            Media(
                new Stamp(4, 1),
                Segment(1_000_010, Hash),
                Segment(1_000_011, Other) with
                {
                    Discontinuity = true,
                },
                Gap(1_000_012) with
                {
                    Discontinuity = true,
                }
            )
        );
        var history = await ReadAsync();
        Assert.Equal(5, history.Epoch);
        Assert.Equal(1_000_013, history.NextNumber);
        // The sequence of the first is 6, then two tags; the next broadcast is another one.
        Assert.Equal(6 + 2 + 1, history.NextDiscontinuity);
        Assert.Equal([Hash, Other], history.Hashes.Order(StringComparer.Ordinal));
        Assert.Equal(Date.AddSeconds(3 * 2), history.End);
        Assert.Equal(["live/b/0/playlist.m3u8", "live/b/1/playlist.m3u8"], history.Open.Select(open => open.Key));
        Assert.NotNull(history.Multivariant);
        Assert.NotNull(history.Player);
    }

    [Fact]
    public async Task An_ended_playlist_tells_where_to_go_on_and_is_not_ended_again()
    {
        await PutAsync("live/playlist.m3u8", Multivariant(new Stamp(1, 1), "b/0/playlist.m3u8", "b/1/playlist.m3u8"));
        await PutAsync("live/b/0/playlist.m3u8", Media(new Stamp(1, 9), Segment(1_000_000, Hash)) with { Ended = true });
        await PutAsync("live/b/1/playlist.m3u8", Media(new Stamp(1, 8), Segment(1_000_000, Other)));
        var history = await ReadAsync();
        Assert.Equal(1_000_001, history.NextNumber);
        Assert.Equal("live/b/1/playlist.m3u8", Assert.Single(history.Open).Key);
    }

    [Fact]
    public async Task A_media_playlist_that_is_missing_or_garbage_is_passed_over()
    {
        await PutAsync(
            "live/playlist.m3u8",
            Multivariant(new Stamp(7, 1), "b/0/playlist.m3u8", "b/1/playlist.m3u8", "b/2/playlist.m3u8")
        );
        await PutAsync("live/b/1/playlist.m3u8", "<html>");
        await PutAsync("live/b/2/playlist.m3u8", Media(new Stamp(7, 3), Segment(1_000_004, Hash)));
        var history = await ReadAsync();
        Assert.Equal((8, 1_000_005), (history.Epoch, history.NextNumber));
        Assert.Single(history.Open);
    }

    [Theory]
    [InlineData("<html>not a playlist</html>")]
    [InlineData("")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://elsewhere.example.org/playlist.m3u8\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/etc/passwd\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n../../../etc/passwd\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb\\0.m3u8\n")]
    public async Task What_we_did_not_write_at_the_stream_s_address_stops_nothing(string text)
    {
        await PutAsync("live/playlist.m3u8", text);
        await PutAsync("live/player.json", "{\"epoch\":3,\"revision\":9}");
        var history = await ReadAsync();
        Assert.Equal((4, 1_000_000), (history.Epoch, history.NextNumber));
        Assert.NotNull(history.Multivariant);
    }

    [Fact]
    public async Task An_epoch_is_believed_from_the_player_s_document_alone()
    {
        await PutAsync("live/player.json", "{\"epoch\":12,\"revision\":1,\"state\":\"offline\"}");
        Assert.Equal(13, (await ReadAsync()).Epoch);
    }

    [Theory]
    [InlineData("{\"epoch\":\"12\",\"revision\":1}")]
    [InlineData("{\"epoch\":12}")]
    [InlineData("{\"inner\":{\"epoch\":12,\"revision\":1}}")]
    [InlineData("{\"epoch\":12,\"revision\":1")]
    [InlineData("[12]")]
    [InlineData("\0")]
    public async Task A_document_without_a_whole_stamp_tells_no_epoch(string json)
    {
        await PutAsync("live/player.json", json);
        Assert.Equal(1, (await ReadAsync()).Epoch);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_not_an_empty_one()
    {
        _store.Line.CannotBeRead = true;
        var exception = await Assert.ThrowsAsync<ObjectStoreException>(ReadAsync);
        Assert.Equal(StoreFaultKind.Unreachable, exception.Fault.Kind);
    }

    private Task<StreamHistory> ReadAsync() =>
        StreamHistory.ReadAsync(_store.Line.Reader(_store.Clock.Time), "live", TestContext.Current.CancellationToken);

    private Task PutAsync(string key, MediaPlaylist playlist) => _store.Direct.StoreAsync(key, PlaylistWriter.Write(playlist));

    private Task PutAsync(string key, string text) => _store.Direct.StoreAsync(key, Encoding.UTF8.GetBytes(text));

    private static string Multivariant(Stamp stamp, params string[] uris) =>
        Encoding.UTF8.GetString(
            PlaylistWriter.Write(
                new MultivariantPlaylist
                {
                    Stamp = stamp,
                    Variants = [.. uris.Select(static uri => new Variant { Uri = uri, Bandwidth = 1000 })],
                }
            )
        );

    private static MediaPlaylist Media(Stamp stamp, params MediaSegment[] segments) =>
        new()
        {
            TargetDuration = 3,
            MediaSequence = long.Parse(segments[0].Uri.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture),
            DiscontinuitySequence = 6,
            Stamp = stamp,
            Segments = [.. segments.Select(static (s, i) => s with { ProgramDateTime = Date.AddSeconds(2 * i) })],
        };

    private static MediaSegment Segment(long number, string hash) =>
        new() { Uri = $"{number}-{hash}.ts", Duration = TimeSpan.FromSeconds(2) };

    private static MediaSegment Gap(long number) =>
        new()
        {
            Uri = $"{number}-gap",
            Duration = TimeSpan.FromSeconds(2),
            Gap = true,
        };
}
