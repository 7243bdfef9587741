using Spillway.EndToEnd.Sources;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// Two machines with the same settings, each with its own data folder, port, clock and way to the store; both follow the same source.
/// </summary>
internal sealed class Pair : IAsyncDisposable
{
    /// <summary>In which somebody must list again, or the step counts as failed and the next one begins.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    /// <summary>
    /// A store that answers slowly makes the writer lengthen its lease, and it takes some renewals until it is short again: so long a
    /// take-over soon after that may take more.
    /// </summary>
    private static readonly TimeSpan s_lengthened = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan s_toShorten = TimeSpan.FromSeconds(40);

    /// <summary>In which the one that came back must say that it waits.</summary>
    private static readonly TimeSpan s_toStandBy = TimeSpan.FromSeconds(20);

    private readonly Proof _proof;
    private readonly Instance[] _instances;
    private readonly List<(string How, TimeSpan Pause)> _takeOvers = [];
    private readonly List<string> _problems = [];
    private TimeSpan _slowUntil;

    private Pair(Proof proof, Instance[] instances, Witness witness) =>
        (_proof, _instances, Witness, Log) = (proof, instances, witness, new WriteLog(() => witness.Now));

    public Witness Witness { get; }
    public WriteLog Log { get; }

    /// <summary>What failed so far, beside what the witness will say.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>How each take-over went, and for how long viewers got nothing new.</summary>
    public IReadOnlyList<(string How, TimeSpan Pause)> TakeOvers => _takeOvers;

    /// <summary>Both on air, one as the writer and one that waits.</summary>
    /// <param name="proof">Its folder takes the logs.</param>
    /// <param name="folder">Of the test.</param>
    /// <param name="source">Started already.</param>
    /// <param name="ceph">The store.</param>
    /// <param name="bucket">In it.</param>
    /// <param name="clocks">How wrong each one's clock is.</param>
    public static async Task<Pair> StartAsync(
        Proof proof,
        string folder,
        OwncastSource source,
        CephCluster ceph,
        CephBucket bucket,
        (TimeSpan First, TimeSpan Second) clocks
    )
    {
        var instances = new List<Instance>();
        foreach (var (name, clock) in ((string, TimeSpan)[])[("a", clocks.First), ("b", clocks.Second)])
        {
            instances.Add(
                Instance.Create(
                    name,
                    source.Folder,
                    folder,
                    proof,
                    ceph,
                    bucket,
                    await FaultProxy.StartAsync(ceph.Endpoint),
                    await WrongClock.MakeAsync(folder, clock)
                )
            );
        }
        var pair = new Pair(proof, [.. instances], Witness.Watch(bucket));
        foreach (var instance in instances)
        {
            pair.Log.Watch(instance);
            instance.Start();
            await instance.Process.AnswersAsync();
            Assert.True(await pair.Witness.ListsAgainAsync(TimeSpan.Zero, s_patience), instance.Process.Log);
        }
        foreach (var (instance, clock) in instances.Zip((TimeSpan[])[clocks.First, clocks.Second]))
            Assert.InRange((await WrongClock.SeenAsync(instance) - clock).TotalSeconds, -3, 3);
        return pair;
    }

    /// <summary>The writer fails, the other takes over, the first comes back and waits.</summary>
    public async Task TakeOverAsync(int step, Failure kind)
    {
        var random = _proof.Random(step);
        var failure = new WriterFailure(kind, random, _proof.IsShort);
        await WaitAsync(2 * random.NextDouble());
        var writer = _instances.Single(instance => instance.Name == Log.Writer);

        var died = Witness.Now;
        Witness.Died($"{writer.Name} is {failure}", died < _slowUntil ? s_lengthened : default);
        if (await failure.HappenAsync(writer) is { } problem)
            Fails($"{step}: {problem}");
        var isTaken = await Until(() => Log.IsTakenFrom(writer.Name, died), s_patience);
        var isListed = isTaken && await Witness.ListsAgainAsync(Witness.Now - TimeSpan.FromSeconds(0.5), s_patience);
        var pause = Witness.LongestPause(died, Witness.Now);
        if (isListed)
            _takeOvers.Add(($"{failure}", pause));
        else
            Fails($"{step}: nobody took over in {s_patience.TotalSeconds} s from {writer.Name}, {failure}");
        _proof.Note($"{step}: {writer.Name} {failure}: nothing new for {pause.TotalSeconds:F1} s");

        await failure.ReturnAsync(writer, Witness.Now - died);
        var returned = Witness.Now;
        // One that was only cut off, and nobody's successor, may go on as the writer: that is told above.
        if (isListed && !await IsWaitingAsync(writer))
            Fails($"{step}: {writer.Name}, {failure}, is back and does not wait: {(await writer.HealthAsync())?.Text}");
        if (!await Witness.ListsAgainAsync(returned, s_patience))
            Fails($"{step}: nothing new {s_patience.TotalSeconds} s after {writer.Name} came back");
        if (isListed && Log.IsTakenFrom(_instances.Single(instance => instance != writer).Name, returned))
            Fails($"{step}: {writer.Name}, {failure}, came back and published");
    }

    /// <summary>Both ways to the store misbehave at once, for so long.</summary>
    public async Task BadStoreAsync(ProxyFault fault, Func<bool> isHit, TimeSpan lasting, string how)
    {
        Witness.Died(how, lasting);
        foreach (var instance in _instances)
            instance.Proxy!.Plan(fault, int.MaxValue, _ => isHit());
        await WaitAsync(lasting.TotalSeconds);
        foreach (var instance in _instances)
            instance.Proxy!.Heal();
        var healed = Witness.Now;
        _slowUntil = healed + s_toShorten;
        _proof.Note($"{how} for {lasting.TotalSeconds:F1} s");
        if (!await Witness.ListsAgainAsync(healed, s_patience))
            Fails($"nothing new {s_patience.TotalSeconds} s after {how}");
    }

    public void Fails(string what)
    {
        _problems.Add(what);
        _proof.Note(what);
    }

    public async ValueTask DisposeAsync()
    {
        await Witness.DisposeAsync();
        foreach (var instance in _instances)
            await instance.DisposeAsync();
    }

    private static async Task<bool> IsWaitingAsync(Instance instance) =>
        await Until(async () => (await instance.HealthAsync())?.Stream.IsStandby == true, s_toStandBy);

    private static Task<bool> Until(Func<bool> condition, TimeSpan within) => Until(() => Task.FromResult(condition()), within);

    private static async Task<bool> Until(Func<Task<bool>> condition, TimeSpan within)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > within)
                return false;
            await WaitAsync(0.05);
        }
        return true;
    }

    private static Task WaitAsync(double seconds) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
}
