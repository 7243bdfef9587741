namespace Spillway.Checks;

/// <summary>How much a finding matters. Only <see cref="Error"/> makes the command fail.</summary>
internal enum FindingLevel
{
    /// <summary>It was tried and is well.</summary>
    Ok,

    /// <summary>Nothing is wrong; it is good to know.</summary>
    Note,

    /// <summary>It works, but costs something: money, quality, safety.</summary>
    Warning,

    /// <summary>Viewers will see nothing, or Spillway does not start.</summary>
    Error,
}

/// <summary>Something that <c>spillway check</c> can find. All of them: <see cref="FindingCatalog"/>.</summary>
/// <param name="Id">Stable, for scripts: its group, a dot, and what it is.</param>
/// <param name="Means">What follows from it, in a sentence; of <see cref="FindingLevel.Ok"/>: what was tried.</param>
/// <param name="Remedy">What to do about it; empty where nothing is to be done.</param>
internal sealed record FindingKind(string Id, FindingLevel Level, string Means, string Remedy)
{
    public string Group => Id[..Id.IndexOf('.', StringComparison.Ordinal)];

    public static FindingKind Ok(string id, string tried) => new(id, FindingLevel.Ok, tried, "");

    public static FindingKind Note(string id, string means, string remedy = "") => new(id, FindingLevel.Note, means, remedy);

    public static FindingKind Warning(string id, string means, string remedy) => new(id, FindingLevel.Warning, means, remedy);

    public static FindingKind Error(string id, string means, string remedy) => new(id, FindingLevel.Error, means, remedy);
}

/// <summary>One finding of one run.</summary>
/// <param name="Subject">The stream, server or node that it is about; null where there is only one.</param>
/// <param name="Seen">What was seen, as a sentence, without secrets.</param>
/// <param name="Remedy">What to do about it here.</param>
internal sealed record CheckFinding(FindingKind Kind, string? Subject, string Seen, string Remedy);
