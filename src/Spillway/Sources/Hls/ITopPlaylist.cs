namespace Spillway.Sources.Hls;

/// <summary>The playlist a source begins with: read where it is said to be, or chosen among what an encoder pushes.</summary>
internal interface ITopPlaylist
{
    /// <summary>For logs.</summary>
    string Shown { get; }

    /// <summary>Another playlist may take the place of the one that was found.</summary>
    bool MayMove { get; }

    /// <summary>Known to say something else than when it was read last.</summary>
    bool HasNews => false;

    Task<TopReading> ReadAsync(CancellationToken ct);
}

/// <summary>What is to be followed, or why nothing is.</summary>
internal sealed record TopReading(IReadOnlyList<SourceVariant> Variants, string? Problem = null, string Remedy = "")
{
    /// <summary>Nothing is wrong: there is nothing yet, and nobody needs to be warned.</summary>
    public bool IsExpected { get; init; }

    /// <summary>There is something, and it is only not yet clear what: what comes of it may be an old show.</summary>
    public bool IsThere { get; init; }
}
