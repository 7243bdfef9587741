using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// One machine that runs Spillway: its process comes and goes, its port and data folder stay until the machine is replaced. Its way
/// to the store may lead through a proxy of its own, by which it is cut off.
/// </summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly string _source;
    private readonly string _folder;
    private readonly string _log;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly int _port = FreePort.Next();
    private SpillwayProcess? _process;
    private int _machines;

    private Instance(string name, string source, string folder, string log, IReadOnlyDictionary<string, string> settings)
    {
        (Name, _source, _folder, _log, _settings) = (name, source, folder, log, settings);
        File.WriteAllText(_log, "");
    }

    public string Name { get; }

    /// <summary>Null when it goes straight to the store.</summary>
    public FaultProxy? Proxy { get; private init; }

    public string Origin => $"http://127.0.0.1:{_port}/";
    public bool IsRunning => _process is { HasExited: false };

    public SpillwayProcess Process => _process ?? throw new InvalidOperationException($"{Name} is not running.");

    /// <param name="name">For its folder and its log.</param>
    /// <param name="source">What it follows.</param>
    /// <param name="folder">Of the test.</param>
    /// <param name="proof">Its folder takes the log.</param>
    /// <param name="ceph">The store.</param>
    /// <param name="bucket">In it.</param>
    /// <param name="proxy">Null to go straight to the store.</param>
    /// <param name="more">Environment variables beside those of the store; they win.</param>
    public static Instance Create(
        string name,
        string source,
        string folder,
        Proof proof,
        CephCluster ceph,
        CephBucket bucket,
        FaultProxy? proxy = null,
        IReadOnlyDictionary<string, string>? more = null
    )
    {
        var settings = new Dictionary<string, string>(ceph.Settings(bucket, proxy?.Address), StringComparer.Ordinal)
        {
            // The slate's encoder would take what the machine has, and outlive the process that is killed.
            ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none",
        };
        foreach (var (key, value) in more ?? new Dictionary<string, string>())
            settings[key] = value;
        var log = Path.Combine(proof.Folder, $"{name}.log");
        return new Instance(name, source, Path.Combine(folder, name), log, settings) { Proxy = proxy };
    }

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="emptied">With nothing on its disk, as a machine that replaces another.</param>
    public void Start(bool emptied = false)
    {
        if (emptied)
            _machines++;
        _process = SpillwayProcess.Serve(_source, Path.Combine(_folder, $"data-{_machines}"), _settings, _port);
    }

    public async Task KillAsync()
    {
        await Process.KillAsync();
        await LeaveAsync("killed");
    }

    /// <summary>SIGTERM; returns when it has ended.</summary>
    /// <returns>Null, or what was wrong with its end.</returns>
    public async Task<string?> TerminateAsync()
    {
        try
        {
            var code = await Process.StopAsync();
            await LeaveAsync($"ended with {code} after SIGTERM");
            return code == 0 ? null : $"{Name} ended with {code} after SIGTERM";
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return $"{Name} did not end after SIGTERM";
        }
    }

    /// <summary>What <c>/health</c> says, or null while it does not answer.</summary>
    public async Task<Health?> HealthAsync()
    {
        if (_process is null)
            return null;
        try
        {
            return await _process.HealthAsync();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
                await _process.KillAsync();
            await LeaveAsync("ended with the test");
        }
        if (Proxy is not null)
            await Proxy.DisposeAsync();
    }

    /// <summary>What the process wrote is kept; the process is forgotten.</summary>
    private async Task LeaveAsync(string how)
    {
        var process = Process;
        await File.AppendAllTextAsync(_log, $"{process.Log}\n==== {how} at {DateTimeOffset.UtcNow:HH:mm:ss.fff}\n");
        await process.DisposeAsync();
        _process = null;
    }
}
