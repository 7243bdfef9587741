using System.Globalization;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>
/// A show in which one thing after the other breaks, and for how much of it viewers' pictures stand still; beside them plain hls.js on the files
/// that the same source writes. <c>make bench PART=rebuffer</c>, with MINUTES, DELAY, LIVEDELAY and PLAYER.
/// </summary>
[Trait("Speed", "long")]
public sealed class RebufferTests(ITestOutputHelper output) : EndToEndTest
{
    private const double MostRatio = 0.003;

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_churn = TimeSpan.FromSeconds(10);

    private readonly BenchRun _run = new(output);
    private readonly List<Fault> _faults = [];

    [Fact]
    [Trait("Bench", "rebuffer")]
    public async Task Restarts_an_outage_of_the_store_a_network_cut_and_leaving_peers_cost_viewers_next_to_nothing()
    {
        var browser = await StartBrowserAsync();
        var stage = Own(await Stage.StartAsync(Folder, _run, servers: 1));
        var crowd = Own(new Crowd(browser, stage));
        await crowd.GatherAsync(staying: 2, passing: 2, plain: 1);
        var begun = Fault.Now;
        _run.Note($"all have a picture; {_run.Minutes} min from here");
        await WatchAsync(stage, crowd);
        // A stall at the very end is one, too; and all go on without a click.
        await crowd.LookAsync();
        List<RebufferRow> rows =
        [
            .. crowd.Staying.Select(who => RebufferRow.Of(who.Name, [who.Last!], _faults)),
            RebufferRow.Of($"{crowd.Passed.Count} who came and went", crowd.Passed, _faults),
            RebufferRow.Of("all of them", [.. crowd.Staying.Select(static who => who.Last!), .. crowd.Passed], _faults),
        ];
        var beside = crowd.Plain.Select(who => RebufferRow.Of(who.Name, [who.Last!], _faults)).ToList();
        List<FaultSeen> faults = [.. _faults.Select(fault => new FaultSeen(fault.What, Math.Round((fault.From - begun) / 1000)))];
        List<RebufferRow> all = [.. rows, .. beside];
        _run.Save(
            "rebuffer",
            "rebuffer",
            browser,
            [RebufferRow.Head, .. all.Select(static row => $"{row}")],
            new { faults, rows = all }
        );
        foreach (var fault in faults)
            _run.Show(
                $"{fault.At:0} s, {fault.What}: "
                    + string.Join(
                        "; ",
                        all.Select(row => FormattableString.Invariant($"{row.Viewer} {row.After(fault.What):F1} s"))
                    )
            );

        Assert.Equal(Plan(stage).Count, _faults.Count);
        Assert.True(rows[^1].FromPeers > 0, "nothing came from peers");
        Assert.Empty(
            rows.Where(static row => row.Ratio > MostRatio)
                .Select(static row => $"{row.Viewer}: {100 * row.Ratio:F2} % over {100 * MostRatio} %")
        );
        foreach (var who in crowd.Staying)
        {
            Assert.True(
                who.Last!.Now - who.Last.First >= 950 * _run.Length.TotalSeconds,
                $"{who.Name} was not there all the time"
            );
            await who.GoesOnAsync(3, TimeSpan.FromSeconds(15));
        }
    }

    /// <summary>What breaks, at which part of the run.</summary>
    private static List<(double At, string What, Func<Task> Do)> Plan(Stage stage) =>
        [
            (0.15, "source restart", () => stage.RestartSourceAsync(s_short)),
            (0.30, "3 s storage outage", () => OutageAsync(stage)),
            (0.45, "tracker restart", () => stage.RestartTrackerAsync(s_short)),
            (0.60, "second source restart", () => stage.RestartSourceAsync(s_short)),
            (0.80, "3 s network cut", () => CutAsync(stage)),
        ];

    /// <summary>For the servers and the edge. The source's own files are on no store.</summary>
    private static async Task OutageAsync(Stage stage)
    {
        stage.Store.IsDown = true;
        await Task.Delay(s_short, TestContext.Current.CancellationToken);
        stage.Store.IsDown = false;
    }

    /// <summary>For all viewers, of either kind: nothing comes from any server.</summary>
    private static async Task CutAsync(Stage stage)
    {
        stage.Line.IsCut = stage.PlainLine.IsCut = true;
        await Task.Delay(s_short, TestContext.Current.CancellationToken);
        stage.Line.IsCut = stage.PlainLine.IsCut = false;
    }

    private async Task WatchAsync(Stage stage, Crowd crowd)
    {
        var plan = new Queue<(double At, string What, Func<Task> Do)>(Plan(stage));
        var start = TimeProvider.System.GetTimestamp();
        var (told, change) = (TimeSpan.Zero, s_churn);
        var fault = Task.CompletedTask;
        while (TimeProvider.System.GetElapsedTime(start) is var passed && passed < _run.Length)
        {
            await crowd.LookAsync();
            if (fault.IsCompleted && plan.TryPeek(out var next) && passed >= next.At * _run.Length)
            {
                await fault;
                _run.Note($"{next.What}; {$"{crowd}"}");
                _faults.Add(new Fault(next.What, Fault.Now));
                fault = next.Do();
                plan.Dequeue();
            }
            if (passed >= change)
            {
                change += s_churn;
                await crowd.ChangeAsync();
            }
            if (passed >= told)
            {
                told += TimeSpan.FromSeconds(Math.Min(60, _run.Length.TotalSeconds / 12));
                _run.SampleLoad();
                _run.Note($"{crowd}");
            }
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
        await fault;
    }
}
