using System.Globalization;
using System.Security.Cryptography;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: AES-128 keys: encrypted media is decrypted. Published is what was encrypted, byte for byte.</summary>
public sealed class EncryptedSourceTests : MisbehavingTest
{
    private static readonly byte[] s_first = RandomNumberGenerator.GetBytes(16);
    private static readonly byte[] s_second = RandomNumberGenerator.GetBytes(16);
    private static readonly byte[] s_vector = RandomNumberGenerator.GetBytes(16);

    private static string Explicit => $",IV=0x{Convert.ToHexString(s_vector)}";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Segments_are_opened_with_their_IV_or_their_number(bool isExplicit, bool overHttp)
    {
        var footage = await TakeAsync("a");
        Folder.Write("keys/1", s_first);
        var live = new LivePlaylist(Folder);
        await (overHttp ? StartOverHttpAsync() : StartAsync());
        for (var i = 0; i < 10; i++)
        {
            await Clock.Wait(1);
            live.Add(
                $"s{i}.ts",
                Close(footage.Segments[i], s_first, isExplicit ? s_vector : Number(i)),
                tags: $"#EXT-X-KEY:METHOD=AES-128,URI=\"keys/1\"{(isExplicit ? Explicit : "")}\n"
            );
        }
        await UntilListedAsync(footage, 9);
        Assert.Equal(Labels(footage, 0, 10), Story());
        Assert.DoesNotContain("KEY", Published, StringComparison.Ordinal);
        if (overHttp)
            Assert.InRange(Origin.Requests.Count(static path => path == "/keys/1"), 1, 3);
    }

    /// <summary>By another address; by the same, overwritten at a restart; and clear in between.</summary>
    [Fact]
    public async Task Keys_change_and_go()
    {
        var (footage, after) = (await TakeAsync("a"), await TakeAsync("b"));
        Folder.Write("keys/1", s_first);
        Folder.Write("keys/2", s_second);
        var live = new LivePlaylist(Folder);
        await StartAsync();
        for (var i = 0; i < 9; i++)
        {
            await Clock.Wait(1);
            var bytes = i / 3 == 1 ? footage.Segments[i] : Close(footage.Segments[i], i < 3 ? s_first : s_second, Number(i));
            live.Add($"s{i}.ts", bytes, tags: i / 3 == 1 ? "#EXT-X-KEY:METHOD=NONE\n" : Key(i < 3 ? 1 : 2));
        }
        Folder.Write("keys/2", s_first);
        live = new LivePlaylist(Folder);
        for (var i = 0; i < 5; i++)
        {
            await Clock.Wait(1);
            live.Add($"s{i}.ts", Close(after.Segments[i], s_first, Number(i)), tags: Key(2));
        }
        await UntilListedAsync(after, 4);
        Assert.Equal($"{Labels(footage, 0, 9)} !{Labels(after, 0, 5)}", Shown());

        static string Key(int number) => $"#EXT-X-KEY:METHOD=AES-128,URI=\"keys/{number}\"\n";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fragments_are_opened_and_their_initialization_section_too(bool isSectionEncrypted)
    {
        var footage = await TakeAsync("m");
        Folder.Write("key", s_first);
        Folder.Write("init.mp4", isSectionEncrypted ? Close(footage.Init!, s_first, s_vector) : footage.Init);
        const string Map = "#EXT-X-MAP:URI=\"init.mp4\"\n";
        var key = $"#EXT-X-KEY:METHOD=AES-128,URI=\"key\"{Explicit}\n";
        var live = new LivePlaylist(Folder);
        await StartAsync();
        for (var i = 0; i < 10; i++)
        {
            await Clock.Wait(1);
            live.Add(
                $"s{i}.m4s",
                Close(footage.Segments[i], s_first, s_vector),
                tags: isSectionEncrypted ? key + Map : $"#EXT-X-KEY:METHOD=NONE\n{Map}{key}"
            );
        }
        await UntilListedAsync(footage, 9);
        Assert.Equal(Labels(footage, 0, 10), Story());
    }

    /// <summary>Nothing but the right segments may be shown: what cannot be opened is missing, and what follows is marked.</summary>
    [Theory]
    [InlineData("wrong")]
    [InlineData("short")]
    [InlineData("absent")]
    [InlineData("SAMPLE-AES")]
    public async Task What_cannot_be_opened_is_missing_and_marked(string how)
    {
        var footage = await TakeAsync("a");
        Folder.Write("good", s_first);
        if (how == "wrong")
            Folder.Write("bad", s_second);
        if (how == "short")
            Folder.Write("bad", s_first.AsMemory(0, 15));
        var live = new LivePlaylist(Folder);
        await StartAsync();
        for (var i = 0; i < 16; i++)
        {
            await Clock.Wait(1);
            var isBad = i is >= 6 and < 8;
            var method = isBad && how == "SAMPLE-AES" ? how : "AES-128";
            live.Add(
                $"s{i}.ts",
                Close(footage.Segments[i], s_first, Number(i)),
                tags: string.Create(
                    CultureInfo.InvariantCulture,
                    $"#EXT-X-KEY:METHOD={method},URI=\"{(isBad ? "bad" : "good")}\"\n"
                )
            );
        }
        await UntilListedAsync(footage, 15);
        Assert.Matches($"^{Labels(footage, 0, 6)} ((- )+!?|!){Labels(footage, 8, 8)}$", Story());
    }

    private static byte[] Close(byte[] clear, byte[] key, byte[] vector)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptCbc(clear, vector);
    }

    private static byte[] Number(int sequence) => [.. new byte[12], .. (byte[])[0, 0, 0, (byte)sequence]];
}
