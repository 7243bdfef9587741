using System.Diagnostics;

namespace Spillway.TestSupport.Benchmarks;

/// <summary>Which code a figure is of.</summary>
internal static class BenchCommit
{
    /// <summary>The short hash of the commit that is checked out; with a <c>+</c> if what goes into the binary is not as committed there.</summary>
    public static string Read()
    {
        var commit = Git("rev-parse", "--short=9", "HEAD").Trim();
        return commit.Length == 0 ? "unknown"
            : Git("status", "--porcelain", "--untracked-files=no", "--", "src", "web").Length > 0 ? commit + "+"
            : commit;
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", arguments)
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                    WorkingDirectory = RepositoryFolder.Path,
                }
            )!;
            var text = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git: the figures stand, they only do not say of what.
            return "";
        }
    }
}
