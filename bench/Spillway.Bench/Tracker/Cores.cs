using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Tracker;

/// <summary>The load on one core, the server on another: neither waits for the other's turn, and a server gets no more than one.</summary>
internal static class Cores
{
    /// <summary>Keeps this process, with all its threads, to a core; on a machine with only one, nothing.</summary>
    public static async Task KeepToAsync(int core, CancellationToken cancellationToken)
    {
        if (Environment.ProcessorCount < 2)
            return;
        string[] arguments = ["-a", "-c", "-p", Text(core), Text(Environment.ProcessId)];
        await using var taskset = ChildProcess.Start("taskset", arguments, Repository.Root);
        if (await taskset.ExitAsync(TimeSpan.FromSeconds(10)) != 0)
            throw new InvalidOperationException($"taskset failed: {taskset.Output}");
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
