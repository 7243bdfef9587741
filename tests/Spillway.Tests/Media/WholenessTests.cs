using Spillway.Media;

namespace Spillway.Tests.Media;

/// <summary>Sources serve files that they are still writing (Owncast writes straight into the served folder).</summary>
public sealed class WholenessTests(RealMedia media)
{
    [Fact]
    public async Task No_transport_stream_cut_inside_a_packet_is_whole()
    {
        var segment = (await media.GetAsync("ts-small")).Bytes(0);
        Assert.True(MediaInspector.Inspect(segment).IsWhole);
        for (var length = 0; length < segment.Length; length++)
            if (length % 188 != 0)
                AssertNotWhole(MediaInspector.Inspect(segment.AsMemory(0, length)), length);
    }

    [Theory]
    [InlineData("fmp4-small")]
    [InlineData("fmp4-aac-small")]
    public async Task No_fragmented_MP4_cut_anywhere_is_whole(string format)
    {
        var recording = await media.GetAsync(format);
        var segment = recording.Bytes(0);
        Assert.True(recording.Inspect(0).IsWhole);
        for (var length = 0; length < segment.Length; length++)
            AssertNotWhole(MediaInspector.Inspect(segment.AsMemory(0, length), recording.Init), length);
    }

    [Fact]
    public async Task No_fragmented_MP4_is_whole_without_all_of_its_initialization_section()
    {
        var recording = await media.GetAsync("fmp4-small");
        for (var length = 1; length < recording.Init!.Length; length++)
            AssertNotWhole(MediaInspector.Inspect(recording.Bytes(0), recording.Init.AsMemory(0, length)), length);
    }

    [Fact]
    public async Task A_transport_stream_whose_end_is_not_written_yet_is_not_whole()
    {
        var segment = (await media.GetAsync("ts-small")).Bytes(0);
        segment.AsSpan(segment.Length / 376 * 188).Clear();
        AssertNotWhole(MediaInspector.Inspect(segment), segment.Length);
    }

    [Fact]
    public async Task A_transport_stream_cut_before_the_first_frame_is_not_whole()
    {
        var segment = (await media.GetAsync("ts-small")).Bytes(0);
        for (var packets = 0; packets < 3; packets++)
            AssertNotWhole(MediaInspector.Inspect(segment.AsMemory(0, packets * 188)), packets * 188);
    }

    [Fact]
    public void Nothing_is_not_whole()
    {
        var report = MediaInspector.Inspect(default);
        Assert.Equal(MediaContainer.Unknown, report.Container);
        AssertNotWhole(report, 0);
    }

    private static void AssertNotWhole(MediaReport report, int length)
    {
        Assert.False(report.IsWhole, $"{length} bytes: {report.Problem}");
        Assert.NotNull(report.Problem);
    }
}
