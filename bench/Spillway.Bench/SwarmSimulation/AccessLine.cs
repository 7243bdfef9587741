namespace Spillway.Bench.SwarmSimulation;

/// <summary>How a viewer is connected to the world.</summary>
/// <param name="Up">Bits a second.</param>
/// <param name="Down">Bits a second.</param>
/// <param name="Nat">What stands between.</param>
/// <param name="Uploads">False on a mobile network: the player takes from others and passes nothing on.</param>
internal sealed record AccessLine(double Up, double Down, Nat Nat, bool Uploads)
{
    /// <summary>As in the measurements in Chromium: all in one machine.</summary>
    private static readonly AccessLine Loopback = new(1e9, 1e9, Nat.Open, true);

    public static AccessLine Draw(Audience audience, Random random) =>
        audience switch
        {
            Audience.OneMachine => Loopback,
            Audience.Reachable => DrawPublic(random) with { Nat = Nat.Open },
            _ => DrawPublic(random),
        };

    /// <summary>
    /// A public audience: assumed, not measured. 30 % fibre, 30 % cable, 25 % DSL, 15 % mobile; rates are drawn evenly on a
    /// logarithmic scale.
    /// </summary>
    private static AccessLine DrawPublic(Random random) =>
        random.NextDouble() switch
        {
            < 0.30 => new(Between(random, 50, 200), Between(random, 100, 500), AtHome(random), true),
            < 0.60 => new(Between(random, 5, 25), Between(random, 50, 250), AtHome(random), true),
            < 0.85 => new(Between(random, 2.5, 10), Between(random, 16, 50), AtHome(random), true),
            _ => new(Between(random, 5, 20), Between(random, 10, 60), Mobile(random), false),
        };

    private static Nat AtHome(Random random) =>
        random.NextDouble() switch
        {
            < 0.30 => Nat.Open,
            < 0.90 => Nat.PortRestricted,
            < 0.95 => Nat.Symmetric,
            _ => Nat.Blocked,
        };

    private static Nat Mobile(Random random) =>
        random.NextDouble() switch
        {
            < 0.20 => Nat.PortRestricted,
            < 0.95 => Nat.Symmetric,
            _ => Nat.Blocked,
        };

    private static double Between(Random random, double least, double most) =>
        1e6 * least * Math.Pow(most / least, random.NextDouble());
}
