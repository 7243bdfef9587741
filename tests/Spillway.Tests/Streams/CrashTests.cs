using Spillway.Storage;
using Spillway.Tests.Storage;
using Xunit.Sdk;

namespace Spillway.Tests.Streams;

/// <summary>
/// kill -9 between any two steps: a show of two renditions, with a source that starts again and pauses, is written by a process
/// that dies, and gone on with by another. More of it with <c>CRASHES=500</c>, elsewhere with <c>FIRST_CRASH=100</c>.
/// </summary>
public sealed class CrashTests
{
    private static readonly ParallelOptions s_several = new() { MaxDegreeOfParallelism = 12 };
    private static readonly int s_crashes = Number("CRASHES", 16);
    private static readonly int s_first = Number("FIRST_CRASH", 0);

    [Fact]
    public async Task After_a_death_between_any_two_PUTs_the_next_writer_goes_on()
    {
        // What a process leaves is what of its PUTs got to the store: all up to one of them.
        var all = await RecordAsync();
        Assert.True(all.Count > 60, $"{all.Count} PUTs");
        await EachAsync(
            Enumerable.Range(0, all.Count + 1),
            async death =>
            {
                await using var stream = await MakeAsync();
                await stream.LeaveAsync([.. all.Take(death)], downtime: 0.5 + death % 4);
                await stream.LiveAsync(new Lifeline(stream.Store.Line));
                stream.AssertRight();
            }
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Any_number_of_deaths_at_any_moment_break_no_rule(bool isFragmented) =>
        EachAsync(
            Enumerable.Range(s_first, s_crashes),
            async seed =>
            {
                var random = new Random(seed);
                await using var stream = await MakeAsync(isFragmented);
                for (var deaths = random.Next(1, 6); deaths > 0; deaths--)
                {
                    var line = new Lifeline(stream.Store.Line);
                    line.CutAt(random.Next(1, 40), lands: random.Next(2) == 0);
                    await stream.LiveAsync(line);
                    if (!line.Dead.IsCompleted || stream.Now > stream.Source.EndsAt)
                        break;
                    await stream.Clock.Wait(random.NextDouble() * 3);
                }
                await stream.LiveAsync(new Lifeline(stream.Store.Line));
                stream.AssertRight();
            }
        );

    private static async Task<IReadOnlyList<SeenPut>> RecordAsync()
    {
        await using var stream = await MakeAsync();
        await stream.LiveAsync(new Lifeline(stream.Store.Line));
        stream.AssertRight();
        return [.. stream.Store.Line.Stored];
    }

    private static async Task<CrashedStream> MakeAsync(bool isFragmented = false)
    {
        // The clock runs from the store's beginning: nothing is to be encoded then.
        await ShownSource.PrepareAsync(isFragmented);
        var store = new TestStore();
        return new CrashedStream(store, await ShownSource.MakeAsync(store.Clock, isFragmented));
    }

    private static async Task EachAsync(IEnumerable<int> cases, Func<int, Task> run)
    {
        var failures = new List<(int Case, Exception Why)>();
        await Parallel.ForEachAsync(
            cases,
            s_several,
            async (number, _) =>
            {
                try
                {
                    await run(number);
                }
                catch (Exception exception)
                {
                    lock (failures)
                        failures.Add((number, exception));
                }
            }
        );
        if (failures.Count > 0)
            throw new XunitException(
                $"{failures.Count} failed: {string.Join(' ', failures.Select(static f => f.Case).Order())}\n"
                    + string.Join(
                        '\n',
                        failures.OrderBy(static f => f.Case).Take(8).Select(static f => $"{f.Case}: {f.Why.Message}")
                    ),
                failures[0].Why
            );
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
