using System.Text;
using Spillway.Media;

namespace Spillway.Tests.Media;

public sealed class ForeignFormatTests(RealMedia media)
{
    [Theory]
    [InlineData("<!DOCTYPE html><html>", "HTML")]
    [InlineData("\uFEFF  \r\n<?xml version='1.0'?>", "HTML or XML")]
    [InlineData("#EXTM3U\n#EXT-X-VERSION:3", "playlist")]
    [InlineData("WEBVTT\n\n", "WebVTT")]
    [InlineData("{\"error\":\"not found\"}", "JSON")]
    [InlineData("Not found", "text")]
    [InlineData("FLV\u0001\u0005", "FLV")]
    [InlineData("\0\0\0\0\0\0\0\0", "zeros")]
    [InlineData("", "empty")]
    [InlineData("\u0001\u0002\u0003\u0080\u0081", "neither")]
    public void What_is_no_media_is_named(string text, string word) => AssertUnknown(Encoding.UTF8.GetBytes(text), word);

    [Fact]
    public void Compressed_and_Matroska_files_are_named()
    {
        AssertUnknown([0x1F, 0x8B, 8, 0], "gzip");
        AssertUnknown([0x1A, 0x45, 0xDF, 0xA3, 0], "Matroska");
    }

    [Theory]
    [InlineData("aac", "adts", "AAC")]
    [InlineData("libmp3lame", "mp3", "MP3")]
    [InlineData("ac3", "ac3", "AC-3")]
    public async Task Packed_audio_is_named(string codec, string muxer, string word)
    {
        var folder = (await media.GetAsync("ts-aac")).Folder;
        await Ffmpeg.RunAsync(
            folder,
            ["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", codec, "-write_xing", "0", "-f", muxer, $"{muxer}.raw"]
        );
        var audio = await File.ReadAllBytesAsync(Path.Combine(folder, $"{muxer}.raw"));
        AssertUnknown(audio, word);
        AssertUnknown([.. "ID3"u8, 4, 0, 0, 0, 0, 0, 10, .. new byte[10], .. audio], word);
    }

    [Fact]
    public async Task An_MP4_without_fragments_is_not_a_segment()
    {
        var recording = await media.GetAsync("fmp4");
        var report = MediaInspector.Inspect(recording.Init!);
        Assert.False(report.IsWhole);
        Assert.Contains("without a fragment", report.Problem, StringComparison.Ordinal);
        Assert.Empty(report.Tracks);
    }

    private static void AssertUnknown(byte[] bytes, string word)
    {
        var report = MediaInspector.Inspect(bytes);
        Assert.Equal(MediaContainer.Unknown, report.Container);
        Assert.False(report.IsWhole);
        Assert.Contains(word, report.Problem, StringComparison.Ordinal);
        Assert.Empty(report.Tracks);
        Assert.Null(report.Duration);
    }
}
