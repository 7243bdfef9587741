using Spillway.Playlists;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Tests.Timeline;

/// <summary>Random histories of an encoder, uploads and publishing, held against every rule of HLS that text can show.</summary>
public sealed class TimelineHistoryTests
{
    private const int Segments = 60;
    private static readonly int Histories = int.TryParse(Environment.GetEnvironmentVariable("HISTORIES"), out var count)
        ? count
        : 100;

    [Fact]
    public void A_steady_stream_breaks_no_rule_and_loses_nothing() =>
        Sample(seed =>
        {
            var simulated = new SimulatedEvent(seed);
            simulated.Run(Segments);
            Assert.Equal(simulated.Delivered, simulated.Taken);
            Assert.DoesNotContain(
                simulated.Snapshots,
                s => s.Playlist.Segments.Any(segment => segment.Gap || segment.Discontinuity)
            );
            return simulated;
        });

    [Fact]
    public void Time_stamps_that_wrap_leave_no_trace() =>
        Sample(seed =>
        {
            var simulated = new SimulatedEvent(seed) { TsWraps = true };
            simulated.Run(Segments);
            Assert.DoesNotContain(
                simulated.Snapshots,
                s => s.Playlist.Segments.Any(segment => segment.Gap || segment.Discontinuity)
            );
            return simulated;
        });

    [Fact]
    public void Each_restart_is_one_discontinuity_in_each_rendition_and_loses_nothing() =>
        Sample(seed =>
        {
            var simulated = new SimulatedEvent(seed) { RestartChance = 0.08 };
            var timeline = simulated.Run(Segments);
            Assert.Equal(simulated.Delivered, simulated.Taken);
            Assert.Equal(simulated.Restarts, timeline.NextDiscontinuity - 1);
            return simulated;
        });

    [Fact]
    public void Pauses_are_filled_and_marked() => Sample(seed => Ran(new SimulatedEvent(seed) { PauseChance = 0.1 }));

    [Fact]
    public void Missing_segments_and_failed_uploads_are_gaps() =>
        Sample(seed => Ran(new SimulatedEvent(seed) { LossChance = 0.05, FailedUploadChance = 0.05 }));

    [Fact]
    public void A_rendition_that_stalls_alone_stays_in_step() =>
        Sample(seed => Ran(new SimulatedEvent(seed) { LoneStallChance = 0.05 }));

    [Fact]
    public void Restarts_pauses_losses_and_failed_uploads_together_break_no_rule() =>
        Sample(seed =>
            Ran(
                new SimulatedEvent(seed)
                {
                    RestartChance = 0.04,
                    PauseChance = 0.04,
                    LossChance = 0.03,
                    FailedUploadChance = 0.03,
                    TsWraps = seed % 2 == 0,
                }
            )
        );

    private static SimulatedEvent Ran(SimulatedEvent simulated)
    {
        simulated.Run(Segments);
        return simulated;
    }

    /// <summary>The same histories at every run; <c>HISTORIES=3000</c> looks further.</summary>
    private static void Sample(Func<int, SimulatedEvent> run)
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            try
            {
                Check(run(seed));
            }
            catch (Exception exception)
            {
                throw new Xunit.Sdk.XunitException($"History {seed}: {exception.Message}", exception);
            }
        }
    }

    private static void Check(SimulatedEvent simulated)
    {
        var checker = new PlaylistChecker();
        var multivariant = new MultivariantPlaylist
        {
            Variants =
            [
                .. new[] { "0", "1" }.Select(name => new Variant
                {
                    Uri = $"b/{name}/playlist.m3u8",
                    Bandwidth = 1_000_000,
                    AverageBandwidth = 900_000,
                    Codecs = "avc1.64001f,mp4a.40.2",
                    Resolution = new Resolution(1280, 720),
                    FrameRate = 25,
                }),
            ],
        };
        checker.Add("http://edge/live/playlist.m3u8", TimeSpan.Zero, PlaylistWriter.Write(multivariant));
        foreach (var snapshot in simulated.Snapshots)
            checker.Add(
                $"http://edge/live/b/{snapshot.Rendition}/playlist.m3u8",
                snapshot.At,
                PlaylistWriter.Write(snapshot.Playlist)
            );
        checker.AssertClean();
    }
}
