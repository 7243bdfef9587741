using Spillway.Sources.Rtmp;

namespace Spillway.Checks;

/// <summary>What of this machine matters: who runs here, ports, disk.</summary>
internal sealed class MachineCheck(CheckContext context, FindingList findings)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Running();
        await PortsAsync(cancellationToken);
        Disk();
        await new FfmpegCheck(context, findings).RunAsync(cancellationToken);
    }

    private void Running()
    {
        if (context.Running is not { } running)
            return;
        var streams = running.Streams ?? [];
        findings.Add(
            MachineFindings.Running,
            $"A Spillway runs here, at port {context.Options.Server.Port}: {running.Status}"
                + $"{string.Concat(streams.Select(static stream => $"; {stream.Name} {stream.State}, {stream.Role}"))}."
        );
        var missing = context
            .Options.Streams.Keys.Where(name => running.Streams is not null && running.Find(name) is null)
            .ToArray();
        if (missing.Length > 0)
            findings.Add(
                MachineFindings.OtherStreams,
                $"The Spillway at port {context.Options.Server.Port} has no stream {string.Join(", ", missing)}."
            );
        foreach (var stream in streams)
        {
            foreach (
                var trouble in (ReadOnlySpan<string?>)
                    [
                        stream.Superseded,
                        stream.StoreFault,
                        stream.StoreAdvice,
                        stream.SlateProblem,
                        stream.BandwidthAdvice,
                        stream.PeersAdvice,
                    ]
            )
                if (trouble is not null)
                    findings.Add(MachineFindings.RunningTrouble, $"{stream.Name}: {trouble}");
        }
    }

    private async Task PortsAsync(CancellationToken cancellationToken)
    {
        var server = context.Options.Server;
        List<(string Setting, int Port, string Option)> ports = [("Server:Port", server.Port, "--port")];
        if (!context.HasBucket)
            ports.Add(("Server:EdgePort", server.EdgePort, "--edge-port"));
        if (context.Options.TakesRtmp())
            ports.Add(("Rtmp:Port", context.Options.Rtmp.Port, "SPILLWAY__RTMP__PORT"));
        var good = new List<string>();
        foreach (var (setting, port, option) in ports)
        {
            if (!Ports.IsTaken(port))
                good.Add($"{setting} {port} is free");
            else if (await IsOursAsync(setting, port, cancellationToken))
                good.Add($"{setting} {port} is the running Spillway's");
            else
                findings.Add(MachineFindings.PortTaken, Ports.InUse(setting, port, option));
        }
        if (good.Count > 0)
            findings.Add(MachineFindings.Ports, $"{string.Join("; ", good)}.");
    }

    private async Task<bool> IsOursAsync(string setting, int port, CancellationToken cancellationToken)
    {
        if (context.Running is null)
            return false;
        return setting switch
        {
            "Server:EdgePort" => await IsEdgeAsync(port, cancellationToken),
            "Rtmp:Port" => await RtmpGreeting.IsAnsweredAsync(port, context.Limits.Answer, cancellationToken),
            _ => true,
        };
    }

    private async Task<bool> IsEdgeAsync(int port, CancellationToken cancellationToken)
    {
        using var edge = new EdgeReader(new Uri($"http://127.0.0.1:{port}/"), context.Limits.Answer);
        var answer = await edge.GetAsync($"spillway-check-{Guid.NewGuid():n}.txt", cancellationToken);
        return answer.IsEmbeddedMissing;
    }

    private void Disk()
    {
        var data = Path.GetFullPath(context.Options.Data);
        // Before the first start there is none: then the folder above it must let it be made.
        var folder = data;
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        var probe = Path.Combine(folder, $".spillway-check-{Guid.NewGuid():n}");
        try
        {
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            findings.Add(MachineFindings.NotWritable, $"The data folder {data} cannot be written: {exception.Message}");
            return;
        }
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var spool = context.Options.Storage.Spool.Bytes;
        var room = $"The disk of {data} has {Gigabytes(free)} free; {Gigabytes(spool)} may wait there for the store";
        if (free < spool)
            findings.Add(MachineFindings.DiskSmall, $"{room} (Storage.Spool).");
        else
            findings.Add(MachineFindings.Disk, $"{room}.");
    }

    private static string Gigabytes(long bytes) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB");
}
