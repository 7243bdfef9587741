using Spillway.Bench.Faults.Publishers;
using Spillway.TestSupport;

namespace Spillway.Bench.Faults;

/// <summary>What goes wrong between every publisher and its bucket, or with the publishers themselves, at the same time for all.</summary>
/// <param name="Name">As <c>--faults</c> takes it.</param>
/// <param name="Words">As the table has it.</param>
/// <param name="Lasting">Until all is well again.</param>
/// <param name="Fault">For a request that comes meanwhile; with the number of PUTs through that proxy until then, itself included.</param>
/// <param name="Kills">The publishers are killed when it begins.</param>
internal sealed record FaultScript(
    string Name,
    string Words,
    TimeSpan Lasting,
    Func<ProxiedRequest, int, ProxyFault?>? Fault = null,
    bool Kills = false
)
{
    /// <summary>Before the fault. The broadcast's start is in it.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(24);

    /// <summary>After it, with the source on air.</summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromSeconds(40);

    public static IReadOnlyList<FaultScript> All { get; } =
    [
        new("none", "none", TimeSpan.Zero),
        new(
            "503",
            "503 to all for 10 s",
            TimeSpan.FromSeconds(10),
            static (_, _) => new ProxyFault.Answer(503, "ServiceUnavailable")
        ),
        new("cut", "no connection for 30 s", TimeSpan.FromSeconds(30), static (_, _) => new ProxyFault.Reset()),
        new(
            "fifth",
            "500 to one PUT in five for 30 s",
            TimeSpan.FromSeconds(30),
            static (request, puts) =>
                request.Method == "PUT" && puts % 5 == 0 ? new ProxyFault.Answer(500, "InternalError") : null
        ),
        new(
            "hang",
            "PUTs hang for 15 s, during 20 s",
            TimeSpan.FromSeconds(20),
            static (request, _) => request.Method == "PUT" ? new ProxyFault.Hang(TimeSpan.FromSeconds(15)) : null
        ),
        new("kill", "killed, started again after 5 s", Publisher.Away, Kills: true),
    ];

    /// <summary>Of the source, from its first segment.</summary>
    public TimeSpan OnAir => Calm + Lasting + Recovery;

    /// <summary>Lets it begin for who writes through this proxy.</summary>
    public void Begin(FaultProxy proxy)
    {
        if (Fault is not { } fault)
            return;
        var puts = 0;
        // The proxy calls it for one request at a time.
        proxy.Rule = request => fault(request, request.Method == "PUT" ? ++puts : puts);
    }

    public static void End(FaultProxy proxy) => proxy.Rule = null;
}
