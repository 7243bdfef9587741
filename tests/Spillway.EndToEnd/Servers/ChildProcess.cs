using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Spillway.EndToEnd.Servers;

/// <summary>A program that a test started: its output is kept, and it never outlives the test run.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int KillNow = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly EventHandler _onExit;
    private readonly string _name;

    private ChildProcess(Process process, string name)
    {
        (_process, _name) = (process, name);
        _onExit = (_, _) => Kill();
        AppDomain.CurrentDomain.ProcessExit += _onExit;
    }

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;

    /// <summary>Everything it has written to both outputs so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <param name="program">A path, or a name to be found in PATH.</param>
    /// <param name="arguments">Passed as they are, no shell.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">Added to this process's own, without its SPILLWAY__ and R2 variables.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = start }, Path.GetFileName(program));
        child._process.OutputDataReceived += (_, line) => child.Add(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Add(line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Ctrl-C.</summary>
    public void SendInterrupt() => Send(Interrupt);

    public void SendTerminate() => Send(Terminate);

    /// <summary>SIGKILL, to it alone: what it has started itself goes on.</summary>
    public void SendKill() => Send(KillNow);

    /// <summary>SIGSTOP: it stands still, with its connections open, until <see cref="SendContinue"/>.</summary>
    public void SendStop() => Send(Stop);

    public void SendContinue() => Send(Continue);

    public void Kill()
    {
        // With what it has started itself: that would hold its output open, and go on.
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>Its exit code, once all its output has been read.</summary>
    /// <exception cref="TimeoutException">It goes on; the message holds what it has written.</exception>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{_name} has not ended within {within.TotalSeconds} s. It wrote:\n{Output}", exception);
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        Kill();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("SPILLWAY__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("R2_", StringComparison.Ordinal)
        || name
            is "CLOUDFLARE_ACCOUNT_ID"
                or "CDN_HOSTNAME"
                or "OWNCAST_DATA_PATH"
                or "OWNCAST_API_URL"
                or "HTTP_PORT"
                or "http_proxy"
                or "HTTP_PROXY";

    private void Send(int signal)
    {
        if (!_process.HasExited && kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"{_name} could not be sent signal {signal}.");
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
