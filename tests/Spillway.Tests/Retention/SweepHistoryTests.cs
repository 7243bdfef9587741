using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Retention;

namespace Spillway.Tests.Retention;

/// <summary>
/// Random days of a stream, with sweeps at random times, and with broadcasts, publications, deaths and faults of the store between
/// any two of a sweep's calls. Whatever happens, nothing is deleted that is listed or within its grace.
/// </summary>
public sealed class SweepHistoryTests
{
    private static readonly int s_histories = int.TryParse(Environment.GetEnvironmentVariable("HISTORIES"), out var n) ? n : 15;

    [Fact]
    public async Task Nothing_that_is_listed_or_within_its_grace_is_ever_deleted_and_nothing_stays_for_ever()
    {
        var judged = 0;
        for (var seed = 0; seed < s_histories; seed++)
        {
            try
            {
                judged += await RunAsync(seed);
            }
            catch (Exception exception)
            {
                Assert.Fail($"history {seed}: {exception}");
            }
        }
        // Else this shows nothing.
        Assert.True(judged > 300 * s_histories, $"only {judged} deletions in {s_histories} histories");
    }

    private static async Task<int> RunAsync(int seed)
    {
        var random = new Random(seed);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        var store = new MemoryStore(time);
        var writer = new SimulatedWriter(store, time, random);
        var recorder = new ListingRecorder(store, writer);
        store.Deleting = (key, _) => recorder.Judge(key);
        writer.Begin();
        var faults = true;
        store.Before = (call, _) =>
        {
            if (faults && call != "DELETE" && random.Next(12) == 0)
            {
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    writer.Step();
                    recorder.Look();
                }
            }
            return Task.CompletedTask;
        };
        store.Unreadable = _ => faults && random.Next(150) == 0;
        store.PutFault = _ => faults && random.Next(20) == 0 ? random.Next(2) == 0 : null;
        store.DeleteFault = () => faults && random.Next(8) == 0 ? random.Next(30) : null;

        for (var until = time.GetUtcNow() + TimeSpan.FromDays(3); time.GetUtcNow() < until; )
        {
            for (var minutes = random.Next(5) == 0 ? random.Next(1, 400) : 60; minutes > 0; minutes--)
            {
                writer.Step();
                recorder.Look();
            }
            await SweepAsync(store, writer, time, mine: () => !faults || random.Next(40) > 0);
        }

        faults = false;
        if (writer.Broadcast is null)
            writer.Begin();
        while (!writer.IsOnAir)
            writer.Go();
        writer.End();
        writer.Forget();
        recorder.Look();
        for (var hour = 0; hour < 40; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            await SweepAsync(store, writer, time, static () => true);
        }
        time.Advance(TimeSpan.FromDays(31));
        await SweepAsync(store, writer, time, static () => true);
        var last = store.Objects.Keys.Last(static key => key.EndsWith("report.json", StringComparison.Ordinal)).Split('/')[1];
        Assert.All(
            store.Objects.Keys,
            key =>
                Assert.True(
                    key.Split('/').Length == 2
                        || key.Contains("note-", StringComparison.Ordinal)
                        || key.StartsWith($"live/{last}/", StringComparison.Ordinal)
                        || recorder.IsListed(key)
                        // It is used as a whole, in all renditions.
                        || recorder.IsSlateListed(key),
                    $"{key} stays for ever"
                )
        );
        return recorder.Judged;
    }

    private static async Task SweepAsync(MemoryStore store, SimulatedWriter writer, FakeTimeProvider time, Func<bool> mine)
    {
        // A process that has died deletes no further.
        var epoch = writer.Epoch;
        var sweep = new Sweep(
            new SweepParts
            {
                Store = store,
                Stream = SimulatedWriter.Stream,
                Epoch = epoch,
                Conditional = true,
                InUse = () => writer.InUse,
                StillMine = _ => Task.FromResult(writer.Epoch == epoch && mine()),
                WhileSlatesRest = async (act, _) =>
                {
                    writer.SlatesRest = true;
                    await act(writer.IsSlateInUse);
                    writer.SlatesRest = false;
                },
                Time = time,
                Logger = NullLogger.Instance,
            }
        );
        await sweep.RunAsync(dryRun: false, CancellationToken.None);
    }
}
