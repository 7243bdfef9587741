namespace Spillway.Media;

/// <summary>What is wrong with a segment, gathered while it is read: the first finding of each weight is the one that is told.</summary>
internal record struct Findings
{
    private string? _fault;
    private string? _note;

    public readonly bool IsWhole => _fault is null;

    /// <summary>As a sentence; what makes the segment unusable comes before what is merely odd.</summary>
    public readonly string? Problem => (_fault ?? _note) is { } text ? $"{char.ToUpperInvariant(text[0])}{text[1..]}." : null;

    /// <summary>Samples that may still be claimed: each takes at least a byte, which bounds time and memory.</summary>
    public long SampleBudget { get; set; }

    /// <summary>The segment is not whole, or not media.</summary>
    public void Damage(string what) => _fault ??= what;

    /// <summary>Worth telling, but the segment can be played.</summary>
    public void Note(string? what) => _note ??= what;
}
