using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: files appear out of order; the same event three times; a playlist rewritten unchanged five times a second. And: files created
/// empty and filled later, written slowly, or listed before complete.
/// </summary>
public sealed class UntidySourceTests : MisbehavingTest
{
    [Fact]
    public async Task Files_out_of_order_and_written_three_times_are_each_listed_once_in_media_order()
    {
        var footage = await TakeAsync("a");
        // Three come at a time: the target duration is as if they were one.
        var live = new LivePlaylist(Folder) { TargetDuration = 3 };
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartAsync();
        await UntilListedAsync(footage, 2);
        for (var i = 3; i < 12; i += 3)
        {
            await Clock.Wait(3);
            live.List($"s{i}.ts").List($"s{i + 1}.ts").List($"s{i + 2}.ts").Write();
            foreach (var late in (int[])[i + 2, i + 1, i])
            {
                for (var again = 0; again < 3; again++)
                {
                    Folder.Write($"s{late}.ts", footage.Segments[late]);
                    live.Write();
                }
                await Clock.Wait(0.3);
            }
        }
        await UntilListedAsync(footage, 11);
        Assert.Equal(Labels(footage, 0, 12), Shown());
    }

    [Fact]
    public async Task A_playlist_rewritten_five_times_a_second_lists_each_segment_once()
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        for (var i = 0; i < 10; i++)
        {
            live.Add($"s{i}.ts", footage.Segments[i]);
            for (var again = 0; again < 5; again++)
            {
                await Clock.Wait(0.2);
                live.Write();
            }
        }
        await UntilListedAsync(footage, 9);
        Assert.Equal(Labels(footage, 0, 10), Story());
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("half")]
    [InlineData("absent")]
    [InlineData("slow")]
    public async Task A_file_listed_before_it_is_whole_is_listed_whole(string how)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartAsync();
        await UntilListedAsync(footage, 2);
        for (var i = 3; i < 10; i++)
        {
            await Clock.Wait(0.3);
            var bytes = footage.Segments[i];
            if (how == "empty")
                Folder.Write($"s{i}.ts", Array.Empty<byte>());
            if (how == "half")
                Folder.Write($"s{i}.ts", bytes.AsMemory(0, bytes.Length / 2 / 188 * 188));
            live.List($"s{i}.ts").Write();
            for (var part = 1; part <= 6; part++)
            {
                await Clock.Wait(0.1);
                if (how == "slow")
                    Folder.Write($"s{i}.ts", bytes.AsMemory(0, bytes.Length * part / 6));
            }
            Folder.Write($"s{i}.ts", bytes);
            await Clock.Wait(0.1);
        }
        await UntilListedAsync(footage, 9);
        Assert.Equal(Labels(footage, 0, 10), Story());
    }

    /// <summary>Cut between two packets it looks whole, and stays so for longer than a segment lasts.</summary>
    [Fact]
    public async Task A_file_whose_writer_pauses_in_the_middle_is_listed_whole()
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, footage, 0, 6, atOnce: true);
        await StartAsync();
        await UntilListedAsync(footage, 5);
        for (var i = 6; i < 9; i++)
        {
            var bytes = footage.Segments[i];
            Folder.Write($"s{i}.ts", bytes.AsMemory(0, bytes.Length / 3 / 188 * 188));
            live.List($"s{i}.ts").Write();
            await Clock.Wait(1.6);
            Folder.Write($"s{i}.ts", bytes);
            await Clock.Wait(0.4);
        }
        await UntilListedAsync(footage, 8);
        Assert.Equal(Labels(footage, 0, 9), Shown().Replace("!", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_whole_too_late_follows_the_filler_under_a_new_number()
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, footage, 0, 3, atOnce: true);
        await StartAsync();
        await UntilListedAsync(footage, 2);
        await PlayAsync(live, footage, 3, 3);
        // Filler is due 1.5 target durations of 2 s after the last, and the file is waited for longer.
        await Clock.Wait(1);
        Folder.Write("s6.ts", Array.Empty<byte>());
        live.List("s6.ts").Write();
        await Until.TrueAsync(() => Listings().Any(static segment => segment.Gap), () => $"there is filler: {Story()}");
        Folder.Write("s6.ts", footage.Segments[6]);
        await PlayAsync(live, footage, 7, 4);
        await UntilListedAsync(footage, 10);
        Assert.Equal($"{Labels(footage, 0, 6)} - !{Labels(footage, 6, 5)}", Story());
    }
}
