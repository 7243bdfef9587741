using System.ComponentModel;
using System.Diagnostics;

namespace Spillway.Sources.Ladder;

/// <summary>
/// One running ffmpeg that reads media from its standard input. It never outlives this program: when that is killed, its input
/// ends, and so does it.
/// </summary>
internal sealed class LadderEncoder : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _listening;
    private volatile string? _lastLine;

    private LadderEncoder(Process process)
    {
        _process = process;
        _listening = ListenAsync();
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Done when the process is gone.</summary>
    public Task Exited { get; }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it said last; for the log.</summary>
    public string LastLine => _lastLine ?? "it said nothing";

    /// <summary>Null when there is no such program on this machine.</summary>
    public static LadderEncoder? Start(string program, IEnumerable<string> arguments, string folder)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
            process.StandardOutput.Close();
            return new LadderEncoder(process);
        }
        catch (Win32Exception)
        {
            process.Dispose();
            return null;
        }
    }

    /// <summary>Waits while ffmpeg has enough to do. False when it is gone.</summary>
    public async Task<bool> WriteAsync(ReadOnlyMemory<byte> media, CancellationToken ct)
    {
        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(media, ct);
            await input.FlushAsync(ct);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>There is no more: it encodes what it has and ends.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        await _listening;
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                _lastLine = line.Length > 300 ? line[..300] : line;
        }
    }
}
