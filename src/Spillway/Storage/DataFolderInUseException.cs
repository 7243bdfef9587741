namespace Spillway.Storage;

/// <summary>Another process holds the data folder. The lock goes with its process, so there is nothing to clean up by hand.</summary>
internal sealed class DataFolderInUseException(string folder, Exception inner)
    : Exception(
        $"The data folder '{folder}' is in use by another Spillway. Stop that one, or give this one a folder of its own "
            + "with --data FOLDER (in the file: Data). To run two on one stream, use an S3 bucket (Storage:Bucket).",
        inner
    )
{
    /// <summary>The absolute path of the folder.</summary>
    public string Folder { get; } = folder;
}
