using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>How a writer goes away.</summary>
internal enum Failure
{
    /// <summary>SIGKILL; it is started again, now and then on an empty disk.</summary>
    Killed,

    /// <summary>SIGSTOP for 30 s, then SIGCONT.</summary>
    Frozen,

    /// <summary>Nothing it sends reaches the store any more; its source does.</summary>
    CutOff,

    /// <summary>SIGTERM, as by an upgrade; it is started again.</summary>
    Stopped,
}

/// <summary>One failure of a writer and its way back.</summary>
/// <param name="kind">What happens.</param>
/// <param name="random">The step's.</param>
/// <param name="isShort">A frozen one is thawed as soon as it has a successor.</param>
internal sealed class WriterFailure(Failure kind, Random random, bool isShort)
{
    private static readonly TimeSpan s_frozen = TimeSpan.FromSeconds(30);

    private static readonly (string Name, ProxyFault Fault)[] s_ways =
    [
        ("nothing is answered", new ProxyFault.Stall()),
        ("connections are reset", new ProxyFault.Reset()),
        ("503 to everything", new ProxyFault.Answer(503, "ServiceUnavailable")),
    ];

    private readonly int _way = random.Next(s_ways.Length);
    private readonly bool _isReplaced = random.Next(4) == 0;
    private readonly TimeSpan _pause = TimeSpan.FromSeconds(4 * random.NextDouble());

    public override string ToString() =>
        kind switch
        {
            Failure.Killed => _isReplaced ? "killed, machine replaced" : "killed",
            Failure.Frozen => "frozen",
            Failure.CutOff => $"cut off, {s_ways[_way].Name}",
            _ => "stopped",
        };

    /// <summary>It goes away now.</summary>
    /// <returns>Null, or what was wrong with the way it went.</returns>
    public async Task<string?> HappenAsync(Instance writer)
    {
        switch (kind)
        {
            case Failure.Killed:
                await writer.KillAsync();
                break;
            case Failure.Frozen:
                writer.Process.Freeze();
                break;
            case Failure.CutOff:
                writer.Proxy!.Plan(s_ways[_way].Fault, int.MaxValue);
                break;
            default:
                return await writer.TerminateAsync();
        }
        return null;
    }

    /// <summary>It comes back, some time after its successor has taken over.</summary>
    /// <param name="writer">The one that went.</param>
    /// <param name="since">It went so long ago.</param>
    public async Task ReturnAsync(Instance writer, TimeSpan since)
    {
        var wait = kind == Failure.Frozen && !isShort && since < s_frozen ? s_frozen - since : _pause;
        await Task.Delay(wait, TestContext.Current.CancellationToken);
        switch (kind)
        {
            case Failure.Frozen:
                writer.Process.Thaw();
                break;
            case Failure.CutOff:
                writer.Proxy!.Heal();
                break;
            default:
                writer.Start(kind == Failure.Killed && _isReplaced);
                break;
        }
    }
}
