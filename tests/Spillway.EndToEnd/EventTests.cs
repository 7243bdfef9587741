using System.Globalization;
using System.Text.Json;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd;

/// <summary>
/// The event of <c>make bench PART=event</c>, shorter: simulated viewers, the published binary, Ceph's gateway and nginx as the edge. The
/// bounds are those of 600 viewers and 40 minutes, in proportion: docs/benchmarks.md says how.
/// </summary>
[Collection(Lanes.Servers)]
public sealed class EventTests : EndToEndTest
{
    [Fact(Timeout = 240_000)]
    public Task A_minute_of_an_event_leaves_the_origin_cold_and_nobody_without_an_answer() =>
        HoldAsync(viewers: 150, minutes: 1, TimeSpan.FromMinutes(3));

    [Fact(Timeout = 900_000)]
    [Trait("Speed", "slow")]
    public Task Five_minutes_of_an_event_with_600_viewers_leave_the_origin_cold_and_nobody_without_an_answer() =>
        HoldAsync(viewers: 600, minutes: 5, TimeSpan.FromMinutes(12));

    private async Task HoldAsync(int viewers, int minutes, TimeSpan within)
    {
        var file = Path.Combine(Folder, "event.json");
        var run = Own(
            ChildProcess.Start(
                BenchProgram.Path,
                [
                    "event",
                    "--viewers",
                    Text(viewers),
                    "--minutes",
                    Text(minutes),
                    "--renditions",
                    "3",
                    "--without-before",
                    "--json",
                    file,
                ],
                Folder
            )
        );
        var code = await run.ExitAsync(within);
        Assert.True(code is 0 or 1 && File.Exists(file), $"the event was not held: {code}\n{run.Output}");
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var root = result.RootElement;

        Assert.True(root.GetProperty("broken").GetArrayLength() == 0, run.Output);
        Assert.Equal(0, code);
        // It was an event: all came, met and played, at the edge.
        var (plan, origin, seen) = (
            root.GetProperty("plan"),
            root.GetProperty("origin").GetProperty("inAll"),
            root.GetProperty("viewers")
        );
        Assert.InRange(origin.GetProperty("requests").GetInt64(), viewers, plan.GetProperty("mostRequests").GetDouble());
        Assert.InRange(origin.GetProperty("bytes").GetInt64(), 1_000 * viewers, plan.GetProperty("mostBytes").GetDouble());
        Assert.InRange(seen.GetProperty("trackerSockets").GetInt64(), viewers, 2 * viewers);
        Assert.InRange(seen.GetProperty("offers").GetInt64(), viewers, long.MaxValue);
        Assert.InRange(seen.GetProperty("segmentsFromEdge").GetInt64(), 2 * viewers, long.MaxValue);
        Assert.InRange(seen.GetProperty("playlistReads").GetInt64(), viewers * minutes * 60 / 6, long.MaxValue);
        Assert.Equal(0, seen.GetProperty("notFound").GetInt64());
        Assert.Equal(0, seen.GetProperty("stale").GetInt64());
        // At most once in a playlist's s-maxage of 2 s each, and not once a viewer.
        Assert.InRange(
            root.GetProperty("edge").GetProperty("media playlist").GetProperty("misses").GetInt64(),
            1,
            3 * minutes * 60 / 2 * 1.2
        );
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
