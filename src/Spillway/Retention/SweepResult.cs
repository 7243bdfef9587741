using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>What one sweep of a stream has deleted, or would have.</summary>
internal sealed record SweepResult
{
    public required string Stream { get; init; }

    /// <summary>Nothing was deleted: what is said is what would have been.</summary>
    public required bool DryRun { get; init; }

    /// <summary>By the store's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>By reason.</summary>
    public IReadOnlyList<SweptGroup> Deleted { get; init; } = [];

    /// <summary>Keys under the stream when it began, and their bytes.</summary>
    public int Keys { get; init; }
    public long Bytes { get; init; }

    /// <summary>Keys that are none of Spillway's: left alone.</summary>
    public int Unknown { get; init; }
    public IReadOnlyList<string> UnknownExamples { get; init; } = [];

    /// <summary>Why less was deleted than might have been; empty when all is well.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>It ended before its end: another writer, or the store.</summary>
    public bool Stopped { get; init; }

    /// <summary>When more can be deleted than now; null: nothing is waiting.</summary>
    public DateTimeOffset? More { get; init; }

    /// <summary>What it cost.</summary>
    public OperationCount Operations { get; init; } = OperationCount.None;

    public int DeletedKeys => Deleted.Sum(static group => group.Keys);
    public long DeletedBytes => Deleted.Sum(static group => group.Bytes);
}

/// <param name="Reason">Why, in words.</param>
/// <param name="Keys">How many.</param>
/// <param name="Bytes">Theirs.</param>
internal sealed record SweptGroup(string Reason, int Keys, long Bytes);
