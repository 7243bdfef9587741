using System.Globalization;

namespace Spillway.Storage;

/// <summary>
/// Files of this process in <c>{Data}/spool/{process}/</c>, made when the first is needed. A lock beside the folder, which the kernel
/// drops however the process ends, says that it lives: what dead ones have left is removed, and what living ones have is not.
/// </summary>
internal sealed partial class SpoolFolder(string data, ILogger logger) : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetFullPath(data), "spool");
    private readonly Lock _gate = new();
    private FileStream? _lock;
    private string? _folder;
    private long _files;

    public string Root => _root;

    /// <summary>What processes that have died left. Whatever cannot be removed stays, and is told.</summary>
    public void RemoveLeftOvers()
    {
        if (!Directory.Exists(_root))
            return;
        try
        {
            foreach (var folder in Directory.GetDirectories(_root))
                RemoveIfDead(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, _root, exception.Message);
        }
    }

    /// <summary>Writes a file of its own and returns its path. Nothing is left of one that failed.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public async Task<string> WriteAsync(ReadOnlyMemory<byte> body)
    {
        var path = Path.Combine(Open(), Interlocked.Increment(ref _files).ToString(CultureInfo.InvariantCulture));
        try
        {
            using var file = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                FileOptions.Asynchronous
            );
            await RandomAccess.WriteAsync(file, body, 0);
        }
        catch
        {
            Delete(path);
            throw;
        }
        return path;
    }

    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It goes with the folder, at the latest when the next process starts.
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_folder is not null)
                Remove(_folder);
            _lock?.Dispose();
        }
    }

    private string Open()
    {
        lock (_gate)
        {
            if (_folder is not null && Directory.Exists(_folder))
                return _folder;
            _lock?.Dispose();
            Directory.CreateDirectory(_root);
            var name = $"{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..8]}";
            // The lock comes first: a folder that is there without one is dead.
            _lock = new FileStream(
                Path.Combine(_root, $"{name}.lock"),
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            return _folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        }
    }

    private void RemoveIfDead(string folder)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): it fails while the process that made it lives.
            using var held = new FileStream(
                $"{folder}.lock",
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            Remove(folder);
        }
        catch (IOException)
        {
            // It lives.
        }
    }

    private void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, folder, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What an earlier Spillway left in {Folder} could not be removed: {Cause}")]
        public static partial void NotRemoved(ILogger logger, string folder, string cause);
    }
}
