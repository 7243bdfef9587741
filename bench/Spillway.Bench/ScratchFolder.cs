namespace Spillway.Bench;

/// <summary>A folder of one run; gone with all that is in it when it is disposed.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } =
        Directory.CreateDirectory(System.IO.Path.Combine(Repository.Scratch, $"{Guid.NewGuid():n}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
