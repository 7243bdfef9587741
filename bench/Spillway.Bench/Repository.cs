using Spillway.TestSupport;

namespace Spillway.Bench;

/// <summary>Where things are: the benchmarks run the published binary.</summary>
internal static class Repository
{
    public static string Root => RepositoryFolder.Path;

    /// <summary>For files of a run. Not the system's temporary folder: that may be in memory, where an fsync costs nothing.</summary>
    public static string Scratch { get; } = Path.Combine(Root, "artifacts", "bench");

    /// <exception cref="InvalidOperationException">There is no published binary.</exception>
    public static string Binary
    {
        get
        {
            var path = Path.Combine(Root, "artifacts", "publish", "spillway");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"There is no {path}: run 'make publish' first, or 'make bench'.");
        }
    }
}
