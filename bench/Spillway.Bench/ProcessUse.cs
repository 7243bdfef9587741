using System.Globalization;

namespace Spillway.Bench;

/// <summary>What a process has used, from <c>/proc</c>.</summary>
/// <param name="Cpu">User and system time since its start.</param>
/// <param name="System">Of it, system time.</param>
/// <param name="Resident">Bytes.</param>
/// <param name="Peak">The most it has been resident with, bytes.</param>
internal sealed record ProcessUse(TimeSpan Cpu, TimeSpan System, long Resident, long Peak)
{
    /// <summary>Linux gives times to programs in hundredths of a second, whatever the kernel counts in.</summary>
    private const double TicksPerSecond = 100;

    /// <exception cref="IOException">It has ended.</exception>
    public static ProcessUse Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // After the name, which may hold anything: state is field 3, utime 14, stime 15.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var (user, system) = (Time(fields[11]), Time(fields[12]));
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new ProcessUse(user + system, system, Kilobytes("VmRSS:"), Kilobytes("VmHWM:"));

        static TimeSpan Time(string ticks) =>
            TimeSpan.FromSeconds(long.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond);

        long Kilobytes(string name) =>
            1024
            * long.Parse(
                status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "").Trim(),
                CultureInfo.InvariantCulture
            );
    }
}
