using System.Globalization;
using Spillway.Playlists;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Tests.Streams;

/// <summary>A live playlist stays below its limit however long the window may be.</summary>
public sealed class PlaylistSizeTests
{
    [Fact]
    public void A_window_of_hours_is_cut_from_its_head_and_never_grows_there_again()
    {
        const int limit = 64_000;
        var (timeline, size) = (NewTimeline(7200), new PlaylistSize(limit));
        var first = 0L;
        var (largest, most) = (0L, 0);
        for (var i = 0; i < 7200; i++)
        {
            Add(timeline, i);
            if (i < 3)
                continue;
            var window = Publish(timeline, size);
            Assert.True(window.MediaSequence >= first);
            first = window.MediaSequence;
            most = Math.Max(most, window.Segments.Count);
            if (i % 50 == 0 || i > 2000)
                largest = Math.Max(largest, i % 50 == 0 ? Bytes(window) : 0);
        }
        Assert.InRange(largest, limit * 0.9, limit);
        // It is the number that a playlist of this size can hold, and not much less.
        Assert.InRange(most, 1_200, 4_000);
    }

    [Fact]
    public void A_short_window_is_never_cut()
    {
        var (timeline, size) = (NewTimeline(6), new PlaylistSize(4_000));
        for (var i = 0; i < 50; i++)
            Add(timeline, i);
        Publish(timeline, size);
        Assert.Equal(int.MaxValue, size.Most);
    }

    [Fact]
    public void What_its_replay_does_not_list_yet_stays_whatever_the_size()
    {
        var (timeline, size) = (NewTimeline(7200), new PlaylistSize(4_000));
        for (var i = 0; i < 600; i++)
            Add(timeline, i);
        var held = timeline.Playlist("0", ended: false, heldFrom: 1_000_100, size.Most)!;
        Assert.True(size.Cuts(held));
        Assert.Equal(1_000_100, timeline.Playlist("0", ended: false, heldFrom: 1_000_100, size.Most)!.MediaSequence);
        Assert.Equal(size.Most, timeline.Playlist("0", ended: false, long.MaxValue, size.Most)!.Segments.Count);
    }

    private static MediaPlaylist Publish(BroadcastTimeline timeline, PlaylistSize size)
    {
        var window = timeline.Playlist("0", ended: false, most: size.Most)!;
        return size.Cuts(window) ? timeline.Playlist("0", ended: false, most: size.Most)! : window;
    }

    private static long Bytes(MediaPlaylist window) =>
        PlaylistSize.Compressed(PlaylistWriter.Write(window with { Stamp = new Stamp(3, 123_456) }));

    private static BroadcastTimeline NewTimeline(int window) =>
        new(new BroadcastSettings(3, window, TimeSpan.FromSeconds(9), 1_000_000, 0), ["0"]);

    private static void Add(BroadcastTimeline timeline, int index)
    {
        var hash = StreamKeys.Hash(BitConverter.GetBytes(index));
        var seconds = 2 + (index % 7 - 3) * 0.013;
        var entry = timeline.Add(
            new MediaPiece
            {
                Rendition = "0",
                Run = 0,
                Duration = TimeSpan.FromSeconds(seconds),
                Timestamp = TimeSpan.FromSeconds(2 * index),
            },
            number => string.Create(CultureInfo.InvariantCulture, $"{number}-{hash}.ts"),
            TimeSpan.FromSeconds(2 * index),
            new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero)
        )!;
        entry.State = EntryState.Stored;
    }
}
