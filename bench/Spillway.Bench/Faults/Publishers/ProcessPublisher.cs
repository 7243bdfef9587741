using System.Text;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Faults.Publishers;

/// <summary>A program that follows the source's folder by itself. Whenever it ends it is started again, as by a supervisor.</summary>
internal sealed class ProcessPublisher(string name, Uri playlist, Func<ChildProcess> start) : Publisher(name, playlist)
{
    private readonly CancellationTokenSource _over = new();
    private readonly StringBuilder _output = new();
    private ChildProcess? _process;
    private Task _running = Task.CompletedTask;

    public override string Output => _output.ToString();

    public override void Start() => _running = SuperviseAsync(_over.Token);

    public override void Kill() => _process?.SendKill();

    public override async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        _over.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken over)
    {
        try
        {
            while (true)
            {
                Starts++;
                await RunAsync(over);
                await Task.Delay(Away, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested) { }
    }

    private async Task RunAsync(CancellationToken over)
    {
        await using var process = start();
        _process = process;
        try
        {
            while (!process.HasExited)
                await Task.Delay(50, over);
        }
        finally
        {
            _process = null;
            _output.AppendLine(process.Output);
        }
    }
}
