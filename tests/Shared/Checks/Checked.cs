using Spillway.Checks;
using Spillway.Configuration;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.TestSupport;

/// <summary>What a run of <c>spillway check</c> has found, in this process.</summary>
internal sealed record Checked(IReadOnlyList<CheckFinding> Findings, IReadOnlyList<string> Said)
{
    /// <summary>Ceph takes two PUTs of one key at once, and the tests' playlists are there.</summary>
    public static CheckLimits Quick { get; } =
        new() { BetweenWrites = TimeSpan.Zero, SourcePlaylist = TimeSpan.FromSeconds(0.5) };

    /// <summary>A machine that has all it needs and nobody who follows: for tests of the store and its edge.</summary>
    public static SpillwayOptions Options(StorageOptions? storage = null) =>
        new()
        {
            Data = Path.Combine(Path.GetTempPath(), $"spillway-never-{Guid.NewGuid():n}"),
            Server = new ServerOptions { Port = 0, EdgePort = 0 },
            Storage = storage ?? new StorageOptions(),
            Streams =
            {
                ["live"] = new StreamOptions
                {
                    Source = StreamOptions.Push,
                    Key = "a-key-for-tests",
                    Slate = StreamOptions.NoSlate,
                    P2P = false,
                },
            },
        };

    public static async Task<Checked> RunAsync(
        SpillwayOptions options,
        bool fix = false,
        CheckLimits? limits = null,
        TimeProvider? time = null
    )
    {
        var said = new List<string>();
        var settings = new ConfigurationResult
        {
            Options = options,
            Errors = [],
            Warnings = [],
        };
        var findings = await CheckRun.RunAsync(
            settings,
            options,
            limits ?? Quick,
            time ?? TimeProvider.System,
            fix,
            said.Add,
            TestContext.Current.CancellationToken
        );
        return new Checked(findings, said);
    }

    /// <summary>Ids of what is wrong, in order; of a group, or of all.</summary>
    public IReadOnlyList<string> Trouble(string? group = null) =>
        [
            .. Findings
                .Where(finding => finding.Kind.Level >= FindingLevel.Warning && (group is null || finding.Kind.Group == group))
                .Select(static finding => finding.Kind.Id)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What is wrong is this and nothing else, and is said so.</summary>
    /// <param name="group">Of which group; null: of all.</param>
    /// <param name="seen">What must be in what was seen.</param>
    /// <param name="remedy">What must be in the remedy.</param>
    public CheckFinding AssertOnly(FindingKind kind, string? group, string seen, string remedy)
    {
        Assert.Equal([kind.Id], Trouble(group));
        return AssertSaid(kind, seen, remedy);
    }

    public CheckFinding AssertSaid(FindingKind kind, string seen, string remedy = "")
    {
        var finding = Findings.FirstOrDefault(one => one.Kind == kind);
        Assert.True(finding is not null, $"{kind.Id} was not found, but:\n{this}");
        Assert.Contains(seen, finding.Seen, StringComparison.Ordinal);
        Assert.Contains(remedy, finding.Remedy, StringComparison.Ordinal);
        return finding;
    }

    public bool Has(FindingKind kind) => Findings.Any(finding => finding.Kind == kind);

    public override string ToString() => CheckText.Of(Findings);
}
