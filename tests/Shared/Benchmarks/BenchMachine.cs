using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Spillway.TestSupport.Benchmarks;

/// <summary>What a figure depends on, without names that say whose machine it was.</summary>
/// <param name="Cores">That the process may use.</param>
/// <param name="Kernel">Version, without what its builder added to it.</param>
/// <param name="Runtime">Of the benchmark; the measured binary is native.</param>
/// <param name="LoadBefore">Average of the last minute before the run; well above 0 means that others were at work too.</param>
internal sealed record BenchMachine(int Cores, string Kernel, string Runtime, double LoadBefore)
{
    /// <summary>That was checked out when the run began: what is committed while it goes on is not what it measures.</summary>
    [JsonIgnore]
    public string Commit { get; init; } = "";

    /// <summary>Average of the last minute.</summary>
    public static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public static BenchMachine Read() =>
        new(
            Environment.ProcessorCount,
            $"Linux {Environment.OSVersion.Version.ToString(3)}",
            RuntimeInformation.FrameworkDescription,
            Load
        )
        {
            Commit = BenchCommit.Read(),
        };
}
