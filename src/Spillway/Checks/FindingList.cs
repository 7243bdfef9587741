namespace Spillway.Checks;

/// <summary>What one part of the check has found so far. Any thread may add: what was found before a time-out counts.</summary>
/// <param name="subject">See <see cref="CheckFinding.Subject"/>.</param>
internal sealed class FindingList(string? subject = null)
{
    private readonly Lock _gate = new();
    private readonly List<CheckFinding> _findings = [];

    public IReadOnlyList<CheckFinding> All
    {
        get
        {
            lock (_gate)
                return [.. _findings];
        }
    }

    /// <param name="seen">A sentence.</param>
    /// <param name="remedy">In place of the kind's own, where more is known.</param>
    public void Add(FindingKind kind, string seen, string? remedy = null)
    {
        lock (_gate)
            _findings.Add(new CheckFinding(kind, subject, seen, remedy ?? kind.Remedy));
    }

    public bool Has(FindingKind kind)
    {
        lock (_gate)
            return _findings.Exists(finding => finding.Kind == kind);
    }

    /// <summary>It was so, and is so no longer.</summary>
    public void Remove(FindingKind kind)
    {
        lock (_gate)
            _findings.RemoveAll(finding => finding.Kind == kind);
    }
}
