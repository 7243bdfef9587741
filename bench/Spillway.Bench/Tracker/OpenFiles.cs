using System.Globalization;

namespace Spillway.Bench.Tracker;

/// <summary>How many sockets a process may have. The runtime takes all it may; more is the operator's to give.</summary>
internal static class OpenFiles
{
    private const int Spare = 300;

    public static int Hard { get; } = Read();

    /// <exception cref="InvalidOperationException">Too few.</exception>
    public static void Need(int sockets)
    {
        if (Hard < sockets + Spare)
            throw new InvalidOperationException(
                $"{sockets} sockets need {sockets + Spare} open files, and this process may have {Hard}: raise the limit, as with "
                    + $"'ulimit -n {sockets + Spare}' as root."
            );
    }

    private static int Read()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return hard == "unlimited" ? 1_000_000 : int.Parse(hard, CultureInfo.InvariantCulture);
    }
}
