using Spillway.TestSupport;
using Folder = System.IO.Path;

namespace Spillway.EndToEnd.Servers;

/// <summary>The benchmarks' program, built beside these tests.</summary>
internal static class BenchProgram
{
    /// <exception cref="InvalidOperationException">It was not built.</exception>
    public static string Path
    {
        get
        {
            var own = Folder.Combine(RepositoryFolder.Path, "tests", "Spillway.EndToEnd");
            var built = Folder.GetRelativePath(own, AppContext.BaseDirectory);
            var path = Folder.Combine(RepositoryFolder.Path, "bench", "Spillway.Bench", built, "Spillway.Bench");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"There is no {path}: run 'make build' before these tests.");
        }
    }
}
