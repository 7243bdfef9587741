using CsCheck;
using Spillway.Media;

namespace Spillway.Tests.Media;

public sealed class TransportStreamTests(RealMedia media)
{
    private const int Video = 0x100;
    private const int Audio = 0x101;

    private static readonly byte[] Adts = [0xFF, 0xF1, 0x4C, 0x80, 0x02, 0x1F, 0xFC, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("ts-29.97-b")]
    [InlineData("ts-hevc")]
    [InlineData("ts-ac3")]
    public async Task How_the_bytes_are_split_over_packets_makes_no_difference(string format)
    {
        var segment = (await media.GetAsync(format)).Bytes(0);
        var expected = MediaInspector.Inspect(segment);
        Assert.Null(expected.Problem);
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var smallest = random.Next(1, 184);
                AssertSame(expected, MediaInspector.Inspect(Split(segment, () => random.Next(1, smallest + 1))));
            },
            iter: 20,
            seed: "0000000000001"
        );
    }

    [Fact]
    public async Task A_length_of_zero_in_every_PES_header_makes_no_difference()
    {
        var segment = (await media.GetAsync("ts-25")).Bytes(0);
        var expected = MediaInspector.Inspect(segment);
        var changed = 0;
        for (var at = 0; at < segment.Length; at += 188)
        {
            var payload = segment[at + 3] >> 5 == 1 ? at + 5 + segment[at + 4] : at + 4;
            if ((segment[at + 1] & 0x40) == 0 || !segment.AsSpan(payload).StartsWith((ReadOnlySpan<byte>)[0, 0, 1]))
                continue;
            changed += segment[payload + 4] | segment[payload + 5];
            segment[payload + 4] = segment[payload + 5] = 0;
        }
        Assert.True(changed > 0);
        AssertSame(expected, MediaInspector.Inspect(segment));
    }

    [Fact]
    public async Task Tables_may_come_from_the_initialization_section_instead()
    {
        var segment = (await media.GetAsync("ts-aac")).Bytes(0);
        byte[] tables = [],
            rest = [];
        foreach (var packet in segment.Chunk(188))
            if ((packet[1] & 0x1F) == 0x01)
                rest = [.. rest, .. packet];
            else
                tables = [.. tables, .. packet];
        Assert.NotEmpty(tables);
        AssertSame(MediaInspector.Inspect(segment), MediaInspector.Inspect(rest, tables));
        Assert.Contains("PAT and PMT", MediaInspector.Inspect(rest).Problem, StringComparison.Ordinal);
        Assert.False(MediaInspector.Inspect(rest).IsWhole);
    }

    [Fact]
    public void Timed_metadata_and_unknown_streams_neither_lead_nor_disturb()
    {
        var report = Inspect(
            new TransportStreamBuilder()
                .Program((0x90, 0x15, []), (0x91, 0x99, [1, 2, 3]), (Audio, 0x0F, []))
                .Pes(0x90, 1000, "ID3"u8.ToArray())
                .Pes(Audio, 90_000, Adts)
        );
        Assert.Null(report.Problem);
        Assert.Equal([TrackKind.Audio, TrackKind.Other, TrackKind.Other], report.Tracks.Select(track => track.Kind));
        Assert.Equal(TimeSpan.FromSeconds(1), report.FirstTimestamp);
        Assert.Equal("mp4a.40.2", report.Codecs);
        Assert.Equal(1, report.Tracks[1].Samples);
    }

    [Fact]
    public void A_frame_of_sound_may_go_over_into_the_next_PES_packet()
    {
        var report = Inspect(
            new TransportStreamBuilder()
                .Program((Audio, 0x0F, []))
                .Pes(Audio, 0, [.. Adts, .. Adts, .. Adts.AsSpan(0, 3)])
                .Pes(Audio, 3 * 1920, [.. Adts.AsSpan(3), .. Adts, .. Adts.AsSpan(0, 12)])
                .Pes(Audio, 5 * 1920, [.. Adts.AsSpan(12), .. Adts])
        );
        Assert.Null(report.Problem);
        Assert.Equal(6, report.Leading!.Samples);
        Assert.Equal(TimeSpan.FromSeconds(6 * 1024 / 48000.0), report.Duration);
    }

    [Fact]
    public void Sound_that_begins_in_the_middle_of_a_frame_is_found()
    {
        var report = Inspect(
            new TransportStreamBuilder()
                .Program((Audio, 0x0F, []))
                .Pes(Audio, 0, [0xFF, 0xF1, 0x4C, 0x80, 0x01, 0x20, 0, 0, .. Adts, .. Adts])
        );
        Assert.Equal(2, report.Leading!.Samples);
        Assert.Equal("mp4a.40.2", report.Codecs);
    }

    [Fact]
    public void Lost_packets_are_told()
    {
        var builder = new TransportStreamBuilder()
            .Program((Audio, 0x0F, []))
            .Pes(Audio, 0, Adts)
            .Lose(Audio)
            .Pes(Audio, 1920, Adts);
        var report = Inspect(builder);
        Assert.True(report.IsWhole);
        Assert.Contains("PID 257 are missing", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_PES_packet_that_is_shorter_than_it_says_is_told()
    {
        var report = Inspect(new TransportStreamBuilder().Program((Audio, 0x0F, [])).Pes(Audio, 0, Adts, claim: 100));
        Assert.Contains("cut short", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_stamps_that_are_set_anew_inside_a_segment_are_told()
    {
        var builder = new TransportStreamBuilder().Program((Video, 0x02, []));
        for (var frame = 0; frame < 20; frame++)
            builder.Pes(Video, (frame < 10 ? 0 : 90_000 * 100) + frame * 3600, [0, 0, 1, 0]);
        var report = Inspect(builder);
        Assert.Contains("0x02", report.Problem, StringComparison.Ordinal);
        Assert.Equal(25, report.Leading!.FrameRate);
        Assert.InRange(report.Duration!.Value.TotalSeconds, 100, 101);
    }

    [Theory]
    [InlineData(0xDB, "SAMPLE-AES")]
    [InlineData(0xCF, "SAMPLE-AES")]
    [InlineData(0x11, "not read")]
    [InlineData(0x0F, "no frame")]
    [InlineData(0x1B, "sequence parameter set")]
    public void What_cannot_be_read_has_no_codec_and_a_reason(byte type, string reason)
    {
        var report = Inspect(
            new TransportStreamBuilder().Program((Video, type, [])).Pes(Video, 0, new byte[40]).Pes(Video, 3600, new byte[40])
        );
        Assert.Null(report.Codecs);
        Assert.Contains(reason, report.Problem, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(0.08), report.Duration);
    }

    [Fact]
    public void A_program_without_picture_and_sound_is_not_whole()
    {
        var report = Inspect(new TransportStreamBuilder().Program((0x90, 0x15, [])).Pes(0x90, 1000, "ID3"u8.ToArray()));
        Assert.False(report.IsWhole);
        Assert.Null(report.Leading);
        Assert.Null(report.Duration);
    }

    [Fact]
    public async Task A_segment_that_begins_between_keyframes_says_so()
    {
        var segment = (await media.GetAsync("ts-25")).Bytes(0);
        var tables = segment[..(3 * 188)];
        var later = Array.FindIndex(
            segment.Chunk(188).ToArray(),
            10,
            packet => (packet[1] & 0x5F) == 0x41 && packet[2] == 0 && packet[4] > 0
        );
        var report = MediaInspector.Inspect((byte[])[.. tables, .. segment[(later * 188)..]]);
        Assert.True(report.IsWhole);
        Assert.False(report.StartsWithKeyframe);
        Assert.Equal(49, report.Leading!.Samples);
    }

    private static MediaReport Inspect(TransportStreamBuilder builder) => MediaInspector.Inspect(builder.Bytes);

    private static byte[] Split(byte[] segment, Func<int> pieceSize)
    {
        var builder = new TransportStreamBuilder();
        foreach (var packet in segment.Chunk(188))
        {
            var parsed = new TransportPacket(packet);
            builder.Unit(parsed.Pid, parsed.Payload, pieceSize, parsed.StartsUnit);
        }
        return builder.Bytes;
    }

    private static void AssertSame(MediaReport expected, MediaReport actual)
    {
        Assert.Equal(expected.Problem, actual.Problem);
        Assert.Equal(expected.IsWhole, actual.IsWhole);
        Assert.Equal(expected.Tracks, actual.Tracks);
    }
}
