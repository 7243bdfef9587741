using Spillway.Media;
using static Spillway.Tests.Media.FragmentBuilder;

namespace Spillway.Tests.Media;

public sealed class FragmentedMp4Tests(RealMedia media)
{
    private static readonly byte[] AtTenSeconds = Words(0, 900_000);

    [Fact]
    public void Defaults_come_from_trex_and_a_keyframe_from_the_first_sample_flags()
    {
        var report = Inspect(Fragment(1, [0x20000], AtTenSeconds, [0x05, 25, 100, 0x02000000]));
        Assert.Null(report.Problem);
        Assert.Equal("avc1.64001f", report.Codecs);
        Assert.Equal((1280, 720, 25.0), (report.Leading!.Width, report.Leading.Height, report.Leading.FrameRate));
        Assert.Equal(25, report.Leading.Samples);
        Assert.Equal(TimeSpan.FromSeconds(10), report.FirstTimestamp);
        Assert.Equal(TimeSpan.FromSeconds(1), report.Duration);
        Assert.True(report.StartsWithKeyframe);
    }

    [Fact]
    public void Defaults_of_the_fragment_go_before_those_of_trex()
    {
        // 0x38: default duration, size and flags.
        var report = Inspect(Fragment(1, [0x20038, 1800, 4, 0x02000000], AtTenSeconds, [0, 50]));
        Assert.Equal(50, report.Leading!.FrameRate);
        Assert.Equal(TimeSpan.FromSeconds(1), report.Duration);
        Assert.True(report.StartsWithKeyframe);
    }

    [Fact]
    public void Without_any_sign_of_a_keyframe_there_is_none() =>
        Assert.False(Inspect(Fragment(1, [0x20000], AtTenSeconds, [0, 5])).StartsWithKeyframe);

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void Composition_offsets_may_be_negative(uint version)
    {
        // 0xF00: duration, size, flags and offset of each sample. Shown: 10.04, 10.12, 10.00, 10.08.
        uint[] samples =
        [
            3600,
            9,
            0,
            3600,
            3600,
            9,
            0x10000,
            7200,
            3600,
            9,
            0x10000,
            unchecked((uint)-7200),
            3600,
            9,
            0x10000,
            unchecked((uint)-3600),
        ];
        var report = Inspect(Fragment(1, [0x20000], AtTenSeconds, [version << 24 | 0xF00, 4, .. samples]));
        Assert.Equal(TimeSpan.FromSeconds(10), report.FirstTimestamp);
        Assert.Equal(TimeSpan.FromSeconds(0.16), report.Duration);
        Assert.Equal(25, report.Leading!.FrameRate);
        Assert.True(report.StartsWithKeyframe);
    }

    [Fact]
    public void Several_fragments_and_runs_make_one_segment()
    {
        // Version 1 of tfdt has 64 bits; the third fragment goes on without one.
        byte[] segment =
        [
            .. Box("styp", Words(0x6d736468, 0)),
            .. Box("prft", new byte[24]),
            .. Fragment(1, [0x20000], Words(0x01000000, 1, 0), [0x04, 5, 0], [0, 5]),
            .. Box("emsg", new byte[40]),
            .. Fragment(1, [0x20000], Words(0x01000000, 1, 36_000), [0, 10]),
            .. Fragment(1, [0x20000], null, [0, 5]),
        ];
        var report = Inspect(segment);
        Assert.Null(report.Problem);
        Assert.Equal(25, report.Leading!.Samples);
        Assert.Equal(TimeSpan.FromTicks((1L << 32) * 1000 / 9), report.FirstTimestamp);
        Assert.Equal(TimeSpan.FromSeconds(1), report.Duration);
    }

    [Fact]
    public void An_edit_list_moves_the_first_time_stamp()
    {
        // An empty edit of 66 ms, then one from 7,200 on: the picture at 907,200 is shown at 10 s + 66 ms.
        var init = Init(edits: Words(0, 2, 66, uint.MaxValue, 0x10000, 0, 7200, 0x10000));
        var report = Inspect(Fragment(1, [0x20000], Words(0, 907_200), [0, 5]), init);
        Assert.Equal(TimeSpan.FromSeconds(10.066), report.FirstTimestamp);
    }

