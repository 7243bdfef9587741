using Spillway.Playlists;
using Spillway.Timeline;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Timeline;

/// <summary>Random histories of an encoder, uploads and publishing, held against every rule of HLS that text can show.</summary>
public sealed class TimelineHistoryTests
{
    private const int Segments = 60;
    private static readonly int s_histories = Number("HISTORIES", 100);
    private static readonly int s_first = Number("FIRST_HISTORY", 0);
    private static readonly int s_log = Number("LOG", 40);

    [Fact]
    public void A_steady_stream_breaks_no_rule_and_loses_nothing() => Sample(new Faults(), static (_, it) => AssertUntouched(it));

    [Fact]
    public void Time_stamps_that_wrap_leave_no_trace() =>
        Sample(new Faults { TsWraps = true }, static (_, it) => AssertUntouched(it));

    [Fact]
    public void Each_restart_is_one_discontinuity_in_each_rendition_and_loses_nothing() =>
        Sample(
            new Faults { RestartChance = 0.08 },
            static (timeline, it) => Assert.Equal(it.Restarts, timeline.NextDiscontinuity - 1)
        );

    [Fact]
    public void Pauses_are_filled_and_marked_and_nothing_is_lost() =>
        Sample(new Faults { PauseChance = 0.1, LongPauseChance = 0.01 });

    [Fact]
    public void Missing_segments_and_failed_uploads_are_gaps() =>
        Sample(new Faults { LossChance = 0.05, FailedUploadChance = 0.05 });

    [Fact]
    public void A_rendition_that_stalls_alone_stays_in_step() => Sample(new Faults { LoneStallChance = 0.05 });

    [Fact]
    public void Restarts_pauses_losses_and_failed_uploads_together_break_no_rule_and_lose_nothing() =>
        Sample(Everything with { LoneStallChance = 0, DeathChance = 0, LateStart = false });

    [Fact]
    public void Renditions_that_cut_elsewhere_stay_in_step() =>
        Sample(Everything with { OwnBoundaries = true, LoneStallChance = 0, DeathChance = 0, LateStart = false });

    [Fact]
    public void All_faults_at_once_break_no_rule() => Sample(Everything);

    [Fact]
    public void All_faults_at_once_break_no_rule_where_renditions_cut_elsewhere() =>
        Sample(Everything with { OwnBoundaries = true });

    [Fact]
    public void All_faults_at_once_break_no_rule_with_a_slate() => Sample(Everything with { Slate = true });

    [Fact]
    public void All_faults_at_once_break_no_rule_with_a_slate_by_hand() =>
        Sample(Everything with { Slate = true, OwnBoundaries = true, HandChance = 0.02 });

    [Fact]
    public void All_faults_at_once_break_no_rule_where_renditions_start_again_alone() =>
        Sample(Everything with { LoneRestartChance = 0.02, PauseChance = 0, LongPauseChance = 0 });

    [Fact]
    public void Restarts_of_the_writer_leave_no_trace_where_the_source_goes_on()
    {
        var crashes = 0;
        Sample(
            new Faults { CrashChance = 0.5 },
            (_, it) =>
            {
                crashes += it.Crashes.Count;
                // What the source no longer shows is behind a DISCONTINUITY, and filler for a pause stands before one.
                if (it.Crashes.All(static crash => crash.To - crash.From < TimeSpan.FromSeconds(3)))
                    AssertUntouched(it);
                AssertNothingTwice(it);
            }
        );
        Assert.True(crashes > s_histories / 2, $"{crashes} crashes");
    }

    [Fact]
    public void Restarts_of_the_writer_among_all_other_faults_break_no_rule() =>
        Sample(Everything with { CrashChance = 0.5 }, static (_, it) => AssertNothingTwice(it));

    [Fact]
    public void Restarts_of_the_writer_among_all_other_faults_break_no_rule_with_a_slate() =>
        Sample(Everything with { CrashChance = 0.5, Slate = true }, static (_, it) => AssertNothingTwice(it));

