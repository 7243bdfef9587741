namespace Spillway.Bench.SwarmSimulation;

/// <summary>What stands between a viewer and the others, by what it lets through (RFC 4787's mapping and filtering).</summary>
internal enum Nat
{
    /// <summary>A public address, or a NAT whose mapped port takes packets from anybody.</summary>
    Open,

    /// <summary>The mapped port takes packets only from where some were sent to.</summary>
    PortRestricted,

    /// <summary>Another port for each destination, as carriers' NATs often have it: what STUN found out is of no use.</summary>
    Symmetric,

    /// <summary>No UDP at all.</summary>
    Blocked,
}

/// <summary>Whether two viewers come to a direct connection. There is no TURN.</summary>
internal static class NatTraversal
{
    /// <summary>Also where both NATs allow it some attempts fail: time-outs, tabs in the background, odd routers.</summary>
    private const double Luck = 0.95;

    public static bool Connects(Nat a, Nat b, Random random) =>
        a != Nat.Blocked
        && b != Nat.Blocked
        && (a != Nat.Symmetric || b == Nat.Open)
        && (b != Nat.Symmetric || a == Nat.Open)
        && random.NextDouble() < Luck;
}
