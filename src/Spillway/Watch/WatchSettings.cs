namespace Spillway.Watch;

/// <summary>What <c>spillway watch</c> is asked for.</summary>
internal sealed record WatchSettings
{
    public required Uri Address { get; init; }

    /// <summary>Null: until the stream ends, or somebody does.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>A line of JSON each instead of words.</summary>
    public bool Json { get; init; }

    /// <summary>The page whose players must be allowed to read; null: CORS is not judged.</summary>
    public string? Origin { get; init; }

    /// <summary>A line of state now and then.</summary>
    public bool State { get; init; }
}
