using System.Diagnostics;
using System.Security.Cryptography;

namespace Spillway.Tests.Sources.Hls;

/// <summary>A running ffmpeg that writes as Owncast's does: two variants, a new id in the names for each stream.</summary>
public sealed class LiveEncoderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_encoder_killed_and_started_again_is_one_new_run()
    {
        await using var source = FollowedSource.Start(_folder.Path, capacity: 64);
        foreach (var (run, id) in new[] { (0, "first"), (1, "second") })
        {
            using var encoder = Start(id);
            try
            {
                await source.UntilSequenceAsync(run, 3, "0");
                await source.UntilSequenceAsync(run, 3, "1");
            }
            finally
            {
                encoder.Kill();
                await encoder.WaitForExitAsync();
            }
        }
        Assert.Empty(source.Missed);
        foreach (var name in new[] { "0", "1" })
        {
            var segments = source.Segments.Where(s => s.Rendition == name).ToList();
            Assert.Equal([0, 1], segments.Select(s => s.Run).Distinct());
            Assert.Equal(0, segments.First(s => s.Run == 1).Sequence);
            Assert.True(Assert.Single(segments, s => s.Discontinuity) is { Run: 1, Sequence: 0 });
            foreach (var run in segments.GroupBy(s => s.Run))
                Assert.Equal(Enumerable.Range(0, run.Count()).Select(i => i + run.First().Sequence), run.Select(s => s.Sequence));
        }
        Assert.All(source.Segments, s => Assert.True(s.Media.IsWhole));
        Assert.All(source.Segments, s => Assert.InRange(s.Media.Duration!.Value.TotalSeconds, 0.4, 0.6));
        var hashes = source.Segments.Select(s => Convert.ToHexString(SHA256.HashData(s.Data.Span))).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    private Process Start(string id) =>
        RecordedHls.Ffmpeg(
            $"-re -f lavfi -i testsrc2=size=320x180:rate=20 -f lavfi -i sine={100 * id.Length}:sample_rate=48000 "
                + "-map 0:v -map 1:a -map 0:v -map 1:a -c:v libx264 -preset ultrafast -tune zerolatency -g 10 -sc_threshold 0 "
                + "-pix_fmt yuv420p -b:v:0 100k -b:v:1 200k -c:a aac -f hls -hls_time 0.5 -hls_list_size 6 "
                + "-hls_flags program_date_time+independent_segments -master_pl_name stream.m3u8 "
                + $"-var_stream_map \"v:0,a:0 v:1,a:1\" -hls_segment_filename %v/stream-{id}-%d.ts %v/stream.m3u8",
            _folder.Path
        );
}
