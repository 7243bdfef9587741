using Spillway.Bench.Faults.Models;
using Spillway.Bench.Latency;

namespace Spillway.Bench.Faults.Publishers;

/// <summary>
/// A model of a server that cuts the segments itself: what comes while it is away it never sees, and it comes back with an empty
/// list.
/// </summary>
/// <param name="make">A new one; the token ends all that it does.</param>
internal sealed class ModelPublisher(string name, Uri playlist, IDisposable store, Func<CancellationToken, UploadModel> make)
    : Publisher(name, playlist)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private CancellationTokenSource? _life;
    private UploadModel? _model;
    private Task _return = Task.CompletedTask;

    public override void Start()
    {
        lock (_gate)
        {
            Starts++;
            _life = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            _model = make(_life.Token);
        }
    }

    public override void Kill()
    {
        lock (_gate)
        {
            _life?.Cancel();
            _model = null;
            _return = ReturnAsync();
        }
    }

    public override void Written(RecordedSegment segment)
    {
        lock (_gate)
            _model?.Written(segment);
    }

    public override async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _return.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _life?.Dispose();
        _over.Dispose();
        store.Dispose();
    }

    private async Task ReturnAsync()
    {
        await Task.Delay(Away, _over.Token);
        Start();
    }
}
