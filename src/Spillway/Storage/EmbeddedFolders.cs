namespace Spillway.Storage;

/// <summary>
/// The folders of the embedded store, held with an exclusive lock while this object lives. <c>objects/</c> has the bodies as
/// plain files under their keys, to be looked at, played or copied to a bucket; <c>headers/</c> has two lines for an object
/// whose headers are not those of its extension; <c>temp/</c> has what is being written, on the same file system so that a
/// rename makes it appear whole.
/// </summary>
internal sealed class EmbeddedFolders : IDisposable
{
    /// <summary>EWOULDBLOCK: what flock says when somebody else has the lock.</summary>
    private const int WouldBlock = 11;

    /// <summary>ERROR_SHARING_VIOLATION, as an HResult: the same on Windows.</summary>
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly Lock _tree = new();
    private long _temporaries;

    /// <param name="dataFolder">The <c>Data</c> setting; made when it is not there.</param>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public EmbeddedFolders(string dataFolder)
    {
        var data = Path.GetFullPath(dataFolder);
        var root = Path.Combine(data, "bucket");
        Objects = ObjectsOf(dataFolder);
        Headers = Path.Combine(root, "headers");
        Temp = Path.Combine(root, "temp");
        Directory.CreateDirectory(root);
        _lock = Acquire(Path.Combine(root, "lock"), data);
        try
        {
            Directory.CreateDirectory(Objects);
            Directory.CreateDirectory(Headers);
            // What a crash left half-written was never acknowledged.
            if (Directory.Exists(Temp))
                Directory.Delete(Temp, recursive: true);
            Directory.CreateDirectory(Temp);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Where the bodies are: whoever only reads them needs no lock.</summary>
    public static string ObjectsOf(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), "bucket", "objects");

    public string Objects { get; }
    public string Headers { get; }
    public string Temp { get; }

    public string NewTemporary() => Path.Combine(Temp, $"{Interlocked.Increment(ref _temporaries)}");

    /// <summary>The file or folder that keeps the key from being a file, since S3's names are no tree; null when there is none.</summary>
    public string? Blocks(string key)
    {
        if (Directory.Exists(Path.Combine(Objects, key)))
            return key + "/";
        for (var slash = key.IndexOf('/'); slash >= 0; slash = key.IndexOf('/', slash + 1))
        {
            if (File.Exists(Path.Combine(Objects, key[..slash])))
                return key[..slash];
        }
        return null;
    }

    /// <summary>Makes a finished temporary file appear at its place, whole and at once, over what was there.</summary>
    public void Publish(string temporary, string path)
    {
        lock (_tree)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
        }
    }

    /// <summary>Removes a file, and the folders above it that are empty then, up to <paramref name="top"/>.</summary>
    public void Remove(string path, string top)
    {
        // One lock for the tree: a folder must not go between another key's CreateDirectory and its rename.
        lock (_tree)
        {
            // File.Delete takes a missing file for done, but not a missing folder, nor a folder of that name.
            if (!File.Exists(path))
                return;
            File.Delete(path);
            for (
                var folder = Path.GetDirectoryName(path)!;
                folder.Length > top.Length && !Directory.EnumerateFileSystemEntries(folder).Any();
                folder = Path.GetDirectoryName(folder)!
            )
            {
                Directory.Delete(folder);
            }
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Acquire(string path, string data)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel drops it when the process ends, however it ends.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is WouldBlock or SharingViolation)
        {
            throw new DataFolderInUseException(data, exception);
        }
    }
}
