namespace Spillway.EndToEnd.Servers;

/// <summary>nginx with a configuration of its own, one process in the foreground.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private Nginx(ChildProcess process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Started, and listens already.</summary>
    /// <param name="folder">It exists.</param>
    /// <param name="configuration">What <c>nginx.conf</c> says.</param>
    /// <param name="ports">It listens there.</param>
    /// <exception cref="InvalidOperationException">It does not listen; the message holds what it has written.</exception>
    public static async Task<Nginx> StartAsync(string folder, string configuration, params int[] ports)
    {
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration);
        var program = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var nginx = new Nginx(
            ChildProcess.Start(program, ["-p", folder, "-c", file, "-e", Path.Combine(folder, "error.log")], folder)
        );
        for (var start = TimeProvider.System.GetTimestamp(); !Array.TrueForAll(ports, FreePort.IsTaken); )
        {
            if (nginx._process.HasExited || TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
            {
                await nginx.DisposeAsync();
                throw new InvalidOperationException($"nginx does not listen. It wrote: {nginx._process.Output}");
            }
            await Task.Delay(50);
        }
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        // Its worker ends with it only when it is asked to.
        _process.SendTerminate();
        await _process.ExitAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
    }
}
