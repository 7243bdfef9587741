namespace Spillway.Storage;

/// <summary>One stream's part of the spool.</summary>
/// <param name="spool">The whole.</param>
/// <param name="giveUpOldest">Gives up what has waited longest, and says whether there was anything. Called under no lock.</param>
internal sealed class SpoolShare(Spool spool, Func<bool> giveUpOldest) : IDisposable
{
    private long _bytes;
    private int _count;

    /// <summary>Bytes of this stream that wait or are under way.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Cause and remedy while the disk takes nothing; null when it does, or has not been needed.</summary>
    public StoreFault? Fault => spool.Fault;

    /// <summary>Keeps bytes in memory if the budget allows.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="isNeeded">Also when it does not: for what is small and all else depends on. What is alone always has a place.</param>
    public HeldBody? TryKeep(ReadOnlyMemory<byte> body, bool isNeeded)
    {
        if (!spool.TryTakeMemory(body.Length, isNeeded || Volatile.Read(ref _count) == 0))
            return null;
        Note(body.Length, 1);
        return new HeldBody(this, body);
    }

    /// <summary>Writes bytes to disk; null when its limit is reached, or it fails.</summary>
    public async Task<HeldBody?> TryWriteAsync(ReadOnlyMemory<byte> body)
    {
        if (await spool.TryWriteAsync(body) is not var (file, digest))
            return null;
        Note(body.Length, 1);
        return new HeldBody(this, file, body.Length, digest);
    }

    /// <summary>The stream that has the most gives up its oldest; false when no stream has anything to give.</summary>
    public bool MakeRoom() => spool.MakeRoom();

    public bool GiveUpOldest() => giveUpOldest();

    public void Release(HeldBody held)
    {
        Note(-held.Length, -1);
        spool.Release(held.Length, held.IsOnDisk);
    }

    public void Dispose() => spool.Close(this);

    private void Note(int bytes, int count)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _count, count);
    }
}
