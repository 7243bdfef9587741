using Spillway.Playlists;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Tests.Timeline;

public sealed class DebugTests
{
    [Fact]
    public void Dump()
    {
        if (Environment.GetEnvironmentVariable("SEED") is not { } text)
            return;
        var seed = int.Parse(text);
        var all = Environment.GetEnvironmentVariable("ALL") == "1";
        var s = all
            ? new SimulatedEvent(seed)
            {
                RestartChance = 0.04,
                PauseChance = 0.04,
                LossChance = 0.03,
                FailedUploadChance = 0.03,
                LoneStallChance = 0.03,
                TsWraps = seed % 2 == 0,
            }
            : new SimulatedEvent(seed) { RestartChance = 0.08 };
        s.Trace = Console.Out;
        var t = s.Run(60);
        Console.WriteLine($"delivered {s.Delivered} taken {s.Taken} restarts {s.Restarts} disc {t.NextDiscontinuity - 1}");
    }
}
