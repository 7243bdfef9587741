namespace Spillway.Watch.Checking;

internal enum Severity
{
    /// <summary>A breach that was excused beforehand.</summary>
    Excused,

    /// <summary>Advice (SHOULD) that was not followed, or a deviation too small to be seen.</summary>
    Warning,
    Error,
}

/// <param name="Rule">
/// The rule's id: A to G as in the table of HLS rules; X1 hash in the name, X2 unknown tag, X3 name of a GAP, X4 number in the
/// name, X5 attributes of a variant changed; W1 age in a cache, W2 drift against the wall clock. docs/hls-checks.md lists them.
/// </param>
internal sealed record Finding(string Rule, Severity Severity, string Url, string Message)
{
    public override string ToString() => $"{Rule} {Severity}: {Url}: {Message}";
}

/// <summary>One answer to a request for a playlist. Times count from any fixed moment, on a clock that never jumps.</summary>
internal sealed record Fetch
{
    public required string Url { get; init; }
    public required TimeSpan RequestedAt { get; init; }
    public required TimeSpan ReceivedAt { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Names in any case; null when the text did not come by HTTP: the rules of HTTP are not checked then.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Why there was no answer; null: there was one.</summary>
    public string? Problem { get; init; }

    /// <summary>With any content encoding taken off.</summary>
    public required byte[] Body { get; init; }

    /// <summary>The origin sent along, or null.</summary>
    public string? Origin { get; init; }
    public bool AcceptedGzip { get; init; }
    public bool Redirected { get; init; }
}

/// <summary>One answer to a request for a segment of a playlist.</summary>
internal sealed record SegmentFetch
{
    public required string PlaylistUrl { get; init; }
    public required long Number { get; init; }

    /// <summary>Resolved.</summary>
    public required string Url { get; init; }
    public required TimeSpan RequestedAt { get; init; }
    public required TimeSpan ReceivedAt { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public required int Status { get; init; }

    /// <inheritdoc cref="Fetch.Problem"/>
    public string? Problem { get; init; }
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whole, or null when only a byte of it was asked for.</summary>
    public byte[]? Body { get; init; }
    public string? Origin { get; init; }
    public bool Redirected { get; init; }
}
