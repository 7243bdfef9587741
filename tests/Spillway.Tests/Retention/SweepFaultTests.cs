using System.Text;
using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary>What is in doubt stays; what was begun is taken up again.</summary>
public sealed class SweepFaultTests
{
    private readonly SweptStream _stream = new();

    public SweepFaultTests()
    {
        _stream.PutBroadcast(SweptStream.Old, 1_000_000, 1_000_020, 1_000_010, ended: true);
        _stream.Store.Put(SweptStream.Slate(1));
        Pass(2);
        _stream.PutBroadcast(SweptStream.Now, 1_000_021, 1_000_060, 1_000_050);
        _stream.PutMultivariant(SweptStream.Now);
    }

    private static string OldPlaylist => $"live/{SweptStream.Old}/0/playlist.m3u8";

    [Theory]
    [InlineData("", "torn")]
    [InlineData("<html>", "HTML")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttps://edge/live/x.ts\n", "no name relative to it")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1000000%2Dx.ts\n", "no name relative to it")]
    public async Task A_playlist_that_cannot_be_understood_keeps_its_broadcast_and_every_slate(string body, string why)
    {
        _stream.Store.Put(OldPlaylist, Encoding.UTF8.GetBytes(body));
        for (var i = 0; i < 4; i++)
        {
            Pass(1.1);
            var result = await _stream.SweepAsync();
            Assert.Contains(
                result.Problems,
                problem =>
                    problem.Contains(why, StringComparison.Ordinal) && problem.Contains(OldPlaylist, StringComparison.Ordinal)
            );
        }
        Assert.Equal(22, _stream.Keys.Count(static key => key.Contains(SweptStream.Old, StringComparison.Ordinal)));
        Assert.Contains(SweptStream.Slate(1), _stream.Keys);
        // The one on air is understood.
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Now, 1_000_021), _stream.Keys);
    }

    [Fact]
    public async Task A_playlist_that_cannot_be_read_now_is_waited_for()
    {
        _stream.Store.Unreadable = static key => key == OldPlaylist;
        Assert.Equal(0, (await _stream.SweepAsync()).DeletedKeys);
        _stream.Store.Unreadable = static _ => false;
        Assert.Equal(1, (await _stream.SweepAsync()).DeletedKeys);
        Assert.DoesNotContain(OldPlaylist, _stream.Keys);
    }

    [Theory]
    [InlineData("live/playlist.m3u8", null, "nobody can tell what is on air")]
    [InlineData("live/playlist.m3u8", "#EXTM3U\n", "is no multivariant playlist")]
    [InlineData(
        "live/playlist.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nother/0/playlist.m3u8\n",
        "no playlist of a broadcast"
    )]
    [InlineData("live/highlights.m3u8", "#EXTM3U\n#EXTINF:4,\nhttp://edge/a.ts\n", "may name anything")]
    public async Task Where_nobody_can_tell_what_is_needed_nothing_goes(string key, string? body, string why)
    {
        if (body is null)
            await _stream.Store.RemoveAsync(key);
        else
            _stream.Store.Put(key, body);
        for (var i = 0; i < 4; i++)
        {
            Pass(1.1);
            var result = await _stream.SweepAsync();
            Assert.Equal(0, result.DeletedKeys);
            Assert.Contains(result.Problems, problem => problem.Contains(why, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"replays\":[{}]}")]
    [InlineData("{\"replays\":[\"x\"]}")]
    [InlineData("{\"replays\":[{\"broadcast\":null}]}")]
    [InlineData("{\"replays\":")]
    public async Task A_list_of_replays_that_is_none_keeps_every_broadcast(string body)
    {
        _stream.Store.Put("live/replays.json", body);
        for (var i = 0; i < 4; i++)
        {
            Pass(1.1);
            Assert.Contains("counts as kept", (await _stream.SweepAsync()).Problems.Single(), StringComparison.Ordinal);
        }
        Assert.Equal(22, _stream.Keys.Count(static key => key.Contains(SweptStream.Old, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_is_no_longer_the_writer_deletes_no_further_batch()
    {
        var asked = 0;
        for (var i = 0; i < 2500; i++)
            _stream.Store.Put(SweptStream.Segment(SweptStream.Old, 2_000_000 + i));
        Pass(2);
        await _stream.SweepAsync();
        Pass(2);
        // Batches of 1,000: the note, one batch, and no second.
        _stream.IsMine = () => ++asked <= 2;
        var result = await _stream.SweepAsync();
        Assert.True(result.Stopped);
        Assert.Contains("no longer the writer", result.Problems.Single(), StringComparison.Ordinal);
        Assert.Equal(1000, result.DeletedKeys);
        Assert.Equal(1521, _stream.Keys.Count(static key => key.Contains(SweptStream.Old, StringComparison.Ordinal)));
        _stream.IsMine = static () => false;
        Assert.Equal(0, (await _stream.SweepAsync()).DeletedKeys);
        _stream.IsMine = static () => true;
        Assert.Equal(
            1521,
            (await _stream.SweepAsync()).Deleted.Single(static g => g.Reason == "segments of ended broadcasts").Keys
        );
    }

    [Fact]
    public async Task A_successor_s_note_ends_the_sweep_of_the_one_before()
    {
        _stream.Epoch = 4;
        await _stream.SweepAsync();
        _stream.Epoch = 3;
        Pass(2);
        var result = await _stream.SweepAsync();
        Assert.True(result.Stopped);
        Assert.Equal(0, result.DeletedKeys);
        Assert.Contains("epoch 4", result.Problems.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_known_to_be_noted_is_not_begun()
    {
        _stream.Store.PutFault = static _ => false;
        Assert.True((await _stream.SweepAsync()).Stopped);
        Assert.Contains(OldPlaylist, _stream.Keys);
        // The answer is lost: the next one finds the note.
        _stream.Store.PutFault = static _ => true;
        Assert.True((await _stream.SweepAsync()).Stopped);
        Assert.Contains(OldPlaylist, _stream.Keys);
        _stream.Store.PutFault = static _ => null;
        Pass(3);
        Assert.False((await _stream.SweepAsync()).Stopped);
        // Its playlists have gone only now, so that the hour begins now.
        Assert.DoesNotContain(OldPlaylist, _stream.Keys);
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
    }

    [Fact]
    public async Task Killed_between_the_note_and_the_playlist_it_waits_the_hour_anew()
    {
        _stream.Store.DeleteFault = static () => 0;
        Assert.True((await _stream.SweepAsync()).Stopped);
        _stream.Store.DeleteFault = static () => null;
        Pass(5);
        await _stream.SweepAsync();
        Assert.DoesNotContain(OldPlaylist, _stream.Keys);
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
        Pass(1.1);
        await _stream.SweepAsync();
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
    }

    [Fact]
    public async Task Deleting_that_takes_long_moves_the_hour()
    {
        _stream.Store.Before = (call, key) =>
        {
            if (call == "DELETE" && key == OldPlaylist)
                Pass(2);
            return Task.CompletedTask;
        };
        await _stream.SweepAsync();
        _stream.Store.Before = static (_, _) => Task.CompletedTask;
        Pass(0.9);
        await _stream.SweepAsync();
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
    }

    [Fact]
    public async Task Notes_that_are_lost_or_garbage_make_all_waiting_begin_anew()
    {
        await _stream.SweepAsync();
        Pass(3);
        _stream.Store.Put("live/sweep.json", "garbage");
        Assert.Contains("is forgotten", (await _stream.SweepAsync()).Problems.Single(), StringComparison.Ordinal);
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
        Pass(1.1);
        await _stream.SweepAsync();
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
    }

    [Fact]
    public async Task A_segment_stored_long_ago_and_listed_after_the_LIST_stays()
    {
        // Stored by a writer that died; the one that goes on lists it, while a sweep is on its way.
        _stream.Store.Put(SweptStream.Segment(SweptStream.Now, 1_000_061));
        await _stream.SweepAsync();
        Pass(3);
        _stream.Store.Before = (call, key) =>
        {
            if (call == "DELETE")
                _stream.PutBroadcast(SweptStream.Now, 1_000_061, 1_000_061, 1_000_051);
            return Task.CompletedTask;
        };
        Assert.True((await _stream.SweepAsync()).DeletedKeys > 0);
        Assert.Contains(SweptStream.Segment(SweptStream.Now, 1_000_061), _stream.Keys);
        Assert.Contains(SweptStream.Segment(SweptStream.Now, 1_000_050), _stream.Keys);
    }

    [Fact]
    public async Task A_broadcast_that_goes_on_air_after_the_LIST_is_not_in_it()
    {
        const string next = "20261122T220000Z-0004";
        _stream.Store.Before = (call, key) =>
        {
            if (call == "GET" && key == "live/playlist.m3u8" && !_stream.Store.Has($"live/{next}/0/playlist.m3u8"))
            {
                _stream.PutBroadcast(next, 1_000_061, 1_000_064, 1_000_061);
                _stream.PutMultivariant(next);
            }
            return Task.CompletedTask;
        };
        await _stream.SweepAsync();
        Assert.Equal(5, _stream.Keys.Count(static key => key.Contains(next, StringComparison.Ordinal)));
        // And the one before it is young still, by its last segment.
        Assert.Contains($"live/{SweptStream.Now}/0/playlist.m3u8", _stream.Keys);
    }

    private void Pass(double hours) => _stream.Pass(hours);
}
