using Spillway.Playlists;
using Spillway.Retention;

namespace Spillway.Tests.Retention;

/// <summary>What goes, what stays, and when.</summary>
public sealed class SweepTests
{
    private readonly SweptStream _stream = new();

    public SweepTests()
    {
        _stream.PutBroadcast(SweptStream.Old, 1_000_000, 1_000_020, 1_000_010, ended: true);
        _stream.Store.Put($"live/{SweptStream.Old}/0/init-{StreamKeys.Hash([1])}.mp4");
        _stream.Store.Put($"live/{SweptStream.Old}/report.json", "{}");
        _stream.Store.Put("live/player.json", "{}");
        Pass(2);
        _stream.PutBroadcast(SweptStream.Now, 1_000_021, 1_000_060, 1_000_050);
        _stream.PutMultivariant(SweptStream.Now);
    }

    [Fact]
    public async Task Of_an_ended_broadcast_the_playlists_go_first_the_segments_an_hour_after_and_the_report_after_thirty_days()
    {
        var first = await _stream.SweepAsync();
        Assert.Equal(["live playlists of ended broadcasts"], first.Deleted.Select(static group => group.Reason));
        Assert.DoesNotContain($"live/{SweptStream.Old}/0/playlist.m3u8", _stream.Keys);
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
        Pass(1);
        Assert.Equal(0, (await _stream.SweepAsync()).DeletedKeys);
        Assert.Equal(_stream.Store.Now + TimeSpan.FromMinutes(5), (await _stream.SweepAsync(dryRun: true)).More);
        Pass(0.1);
        // 21 segments and one initialization section.
        Assert.Equal(22, (await _stream.SweepAsync()).DeletedKeys);
        Assert.Equal([$"live/{SweptStream.Old}/report.json"], _stream.Keys.Where(Contains(SweptStream.Old)));
        Pass(29 * 24);
        await _stream.SweepAsync();
        Assert.Contains($"live/{SweptStream.Old}/report.json", _stream.Keys);
        Pass(24);
        await _stream.SweepAsync();
        Assert.DoesNotContain($"live/{SweptStream.Old}/report.json", _stream.Keys);
        Assert.Empty(Memory().Removed);
    }

