using System.Text;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: its playlist is torn (rewritten in place), has a BOM, CRLF, unknown tags, a 1 MB line, 100,000 entries.</summary>
public sealed class OddPlaylistTests : MisbehavingTest
{
    [Theory]
    [InlineData("torn")]
    [InlineData("mark")]
    [InlineData("CRLF")]
    [InlineData("unknown")]
    [InlineData("line")]
    [InlineData("all")]
    public async Task An_odd_playlist_is_read_as_if_it_were_clean(string how)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        for (var i = 0; i < 10; i++)
        {
            Folder.Write($"s{i}.ts", footage.Segments[i]);
            live.List($"s{i}.ts");
            var bytes = Odd(live.Text, how);
            if (how is "torn" or "all")
            {
                // In place: whoever reads meanwhile gets nothing, then a part that may end anywhere.
                await using var file = new FileStream(
                    Folder["stream.m3u8"],
                    FileMode.Create,
                    FileAccess.Write,
                    FileShare.ReadWrite,
                    0
                );
                for (var part = 0; part < 5; part++)
                {
                    await file.WriteAsync(
                        bytes.AsMemory(bytes.Length * part / 5, bytes.Length * (part + 1) / 5 - bytes.Length * part / 5)
                    );
                    await Clock.Wait(0.1);
                }
            }
            else
                Folder.Write("stream.m3u8", bytes);
            await Clock.Wait(how is "torn" or "all" ? 0.5 : 1);
        }
        await UntilListedAsync(footage, 9);
        Assert.Equal(Labels(footage, 0, 10), Story());
    }

    [Fact]
    public async Task A_playlist_of_100000_entries_is_read_from_its_end()
    {
        const int Old = 99_985;
        var footage = await TakeAsync("a");
        var past = new StringBuilder();
        for (var i = 0; i < Old; i++)
            past.Append("#EXT-X-PROGRAM-DATE-TIME:2026-11-20T19:00:00.000+0000\n#EXTINF:1.000000,\nstream-x7Yq-")
                .Append(i)
                .Append(".ts\n");
        var live = new LivePlaylist(Folder, window: 20) { Header = past.ToString() };
        await PlayAsync(live, footage, 0, 3, "stream-x7Yq-", atOnce: true);
        var before = GC.GetTotalAllocatedBytes();
        await StartAsync();
        await UntilListedAsync(footage, 2);
        for (var i = 3; i < 15; i++)
        {
            await Clock.Wait(1);
            live.Add($"stream-x7Yq-{i}.ts", footage.Segments[i]);
            // To write and to read ten megabytes takes longer than a fast clock allows.
            await HoldUntilStoredAsync(footage, i);
        }
        await UntilListedAsync(footage, 14);
        Assert.Equal(Labels(footage, 0, 15), Shown());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8L << 30);
    }

    private static byte[] Odd(string text, string how)
    {
        if (how is "unknown" or "all")
            text = text.Replace(
                "#EXTINF",
                "#EXT-X-CUE-OUT:30\n#EXT-OATCLS-SCTE35:/DAlAAAAAAAAAP==\n#EXT-X-ASSET:CAID=0x1\n# a comment, ü\n\n#EXTINF",
                StringComparison.Ordinal
            );
        if (how is "line" or "all")
            text += $"#EXT-X-LONG:{new string('x', 1_000_000)}\n# {new string('y', 1_000_000)}\n";
        if (how is "CRLF" or "all")
            text = text.Replace("\n", "\r\n", StringComparison.Ordinal);
        if (how is "mark" or "all")
            text = "\uFEFF" + text;
        return Encoding.UTF8.GetBytes(text);
    }
}
