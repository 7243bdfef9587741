namespace Spillway.Storage;

/// <summary>
/// The writer's place for one piece of work by a command, where no instance has it. Disposing gives it back: the next writer need not
/// wait for it to expire.
/// </summary>
internal sealed class BorrowedPlace : IAsyncDisposable
{
    private readonly LeasedPlace _place;
    private readonly CancellationTokenSource _over = new();

    private BorrowedPlace(LeasedPlace place)
    {
        _place = place;
        place.Keep(_over.Token);
    }

    public WriterPlace Place => _place;

    /// <summary>
    /// Takes the lease of a stream, once it is sure that its writer is gone: that takes as long as the lease holds, up to two minutes.
    /// Null: an instance writes; <see cref="Lease.Report"/> says which.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task<BorrowedPlace?> TakeAsync(Lease lease, CancellationToken cancellationToken) =>
        await lease.TakeIfAbandonedAsync(cancellationToken) is { } place ? new BorrowedPlace(place) : null;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _place.Kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _place.ReleaseAsync();
        _over.Dispose();
    }
}
