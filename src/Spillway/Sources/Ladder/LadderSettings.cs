namespace Spillway.Sources.Ladder;

/// <summary>How one stream's ladder is made.</summary>
internal sealed record LadderSettings
{
    public required IReadOnlyList<LadderStep> Steps { get; init; }

    /// <summary>Seconds.</summary>
    public required int SegmentSeconds { get; init; }

    /// <summary>For what ffmpeg writes; emptied at the start.</summary>
    public required string Folder { get; init; }

    /// <summary>Of ffmpeg.</summary>
    public string Program { get; init; } = "ffmpeg";

    /// <summary>x264's: what a small server can do live.</summary>
    public string Preset { get; init; } = "veryfast";
}
