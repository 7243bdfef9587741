using Spillway.Tests.Sources.Hls;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Misbehaving;

/// <summary>Sound without a picture: as one rendition beside others, for whoever has a thin line or only listens, and alone, as a radio.</summary>
public sealed class AudioRenditionTests : MisbehavingTest
{
    private const string Top = """
        #EXTM3U
        #EXT-X-STREAM-INF:BANDWIDTH=300000
        0/stream.m3u8
        #EXT-X-STREAM-INF:BANDWIDTH=64000
        sound/stream.m3u8

        """;

    [Fact]
    public async Task A_rendition_of_sound_alone_goes_with_the_pictures()
    {
        var (pictures, sound) = (await TakeAsync("a"), await TakeAsync("sound"));
        Folder.Write("stream.m3u8", Top);
        var (first, second) = (new LivePlaylist(Folder, "0/stream.m3u8"), new LivePlaylist(Folder, "sound/stream.m3u8"));
        await StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await Clock.Wait(1);
            first.Add($"a{i}.ts", pictures.Segments[i], pictures.Durations[i]);
            second.Add($"s{i}.ts", sound.Segments[i], sound.Durations[i]);
        }
        await UntilListedAsync(pictures, 11, "0");
        await UntilListedAsync(sound, 11, "sound");
        Assert.Equal(Labels(pictures, 0, 12), Shown("0"));
        Assert.Equal(Labels(sound, 0, 12), Shown("sound"));
        var variants = Server.Stream.OnAir!.ToMultivariant(static r => r.Declared.Name).Variants;
        Assert.Equal(["0", "sound"], variants.Select(static v => v.Uri));
        Assert.Equal("mp4a.40.2", variants[1].Codecs);
        Assert.Null(variants[1].Resolution);
        Assert.Null(variants[1].FrameRate);
        Assert.EndsWith(",mp4a.40.2", variants[0].Codecs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_show_of_sound_alone_is_a_show()
    {
        var sound = await TakeAsync("sound");
        await StartAsync();
        await PlayAsync(new LivePlaylist(Folder), sound, 0, 10);
        await UntilListedAsync(sound, 9);
        Assert.Equal(Labels(sound, 0, 10), Shown());
        Assert.Equal("mp4a.40.2", Server.Stream.OnAir!.Renditions.Single().Format.Codecs);
    }
}