    [Fact]
    public async Task Segments_before_the_window_go_when_they_have_been_out_of_it_for_their_grace()
    {
        await _stream.SweepAsync();
        Assert.Equal(
            40,
            _stream.Keys.Count(key =>
                key.Contains(SweptStream.Now, StringComparison.Ordinal) && key.EndsWith(".ts", StringComparison.Ordinal)
            )
        );
        Pass(0.9);
        await _stream.SweepAsync();
        Assert.Contains(SweptStream.Segment(SweptStream.Now, 1_000_021), _stream.Keys);
        Pass(0.2);
        // The window goes on: what has just left it stays for another hour.
        _stream.PutBroadcast(SweptStream.Now, 1_000_061, 1_000_070, 1_000_060);
        var result = await _stream.SweepAsync();
        Assert.Equal(29, result.Deleted.Single(static group => group.Reason == "segments before the window on air").Keys);
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Now, 1_000_049), _stream.Keys);
        Assert.Contains(SweptStream.Segment(SweptStream.Now, 1_000_050), _stream.Keys);
    }

    [Fact]
    public async Task A_window_of_many_hours_has_a_grace_as_long()
    {
        _stream.PutPlaylist($"live/{SweptStream.Now}/0/playlist.m3u8", 1_000_050, 1_000_050 + 3600);
        await _stream.SweepAsync();
        for (var hour = 1; hour <= 5; hour++)
        {
            Pass(1);
            await _stream.SweepAsync();
            Assert.Contains(SweptStream.Segment(SweptStream.Now, 1_000_021), _stream.Keys);
        }
        Pass(0.1);
        await _stream.SweepAsync();
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Now, 1_000_021), _stream.Keys);
    }

    [Fact]
    public async Task A_replay_on_its_way_keeps_all_it_names()
    {
        _stream.PutPlaylist($"live/{SweptStream.Now}/0/replay.m3u8", 1_000_021, 1_000_060);
        for (var i = 0; i < 3; i++)
        {
            await _stream.SweepAsync();
            Pass(2);
        }
        Assert.Equal(
            40,
            _stream.Keys.Count(key =>
                key.Contains(SweptStream.Now, StringComparison.Ordinal) && key.EndsWith(".ts", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task A_kept_replay_stays_whole_and_goes_when_it_is_kept_no_longer()
    {
        _stream.PutPlaylist($"live/{SweptStream.Old}/0/replay.m3u8", 1_000_000, 1_000_000 + 2700);
        _stream.PutReplays(SweptStream.Old);
        await SweepForAsync(10);
        Assert.Equal(25, _stream.Keys.Count(Contains(SweptStream.Old)));
        _stream.PutReplays();
        await _stream.SweepAsync();
        Assert.DoesNotContain($"live/{SweptStream.Old}/0/replay.m3u8", _stream.Keys);
        // Whoever plays its three hours may be at its first minute.
        await SweepForAsync(2);
        Assert.Contains(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
        await SweepForAsync(1);
        Assert.DoesNotContain(SweptStream.Segment(SweptStream.Old, 1_000_000), _stream.Keys);
    }

    [Fact]
    public async Task A_slate_goes_when_nothing_names_it_and_nobody_uses_it()
    {
        _stream.Store.Put(SweptStream.Slate(1));
        _stream.Store.Put(SweptStream.Slate(2));
        _stream.Store.Put(SweptStream.Slate(3));
        _stream.PutPlaylist(
            $"live/{SweptStream.Now}/0/playlist.m3u8",
            1_000_050,
            1_000_060,
            more: ["../.." + SweptStream.Slate(1)[4..]]
        );
        _stream.SlatesInUse.Add(SweptStream.Slate(2).Split('/')[2]);
        await _stream.SweepAsync();
        Pass(1.1);
        await _stream.SweepAsync();
        // It is old enough, and may have been listed a minute ago.
        Assert.Contains(SweptStream.Slate(3), _stream.Keys);
        Pass(1.1);
        await _stream.SweepAsync();
        Assert.Contains(SweptStream.Slate(1), _stream.Keys);
        Assert.Contains(SweptStream.Slate(2), _stream.Keys);
        Assert.DoesNotContain(SweptStream.Slate(3), _stream.Keys);
        // Not used any longer: it begins to wait only now.
        _stream.SlatesInUse.Clear();
        await _stream.SweepAsync();
        Assert.Contains(SweptStream.Slate(2), _stream.Keys);
        Pass(1.1);
        await _stream.SweepAsync();
        Assert.DoesNotContain(SweptStream.Slate(2), _stream.Keys);
    }

    [Fact]
    public async Task A_broadcast_that_never_went_on_air_goes_too_but_not_while_its_writer_works_on_it()
    {
        const string never = "20261122T200000Z-0003";
        _stream.PutBroadcast(never, 1_000_061, 1_000_062, 1_000_061);
        _stream.InUse.Add(never);
        await SweepForAsync(4);
        Assert.Equal(3, _stream.Keys.Count(Contains(never)));
        _stream.InUse.Clear();
        await SweepForAsync(1);
        Assert.Equal(2, _stream.Keys.Count(Contains(never)));
        await SweepForAsync(2);
        Assert.DoesNotContain(_stream.Keys, key => Contains(never)(key));
    }

    [Fact]
    public async Task Keys_that_are_not_ours_are_counted_and_left_alone_wherever_they_are()
    {
        string[] theirs =
        [
            "live/logo.png",
            $"live/{SweptStream.Old}/0/stream7.ts",
            $"live/{SweptStream.Old}/notes.txt",
            "other/secret.txt",
            "live2/playlist.m3u8",
        ];
        Array.ForEach(theirs, key => _stream.Store.Put(key));
        var asked = new List<string>();
        _stream.Store.Before = (call, key) =>
        {
            asked.Add($"{call} {key}");
            return Task.CompletedTask;
        };
        await SweepForAsync(5);
        var result = await _stream.SweepAsync(dryRun: true);
        Assert.Equal(3, result.Unknown);
        Assert.Equal(theirs[..3].Order(StringComparer.Ordinal), result.UnknownExamples);
        Assert.All(theirs, key => Assert.Contains(key, _stream.Keys));
        Assert.All(asked, static call => Assert.StartsWith("live/", call.Split(' ')[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_else_s_playlist_names_stays()
    {
        _stream.PutPlaylist($"live/{SweptStream.Old}/0/highlights.m3u8", 1_000_003, 1_000_004, ended: true);
        await SweepForAsync(4);
        Assert.Equal(
            new[] { 1_000_003, 1_000_004 }.Select(static n => SweptStream.Segment(SweptStream.Old, n)),
            _stream.Keys.Where(static key =>
                key.Contains(SweptStream.Old, StringComparison.Ordinal) && key.EndsWith(".ts", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task A_rehearsal_says_the_same_and_changes_nothing()
    {
        var before = _stream.Keys.ToList();
        var said = await _stream.SweepAsync(dryRun: true);
        Assert.Equal(before, _stream.Keys);
        Assert.Equal(0, said.Operations.Puts);
        Assert.Equal(0, said.Operations.Deletes);
        var done = await _stream.SweepAsync();
        Assert.Equal(said.Deleted, done.Deleted);
        Assert.Equal(1, done.Operations.Lists);
        // The multivariant playlist, replays.json, sweep.json and two live playlists.
        Assert.Equal(5, done.Operations.Gets);
        Assert.Equal(1, done.Operations.Puts);
        Assert.Equal(1, done.Operations.Deletes);
    }

    private static Func<string, bool> Contains(string part) => key => key.Contains(part, StringComparison.Ordinal);

    private SweepMemory Memory() => SweepMemory.Parse(_stream.Store.Objects["live/sweep.json"].Body.Span)!;

    private void Pass(double hours) => _stream.Pass(hours);

    /// <summary>One an hour, and some minutes.</summary>
    private async Task SweepForAsync(int hours)
    {
        for (var hour = 0; hour < hours; hour++)
        {
            Pass(1.1);
            await _stream.SweepAsync();
        }
    }
}