    [Theory]
    [InlineData("fmp4", 25.0)]
    [InlineData("fmp4-b", 30000 / 1001.0)]
    public async Task The_declared_frame_rate_is_read_past_emulation_prevention(string format, double rate)
    {
        var init = (await media.GetAsync(format)).Init!;
        Assert.True(init.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 3]) > 0);
        var picture = Movie.Read(BoxReader.Find(init, BoxType.Moov)).Tracks[0].Description;
        Assert.Equal(rate, picture.DeclaredFrameRate);
    }

    [Fact]
    public async Task A_file_that_holds_its_own_initialization_section_needs_no_other()
    {
        var recording = await media.GetAsync("fmp4-b");
        byte[] file = [.. recording.Init!, .. recording.Bytes(0)];
        Assert.Equal(recording.Inspect(0).Tracks, MediaInspector.Inspect(file).Tracks);
        Assert.True(MediaInspector.Inspect(file).IsWhole);
    }

    [Fact]
    public async Task A_segment_without_its_initialization_section_says_so()
    {
        var report = MediaInspector.Inspect((await media.GetAsync("fmp4-b")).Bytes(0));
        Assert.True(report.IsWhole);
        Assert.Contains("initialization section (EXT-X-MAP) is missing", report.Problem, StringComparison.Ordinal);
        Assert.Null(report.Codecs);
        Assert.Null(report.Duration);
        Assert.Equal([60, 92], report.Tracks.Select(track => track.Samples).Order());
    }

    [Theory]
    [InlineData(2u, "knows none")]
    public void An_initialization_section_of_something_else_is_told(uint track, string reason)
    {
        var report = Inspect(Fragment(track, [0x20000], AtTenSeconds, [0, 5]));
        Assert.False(report.IsWhole);
        Assert.Contains(reason, report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fragment_without_media_data_is_not_whole()
    {
        var fragment = Fragment(1, [0x20000], AtTenSeconds, [0, 5]);
        Assert.False(Inspect([.. fragment[..^108], .. fragment]).IsWhole);
        Assert.False(Inspect([.. fragment, .. fragment[..^108]]).IsWhole);
        Assert.True(Inspect([.. fragment, .. fragment]).IsWhole);
    }

    [Fact]
    public void A_box_whose_length_is_not_written_yet_is_not_whole()
    {
        var fragment = Fragment(1, [0x20000], AtTenSeconds, [0, 5]);
        fragment.AsSpan(fragment.Length - 108, 4).Clear();
        var report = Inspect(fragment);
        Assert.False(report.IsWhole);
        Assert.Contains("still being written", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fragment_that_the_index_promises_and_that_is_not_there_is_missed()
    {
        var fragment = Fragment(1, [0x20000], AtTenSeconds, [0, 5]);
        var index = Box("sidx", Words(0, 1, 90_000, 0, 0, 2, (uint)fragment.Length, 0, 0, (uint)fragment.Length, 0, 0));
        Assert.True(Inspect([.. index, .. fragment, .. fragment]).IsWhole);
        Assert.False(Inspect([.. index, .. fragment]).IsWhole);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xF00u)]
    public void More_samples_than_there_can_be_are_refused(uint flags)
    {
        var report = Inspect(Fragment(1, [0x20000], AtTenSeconds, [flags, uint.MaxValue]));
        Assert.False(report.IsWhole);
        Assert.Contains("more samples", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_beyond_all_measure_are_not_told()
    {
        var report = Inspect(Fragment(1, [0x20008, uint.MaxValue], Words(0x01000000, 0x7FFFFFFF, 0), [0, 5]));
        Assert.Null(report.FirstTimestamp);
        Assert.Contains("jump", report.Problem, StringComparison.Ordinal);
    }

    private static MediaReport Inspect(byte[] segment, byte[]? init = null) => MediaInspector.Inspect(segment, init ?? Init());
}
