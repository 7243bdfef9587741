using System.Globalization;
using Spillway.EndToEnd.Reliability;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>
/// What is longer than any buffer: the second part of <c>make bench PART=rebuffer</c>. Two servers on one bucket; its plain neighbour is away for as
/// long each time.
/// </summary>
[Trait("Speed", "long")]
public sealed class OutageTests(ITestOutputHelper output) : EndToEndTest
{
    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(20);

    /// <summary>Before the first, and after each.</summary>
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private readonly BenchRun _run = new(output);

    [Fact]
    [Trait("Bench", "rebuffer")]
    public async Task After_a_long_outage_of_the_store_and_a_take_over_the_picture_goes_on_as_soon_as_it_can()
    {
        var browser = await StartBrowserAsync();
        // The slate's encoder would outlive the process that is killed.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none" };
        var stage = Own(await Stage.StartAsync(Folder, _run, servers: 2, settings));
        var witness = Own(Witness.Watch(stage.Bucket));
        Assert.True(await witness.ListsAgainAsync(TimeSpan.Zero, s_patience), "the witness sees the stream");
        var crowd = Own(new Crowd(browser, stage));
        await crowd.GatherAsync(staying: 3, passing: 0, plain: 1);
        await CalmAsync(crowd);

        var rows = await BreakAsync("20 s storage outage", stage, crowd, () => OutageAsync(stage));
        // Else its neighbour would not be there to be compared with.
        await crowd.ReopenPlainAsync();
        rows.AddRange(await BreakAsync("failover", stage, crowd, () => TakeOverAsync(stage, witness)));
        _run.Save("outages", "rebuffer", browser, [OutageRow.Head, .. rows.Select(static row => $"{row}")], rows);
        Assert.Empty(
            rows.Where(row => !row.IsKept && crowd.Staying.Exists(who => who.Name == row.Viewer)).Select(static row => $"{row}")
        );
    }

    /// <returns>How long it lasted.</returns>
    private static async Task<TimeSpan> OutageAsync(Stage stage)
    {
        var start = TimeProvider.System.GetTimestamp();
        stage.Store.IsDown = true;
        await Task.Delay(s_outage, TestContext.Current.CancellationToken);
        stage.Store.IsDown = false;
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <returns>From the writer's death to the first thing that the other one lists.</returns>
    private static async Task<TimeSpan> TakeOverAsync(Stage stage, Witness witness)
    {
        var killed = witness.Now;
        await stage.Servers[0].KillAsync();
        // What it had just written is not the other one's.
        var since = witness.Now + TimeSpan.FromSeconds(1);
        Assert.True(await witness.ListsAgainAsync(since, s_patience), stage.Servers[1].Log);
        return witness.Now - killed;
    }

    private async Task<List<OutageRow>> BreakAsync(string what, Stage stage, Crowd crowd, Func<Task<TimeSpan>> happen)
    {
        await crowd.LookAsync();
        var before = crowd.Lasting.ToDictionary(static who => who, static who => who.Last!);
        _run.Note($"{what}; {$"{crowd}"}");
        stage.PlainLine.IsDown = true;
        var lasting = await happen();
        stage.PlainLine.IsDown = false;
        _run.Note(string.Create(CultureInfo.InvariantCulture, $"{what}: over after {lasting.TotalSeconds:F1} s"));
        await CalmAsync(crowd);
        var rows = new List<OutageRow>();
        foreach (var (who, then) in before)
        {
            var end = who.Last!;
            // Of one that began before, what is left.
            var stalls = end
                .Starved.Select(stall =>
                {
                    var from = Math.Max(stall.At, then.Now);
                    return new StallSeen(what, (from - then.Now) / 1000, (stall.At + (1000 * stall.Seconds) - from) / 1000);
                })
                .Where(static stall => stall.Seconds > 0)
                .ToList();
            rows.Add(
                new OutageRow
                {
                    What = what,
                    Viewer = who.Name,
                    Lasting = lasting.TotalSeconds,
                    Buffer = then.Buffer,
                    Stalls = stalls,
                    Skipped = end.Skipped - then.Skipped,
                    GoesOn = await GoesOnAsync(who),
                }
            );
        }
        return rows;
    }

    private static async Task<bool> GoesOnAsync(Watching who)
    {
        try
        {
            await who.GoesOnAsync(3, TimeSpan.FromSeconds(10));
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task CalmAsync(Crowd crowd)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < s_calm)
        {
            await crowd.LookAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
        _run.SampleLoad();
        _run.Note($"{crowd}");
    }
}
