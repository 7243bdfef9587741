using Spillway.Media.Cmaf;

namespace Spillway.Tests.Media;

public sealed class AacSilenceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Silence_decodes_to_silence_in_every_arrangement_of_channels(int channels)
    {
        var (configuration, _) = AacConfiguration.Read([0x11, (byte)(0x80 | channels << 3)]);
        var samples = Enumerable.Repeat(new MediaSample(1024, 0, true, configuration!.Silence!.Value), 20).ToArray();
        var folder = Directory.CreateTempSubdirectory("spillway-silence-").FullName;
        try
        {
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "s.mp4"),
                [
                    .. InitializationSection.Write(null, configuration),
                    .. MediaSegment.Write(1, [new TrackFragment(InitializationSection.AudioTrack, 48000, samples)]),
                ]
            );
            await Ffmpeg.RunAsync(folder, ["-xerror", "-err_detect", "explode", "-i", "s.mp4", "-f", "s16le", "s.raw"]);
            var decoded = await File.ReadAllBytesAsync(Path.Combine(folder, "s.raw"));
            Assert.Equal(20 * 1024 * 2 * configuration.Channels!.Value, decoded.Length);
            Assert.All(decoded, static value => Assert.Equal(0, value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Rare_arrangements_have_none() => Assert.Null(AacSilence.Frame(11));
}
