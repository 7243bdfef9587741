using System.Diagnostics;
using Spillway.Media;

namespace Spillway.Tests.Media;

/// <summary>A source is not trusted: whatever comes, there is a report, soon, and it does not contradict itself.</summary>
public sealed class FuzzTests(RealMedia media)
{
    [Theory]
    [InlineData("ts-small", 6000)]
    [InlineData("ts-hevc", 2000)]
    [InlineData("ts-mp3", 2000)]
    [InlineData("ts-ac3", 2000)]
    [InlineData("fmp4-small", 6000)]
    [InlineData("fmp4-hevc", 2000)]
    public async Task Damaged_segments_never_throw_and_never_contradict(string format, int count)
    {
        var recording = await media.GetAsync(format);
        var segment = recording.Bytes(0);
        var random = new Random(20261122);
        for (var i = 0; i < count; i++)
        {
            // Damage in the bulk of the samples changes nothing that is read: half the time stay near the beginning.
            var near = random.Next(2) == 0 ? segment.Length : 2000;
            var init = recording.Init is { } whole && random.Next(2) == 0 ? Damage(whole, random, whole.Length) : recording.Init;
            Check(Damage(segment, random, near), init);
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        foreach (
            var head in (byte[][])
                [
                    [],
                    [0x47],
                    [0, 0, 0, 40, .. "moof"u8],
                    [0, 0, 0, 60, .. "moov"u8],
                    [0xFF, 0xF1],
                    [.. "ID3"u8],
                ]
        )
            for (var i = 0; i < 1000; i++)
            {
                var bytes = new byte[random.Next(2000)];
                random.NextBytes(bytes);
                head.AsSpan(0, Math.Min(head.Length, bytes.Length)).CopyTo(bytes);
                for (var at = 0; head is [0x47] && at < bytes.Length; at += 188)
                    (bytes[at], bytes.AsSpan(at)[Math.Min(1, bytes.Length - at - 1)]) = (0x47, 0x47);
                Check(bytes, random.Next(2) == 0 ? bytes : null);
            }
    }

    [Fact]
    public async Task Damage_does_not_cost_time()
    {
        var recording = await media.GetAsync("fmp4");
        var random = new Random(1);
        var inputs = Enumerable.Range(0, 500).Select(_ => Damage(recording.Bytes(0), random, 4000)).ToArray();
        var start = Stopwatch.GetTimestamp();
        foreach (var input in inputs)
            MediaInspector.Inspect(input, recording.Init);
        // A hundred times what good ones take, since other tests run beside this one.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
    }

    private static void Check(byte[] segment, byte[]? init)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var report = MediaInspector.Inspect(segment, init);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 2_000_000 + 64L * segment.Length);
        Assert.True(report.IsWhole || report.Problem is not null);
        Assert.False(report.IsWhole && report.Container == MediaContainer.Unknown);
        Assert.InRange(report.Tracks.Count, 0, MediaReport.MostTracks);
        foreach (var track in report.Tracks)
        {
            Assert.False(track.Duration < TimeSpan.Zero);
            Assert.InRange(track.Samples, 0, segment.Length);
            if (report.TimestampModulus is { } modulus && track.FirstTimestamp is { } first)
                Assert.InRange(first, TimeSpan.Zero, modulus);
        }
    }

    private static byte[] Damage(byte[] whole, Random random, int near)
    {
        var bytes = whole.ToArray();
        near = Math.Min(near, bytes.Length);
        for (var times = random.Next(1, 8); times > 0; times--)
        {
            var at = random.Next(near);
            var length = Math.Min(random.Next(1, 64), bytes.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    random.NextBytes(bytes.AsSpan(at, length));
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(length, 8)).Fill(0xFF);
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(length, 8)).Clear();
                    break;
                case 4:
                    bytes.AsSpan(random.Next(bytes.Length - length + 1), length).CopyTo(bytes.AsSpan(at));
                    break;
                default:
                    bytes = random.Next(10) == 0 ? bytes[..(at + 1)] : bytes;
                    near = Math.Min(near, bytes.Length);
                    break;
            }
        }
        return bytes;
    }
}
