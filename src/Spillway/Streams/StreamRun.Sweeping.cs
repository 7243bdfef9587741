using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Storage;

namespace Spillway.Streams;

/// <content>The sweep: only who writes the stream deletes what it no longer needs.</content>
internal sealed partial class StreamRun
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private IReadOnlySet<string> _inUse = None;
    private bool _storesSegments;

    /// <summary>For the sweep, which runs beside the loop: what the loop works on.</summary>
    private void NoteInUse()
    {
        Volatile.Write(ref _storesSegments, _broadcast is not null);
        var now = _ending.Append(_broadcast).OfType<Broadcast>().Select(static b => b.Id);
        if (!_inUse.SetEquals(now))
            Volatile.Write(ref _inUse, now.ToHashSet(StringComparer.Ordinal));
    }

    private async Task SweepRegularlyAsync()
    {
        if (_parts.Sweeps is not { } sweeps)
            return;
        var sweeper = new StreamSweeper(
            Name,
            SweepAsync,
            () => Volatile.Read(ref _storesSegments),
            () => _parts.Store.Now,
            _parts.Time,
            Logger
        );
        sweeps.Attach(sweeper);
        try
        {
            await sweeper.RunAsync(_abort);
        }
        finally
        {
            sweeps.Detach(sweeper);
        }
    }

    private async Task<SweepResult> SweepAsync(bool dryRun, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _abort);
        var sweep = new Sweep(
            new SweepParts
            {
                Store = _parts.Store,
                Stream = Name,
                Epoch = _history.Epoch,
                Conditional = _parts.Conditional,
                InUse = () => Volatile.Read(ref _inUse),
                StillMine = _parts.Place.ConfirmAsync,
                WhileSlatesRest = (act, token) =>
                    _parts.Slates is { } slates ? slates.WhileNoneIsStoredAsync(Name, act, token) : act(static _ => false),
                Pages = _parts.Sweeps?.Pages,
                Time = _parts.Time,
                Logger = Logger,
            }
        );
        return await sweep.RunAsync(dryRun, both.Token);
    }
}
