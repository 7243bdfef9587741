using System.Diagnostics;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Tracker;

/// <summary>One server under one load, once.</summary>
/// <param name="Server">Its key.</param>
/// <param name="Load">Its name.</param>
/// <param name="RelaysPerSecond">Offers and answers that reached clients.</param>
/// <param name="CpuPerRelay">User and system time of the server's process, microseconds for each of them.</param>
/// <param name="KernelPerRelay">Of it, system time: on loopback it is the sender's, that of receiving included.</param>
/// <param name="CpuPercent">Of a core.</param>
/// <param name="RelayP50">From an offer's sending to its receipt at the other client, milliseconds.</param>
/// <param name="RelayP99">The same.</param>
/// <param name="IdleBytes">Resident memory that a socket adds which has joined once, with five offers, and is quiet.</param>
/// <param name="OffersPerAnnounce">That reached a client.</param>
/// <param name="AnswersLost">Of those sent: one for each offer received.</param>
internal sealed record TrackerRun(
    string Server,
    string Load,
    double RelaysPerSecond,
    double CpuPerRelay,
    double KernelPerRelay,
    double CpuPercent,
    double RelayP50,
    double RelayP99,
    double IdleBytes,
    double OffersPerAnnounce,
    long AnswersLost
)
{
    /// <summary>After it .NET has compiled what is used often. What is published is native; the others have compilers, too.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(4);

    /// <exception cref="InvalidOperationException">The server did not do what it should.</exception>
    public static async Task<TrackerRun> MakeAsync(
        MeasuredServer server,
        TrackerLoad load,
        TimeSpan length,
        CancellationToken cancellationToken
    )
    {
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var port = FreePort.Next();
        await using var process = await server.StartAsync(port, folder, cancellationToken);
        await Task.Delay(s_rest, cancellationToken);
        var empty = ProcessUse.Of(process.Id).Resident;
        using var crowd = new Crowd(load, server.AsNewPeers);
        await crowd.JoinAsync(port, server.Path, cancellationToken);
        await Task.Delay(s_rest, cancellationToken);
        var idle = ProcessUse.Of(process.Id).Resident;

        var announcing = crowd.AnnounceAsync(s_warmUp + length, cancellationToken);
        await Task.Delay(s_warmUp, cancellationToken);
        crowd.Delays.Clear();
        var before = Now(process, crowd);
        await announcing;
        var after = Now(process, crowd);
        var (p50, p99) = (crowd.Delays.Percentile(0.5), crowd.Delays.Percentile(0.99));
        await crowd.QuietAsync(cancellationToken);
        if (crowd.Problems is [var first, ..])
            throw new InvalidOperationException(
                $"{server.Name}, {load.Name}: {crowd.Closed} connections closed; first: {first}. It wrote:\n{process.Output}"
            );
        var seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        var relays = after.Relays - before.Relays;
        var cpu = after.Use.Cpu - before.Use.Cpu;
        var kernel = after.Use.System - before.Use.System;
        return new TrackerRun(
            server.Key,
            load.Name,
            relays / seconds,
            cpu.TotalMicroseconds / Math.Max(1, relays),
            kernel.TotalMicroseconds / Math.Max(1, relays),
            100 * cpu.TotalSeconds / seconds,
            p50,
            p99,
            (idle - empty) / (double)load.Sockets,
            (after.Offers - before.Offers) / (double)(after.Announces - before.Announces),
            crowd.Offers - crowd.Answers
        );
    }

    private static Moment Now(ChildProcess process, Crowd crowd) =>
        new(Stopwatch.GetTimestamp(), ProcessUse.Of(process.Id), crowd.Relays, crowd.Offers, crowd.Announces);

    private readonly record struct Moment(long At, ProcessUse Use, long Relays, long Offers, long Announces);
}
