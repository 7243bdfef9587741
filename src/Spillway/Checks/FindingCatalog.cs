namespace Spillway.Checks;

/// <summary>Everything that the check can say, in the order in which it is shown. The table in <c>docs/check.md</c> is held against it.</summary>
internal static class FindingCatalog
{
    public static IReadOnlyList<string> Groups { get; } = ["settings", "machine", "store", "edge", "source", "tracker"];

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        .. SettingsFindings.All,
        .. MachineFindings.All,
        .. StoreFindings.All,
        .. EdgeFindings.All,
        .. SourceFindings.All,
        .. TrackerFindings.All,
    ];
}