    [Fact]
    public void Restarts_of_the_writer_break_no_rule_where_renditions_cut_elsewhere() =>
        Sample(
            Everything with
            {
                CrashChance = 0.5,
                OwnBoundaries = true,
                RunsAlike = true,
            },
            static (_, it) => AssertNothingTwice(it)
        );

    private static void AssertNothingTwice(SimulatedEvent simulated)
    {
        foreach (var snapshots in simulated.Snapshots.GroupBy(static s => s.Rendition))
        {
            var listed = new SortedDictionary<long, string>();
            foreach (var playlist in snapshots.Select(static s => s.Playlist))
            {
                for (var i = 0; i < playlist.Segments.Count; i++)
                {
                    if (StreamKeys.HashIn(playlist.Segments[i]) is { } hash && !PublishedEntries.IsSlate(playlist.Segments[i]))
                        listed[playlist.MediaSequence + i] = hash;
                }
            }
            var twice = listed.GroupBy(static pair => pair.Value).FirstOrDefault(static group => group.Count() > 1);
            Assert.True(
                twice is null,
                $"{snapshots.Key}: {string.Join(" and ", twice?.Select(static p => p.Key) ?? [])} are the same"
            );
        }
    }

    private static Faults Everything { get; } =
        new()
        {
            Renditions = 3,
            RestartChance = 0.04,
            LateRestartChance = 0.3,
            MarkChance = 0.01,
            PauseChance = 0.04,
            LongPauseChance = 0.005,
            LossChance = 0.03,
            FailedUploadChance = 0.03,
            LoneStallChance = 0.04,
            DeathChance = 0.02,
            LateStart = true,
        };

    private static void AssertUntouched(SimulatedEvent simulated) =>
        Assert.DoesNotContain(simulated.Snapshots, s => s.Playlist.Segments.Any(segment => segment.Gap || segment.Discontinuity));

    /// <summary>The same histories at every run; <c>HISTORIES=3000</c> looks further, <c>FIRST_HISTORY=17</c> elsewhere.</summary>
    private static void Sample(Faults faults, Action<BroadcastTimeline, SimulatedEvent>? check = null)
    {
        for (var seed = s_first; seed < s_first + s_histories; seed++)
        {
            var simulated = new SimulatedEvent(seed, faults with { TsWraps = faults.TsWraps || seed % 2 == 1 });
            try
            {
                var timeline = simulated.Run(Segments);
                if (faults.LosesNothing)
                    Assert.Equal(simulated.Delivered, simulated.Taken);
                check?.Invoke(timeline, simulated);
                Check(simulated);
            }
            catch (Exception exception)
            {
                var log = string.Join('\n', simulated.Log.TakeLast(s_log));
                throw new Xunit.Sdk.XunitException($"History {seed}: {exception.Message}\n{log}", exception);
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;

    private static void Check(SimulatedEvent simulated)
    {
        var checker = new PlaylistChecker();
        var multivariant = new MultivariantPlaylist
        {
            Variants =
            [
                .. simulated.Names.Select(name => new Variant
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
        foreach (var (from, to) in simulated.Crashes)
            checker.Excuse(from - TimeSpan.FromSeconds(5), to + TimeSpan.FromSeconds(10), "the writer was dead");
        // Where cuts lie elsewhere the windows begin elsewhere, and the jump of dates at a restart comes on top: both ends of the
        // playlists may differ by more than two target durations. One that has started again alone has time stamps of its own
        // and stays ahead: the segments of the others need not end where its section begins. What came all at once stays listed for
        // a while; a writer that dies meanwhile leaves one rendition's window longer than the other's until it is looked at anew.
        string[] known =
            simulated.Faults.LoneRestartChance > 0 ? ["E8", "E9"]
            : simulated.Faults.OwnBoundaries || simulated.Faults.CrashChance > 0 ? ["E9"]
            : [];
        var errors = checker.Findings.Where(f => f.Severity == Severity.Error && !known.Contains(f.Rule));
        Assert.True(!errors.Any(), string.Join('\n', errors));
    }
}
