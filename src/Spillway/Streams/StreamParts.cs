using Spillway.Reports;
using Spillway.Retention;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>What a live stream works with, from its first run to its last.</summary>
/// <param name="Name">The stream's name.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Store">Where it goes.</param>
/// <param name="Conditional">PUTs are conditional; not with <c>SingleWriter</c>.</param>
/// <param name="Player">What its players are told.</param>
/// <param name="Uploader">Stores its segments.</param>
/// <param name="Slates">Makes its slate; null: pauses are gaps.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Logger">Its log.</param>
/// <param name="Sweeps">Where its sweeper is found; null: nothing is ever deleted.</param>
/// <param name="Reports">What its reports are made of, and where they are found; null: none are made.</param>
internal sealed record StreamParts(
    string Name,
    StreamOptions Options,
    IObjectStore Store,
    bool Conditional,
    PlayerSettings Player,
    SegmentUploader Uploader,
    SlateMaker? Slates,
    TimeProvider Time,
    ILogger Logger,
    StreamSweeps? Sweeps = null,
    StreamReports? Reports = null
)
{
    /// <summary>The right to write the stream; each run has its own.</summary>
    public WriterPlace Place { get; init; } = new SoleWriter(0, Store.Reader(Time));

    /// <summary>How long its publications took.</summary>
    public PublishingFigures Publishing { get; } = new(Time);

    /// <summary>What became of its last segments.</summary>
    public SegmentNotes Notes { get; } = new(Time);

    /// <summary>What its source has brought.</summary>
    public SourceFigures Source { get; } = new(Time);
}
