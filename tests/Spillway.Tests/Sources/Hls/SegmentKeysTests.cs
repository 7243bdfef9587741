using System.Security.Cryptography;
using Spillway.Playlists;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class SegmentKeysTests : IDisposable
{
    private static readonly byte[] s_clear = [.. Enumerable.Range(0, 1000).Select(static i => (byte)i)];
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(static i => (byte)i)];

    private readonly TestFolder _folder = new();
    private readonly HttpUpstream _http = new(TimeProvider.System, SourceReach.Anywhere);
    private readonly SegmentKeys _keys;

    public SegmentKeysTests() => _keys = new SegmentKeys(new Upstreams(new FolderUpstream(_folder.Path), _http));

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("SAMPLE-AES", "key", null, null, "METHOD=SAMPLE-AES")]
    [InlineData("AES-256", "key", null, null, "METHOD=AES-256")]
    [InlineData("AES-128", null, null, null, "no URI")]
    [InlineData("AES-128", "key", "0xZZ", null, "IV")]
    [InlineData("AES-128", "key", "12", null, "IV")]
    [InlineData("AES-128", "key", "0x000000000000000000000000000000001", null, "IV")]
    [InlineData("AES-128", "key", null, "com.apple.streamingkeydelivery", "com.apple.streamingkeydelivery")]
    public void What_can_never_be_opened_is_refused_in_words(string method, string? uri, string? iv, string? format, string word)
    {
        var segment = new MediaSegment
        {
            Uri = "a.ts",
            Duration = TimeSpan.FromSeconds(1),
            Key = new EncryptionKey(method, uri, iv, format),
        };
        Assert.Contains(word, SegmentKeys.Refusal(segment), StringComparison.Ordinal);
        var map = new InitializationSectionReference("init.mp4", null, segment.Key);
        Assert.Contains(word, SegmentKeys.Refusal(segment with { Key = null, Map = map }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_without_an_IV_is_refused_and_a_segment_is_not()
    {
        var key = new EncryptionKey("AES-128", "key", null);
        var segment = new MediaSegment
        {
            Uri = "a.ts",
            Duration = TimeSpan.FromSeconds(1),
            Key = key,
        };
        Assert.Null(SegmentKeys.Refusal(segment));
        var map = new InitializationSectionReference("init.mp4", null, key);
        Assert.Contains("without an IV", SegmentKeys.Refusal(segment with { Map = map }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_closed_is_opened_again_also_with_a_key_that_was_overwritten()
    {
        _folder.Write("key", s_key);
        Assert.Equal(s_clear, (await OpenAsync(Close(s_clear, s_key))).Bytes.ToArray());
        var other = s_key.Reverse().ToArray();
        _folder.Write("key", other);
        // The first attempt shows that the known key is old, the second has the new one.
        _ = await OpenAsync(Close(s_clear, other));
        Assert.Equal(s_clear, (await OpenAsync(Close(s_clear, other))).Bytes.ToArray());
    }

    [Fact]
    public async Task What_cannot_be_opened_is_said_with_the_remedy()
    {
        var closed = Close(s_clear, s_key);
        await SaysAsync("cannot be read: there is no such file", closed);
        _folder.Write("key", s_key.AsMemory(0, 15));
        await SaysAsync("has 15 bytes instead of 16", closed);
        _folder.Write("key", new byte[100_000]);
        await SaysAsync("larger than 64 KiB", closed);
        _folder.Write("key", s_key);
        await SaysAsync("cannot be decrypted", closed.AsMemory(0, 512));
        Assert.Contains(
            "middle of an encrypted block",
            (await OpenAsync(closed.AsMemory(0, 500))).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains("may not point", (await OpenAsync(closed, "ftp://x/key")).Reason, StringComparison.Ordinal);
        Assert.Contains("outside", (await OpenAsync(closed, "../key")).Reason, StringComparison.Ordinal);
    }

    private async Task SaysAsync(string words, ReadOnlyMemory<byte> closed)
    {
        var opened = await OpenAsync(closed);
        Assert.Contains(words, opened.Reason, StringComparison.Ordinal);
        Assert.NotNull(opened.Remedy);
    }

    private Task<Opened> OpenAsync(ReadOnlyMemory<byte> bytes, string uri = "key") =>
        _keys.OpenAsync(
            new ListedSegment
            {
                Run = 0,
                Sequence = 9,
                DeclaredSequence = 7,
                Discontinuity = false,
                Duration = TimeSpan.FromSeconds(1),
                Playlist = FolderUpstream.FileUri(_folder["stream.m3u8"]),
                Scope = 0,
            },
            new EncryptionKey("AES-128", uri, null),
            bytes,
            TimeSpan.FromSeconds(10),
            default
        );

    private static byte[] Close(byte[] clear, byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptCbc(clear, (byte[])[.. new byte[15], 7]);
    }
}
