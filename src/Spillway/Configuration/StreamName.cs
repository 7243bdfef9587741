using System.Text.RegularExpressions;

namespace Spillway.Configuration;

/// <summary>Names of streams and renditions: they are parts of addresses and keys.</summary>
internal static partial class StreamName
{
    /// <summary>What follows "it must be".</summary>
    public const string Expected = "1 to 32 small letters, digits or hyphens, not a hyphen first";

    /// <summary>First parts of addresses and keys that mean something else.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    ["watch", "trackers", "hls", "api", "health", "metrics", "ingest", "tracker", "reports", "dashboard", "slate"];

    public static bool IsWellFormed(string name) => Pattern().IsMatch(name);

    public static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.Ordinal);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,31}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
