namespace Spillway.Sources.Hls;

internal enum FetchOutcome
{
    Whole,
    NotFound,
    TooLarge,
    Failed,
}

/// <summary>What came of reading a playlist or a segment: the bytes, or why there are none.</summary>
/// <param name="Outcome">Only <see cref="FetchOutcome.Whole"/> has bytes.</param>
/// <param name="Bytes">All that was asked for; whether the writer had finished is for the reader to judge.</param>
/// <param name="Location">Where it was found after redirects: the base of the URIs in it.</param>
/// <param name="Reason">For the operator, without query strings; null when whole.</param>
internal readonly record struct Fetched(FetchOutcome Outcome, ReadOnlyMemory<byte> Bytes, Uri? Location, string? Reason)
{
    public bool IsWhole => Outcome == FetchOutcome.Whole;

    public static Fetched Whole(ReadOnlyMemory<byte> bytes, Uri location) => new(FetchOutcome.Whole, bytes, location, null);

    public static Fetched NotFound(string reason) => new(FetchOutcome.NotFound, default, null, reason);

    public static Fetched TooLarge(long limit) =>
        new(
            FetchOutcome.TooLarge,
            default,
            null,
            limit >= 1L << 20 ? $"it is larger than {limit >> 20} MiB" : $"it is larger than {limit >> 10} KiB"
        );

    public static Fetched Failed(string reason) => new(FetchOutcome.Failed, default, null, reason);
}
