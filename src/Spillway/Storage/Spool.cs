using System.Security.Cryptography;
using Spillway.Configuration;

namespace Spillway.Storage;

/// <summary>
/// Where segments wait while the store is away or slow: in memory up to a budget, beyond it on disk up to a limit; both for all
/// streams of the process. A disk that is full or cannot be written counts as used up, until it takes something again.
/// </summary>
internal sealed partial class Spool : IDisposable
{
    /// <summary>Bytes on their way to disk at one time: a disk that hangs must not fill the memory instead.</summary>
    private const long MostOnTheirWay = 32_000_000;

    /// <summary>How long a disk that failed is left alone.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly long _memoryLimit;
    private readonly long _diskLimit;
    private readonly SpoolFolder? _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private readonly List<SpoolShare> _shares = [];
    private long _memory;
    private long _disk;
    private long _onTheirWay;
    private long _failedAt;
    private StoreFault? _fault;

    /// <param name="memory">Bytes that may wait in memory.</param>
    /// <param name="disk">Bytes that may wait on disk.</param>
    /// <param name="data">The <c>Data</c> folder; null: nothing waits on disk. What dead processes left there is removed.</param>
    public Spool(ByteSize memory, ByteSize disk, string? data, TimeProvider time, ILogger logger)
    {
        (_memoryLimit, _diskLimit, _time, _logger) = (memory.Bytes, disk.Bytes, time, logger);
        if (data is null)
            return;
        _folder = new SpoolFolder(data, logger);
        _folder.RemoveLeftOvers();
    }

    /// <summary>Bytes that wait in memory now, over all streams.</summary>
    public long InMemory => Interlocked.Read(ref _memory);

    /// <summary>Bytes that wait on disk now, over all streams.</summary>
    public long OnDisk => Interlocked.Read(ref _disk);

    /// <summary>Bytes that may wait in memory.</summary>
    public long MemoryLimit => _memoryLimit;

    /// <summary>Bytes that may wait on disk.</summary>
    public long DiskLimit => _folder is null ? 0 : _diskLimit;

    /// <summary>Cause and remedy while the disk takes nothing.</summary>
    public StoreFault? Fault => Volatile.Read(ref _fault);

    /// <summary>A stream's part.</summary>
    /// <param name="giveUpOldest">See <see cref="SpoolShare"/>.</param>
    public SpoolShare Open(Func<bool> giveUpOldest)
    {
        var share = new SpoolShare(this, giveUpOldest);
        lock (_gate)
            _shares.Add(share);
        return share;
    }

    public void Close(SpoolShare share)
    {
        lock (_gate)
            _shares.Remove(share);
    }

    public bool TryTakeMemory(int bytes, bool always)
    {
        lock (_gate)
        {
            if (!always && _memory + bytes > _memoryLimit)
                return false;
            _memory += bytes;
            return true;
        }
    }

    /// <returns>The file, and the SHA-256 of what is in it; null when the disk has no room for it.</returns>
    public async Task<(string File, byte[] Digest)?> TryWriteAsync(ReadOnlyMemory<byte> body)
    {
        if (_folder is null || !TryTakeDisk(body.Length))
            return null;
        var isWritten = false;
        await _writing.WaitAsync();
        try
        {
            var file = await _folder.WriteAsync(body);
            isWritten = true;
            if (Interlocked.Exchange(ref _fault, null) is not null)
                Log.TakesAgain(_logger, _folder.Root);
            return (file, SHA256.HashData(body.Span));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            NoteFault(exception);
            return null;
        }
        finally
        {
            _writing.Release();
            lock (_gate)
            {
                _onTheirWay -= body.Length;
                if (!isWritten)
                    _disk -= body.Length;
            }
        }
    }

    public bool MakeRoom()
    {
        SpoolShare[] shares;
        lock (_gate)
            shares = [.. _shares.OrderByDescending(static share => share.Bytes)];
        return Array.Exists(shares, static share => share.GiveUpOldest());
    }

    public void Release(int bytes, bool isOnDisk)
    {
        lock (_gate)
        {
            if (isOnDisk)
                _disk -= bytes;
            else
                _memory -= bytes;
        }
    }

    public void Dispose()
    {
        _folder?.Dispose();
        _writing.Dispose();
    }

    private bool TryTakeDisk(int bytes)
    {
        lock (_gate)
        {
            var isResting = _fault is not null && _time.GetElapsedTime(_failedAt) < Rest;
            if (isResting || _disk + bytes > _diskLimit || _onTheirWay + bytes > MostOnTheirWay)
                return false;
            _disk += bytes;
            _onTheirWay += bytes;
            return true;
        }
    }

    private void NoteFault(Exception exception)
    {
        var fault = EmbeddedFault.Of(exception, _folder!.Root);
        fault = fault with { Message = $"Segments cannot wait on disk: {fault.Message}" };
        lock (_gate)
            _failedAt = _time.GetTimestamp();
        if (Interlocked.Exchange(ref _fault, fault) is null)
            Log.TakesNothing(_logger, fault.Message, fault.Remedy);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Cause} {Remedy}")]
        public static partial void TakesNothing(ILogger logger, string cause, string remedy);

        [LoggerMessage(2, LogLevel.Information, "Segments can wait on disk again, in {Folder}")]
        public static partial void TakesAgain(ILogger logger, string folder);
    }
}
