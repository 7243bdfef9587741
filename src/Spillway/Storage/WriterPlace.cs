namespace Spillway.Storage;

/// <summary>
/// The right to write a live stream's objects, as long as it lasts. Whoever overwrites or deletes asks it: before each PUT to a mutable
/// key <see cref="WaitUntilMayWriteAsync"/>, before each batch of deletions <see cref="ConfirmAsync"/>. Segments need not ask: their keys
/// carry their hash.
/// </summary>
internal abstract class WriterPlace
{
    /// <summary>For everything this writer puts: higher than any before.</summary>
    public abstract long Epoch { get; }

    /// <summary>Nobody else can be the writer at this moment, as far as the clock tells.</summary>
    public abstract bool MayWrite { get; }

    /// <summary>Faults with <see cref="SupersededException"/> when the place is lost; ends when it is given up.</summary>
    public virtual Task Kept => Task.CompletedTask;

    /// <summary>Why the place could not be renewed the last time; null when it was, or need not be.</summary>
    public virtual StoreFault? Fault => null;

    /// <summary>Done when <see cref="MayWrite"/>.</summary>
    /// <exception cref="SupersededException">There is a successor.</exception>
    public abstract Task WaitUntilMayWriteAsync(CancellationToken cancellationToken);

    /// <summary>Whether the store itself says, now, that this is the writer; false when it cannot be asked.</summary>
    public abstract Task<bool> ConfirmAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads a mutable object and fences it at the same time: from then on no earlier writer can overwrite it. For each mutable object
    /// that is to be written, before anything is decided by what it says. Null: there is none.
    /// </summary>
    /// <returns>As it is in the store now; only <see cref="StoredObject.LastModified"/> is that of the version found.</returns>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    /// <exception cref="SupersededException">There is a successor.</exception>
    public abstract Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// What a waiting instance is to watch beside the lease: the first rendition's live playlist while something is on air; null for
    /// nothing. To be said again and again; only a change costs anything.
    /// </summary>
    public virtual void Tell(string? playlist) { }

    /// <summary>A conditional PUT that began then was acknowledged: the first rendition's live playlist's counts as a renewal.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="began">A timestamp of the clock in use.</param>
    public virtual void NoteStored(string key, long began) { }

    /// <summary>Timestamp of the last PUT to a key that was made in <see cref="ReadAsync"/>; null for none.</summary>
    public virtual long? LastPut(string key) => null;
}

/// <summary>The only writer there will ever be (<c>Storage:SingleWriter</c>): nothing to wait for, nothing to fence.</summary>
internal sealed class SoleWriter(long epoch, ReadObject read) : WriterPlace
{
    public override long Epoch => epoch;

    public override bool MayWrite => true;

    public override Task WaitUntilMayWriteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<bool> ConfirmAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public override Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken) =>
        read(key, cancellationToken);
}
