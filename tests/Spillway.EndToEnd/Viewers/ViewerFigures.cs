namespace Spillway.EndToEnd.Viewers;

/// <summary><c>window.spillway</c>: what the player says of itself.</summary>
internal sealed record ViewerFigures
{
    public required string State { get; init; }
    public required string Broadcast { get; init; }

    /// <summary>Name of the rendition on screen; empty while it is not known.</summary>
    public required string Rendition { get; init; }
    public required long BytesFromPeers { get; init; }
    public required long BytesFromEdge { get; init; }
    public required long BytesToPeers { get; init; }

    /// <summary>Taken from others or given to them.</summary>
    public long BytesShared => BytesFromPeers + BytesToPeers;
    public required int Peers { get; init; }
    public required int PeersBanned { get; init; }
    public required ViewerPeerFaults PeerFaults { get; init; }

    /// <summary>Seconds.</summary>
    public double? Latency { get; init; }
    public required int Stalls { get; init; }
    public required int P2pRejected { get; init; }
    public required int HttpRejected { get; init; }
    public required IReadOnlyList<ViewerError> Errors { get; init; }
    public required IReadOnlyList<ViewerSegment> Segments { get; init; }

    public override string ToString() =>
        $"{State} {Broadcast} {Rendition}, peers {Peers} ({PeersBanned} banned), bytes: {BytesFromPeers} from peers, {BytesFromEdge} from the edge, "
        + $"{BytesToPeers} to peers; {Stalls} stalls, rejected {P2pRejected} from peers and {HttpRejected} from the edge; latency {Latency}; "
        + string.Join(" | ", Errors.Select(error => $"{error.At} {error.Text}"));
}

/// <summary>What its peers did wrong, by kind.</summary>
internal sealed record ViewerPeerFaults(
    [property: System.Text.Json.Serialization.JsonPropertyName("wrong-bytes")] int WrongBytes,
    int Stalled,
    int Slow
);

internal sealed record ViewerError(string At, string Text);

/// <param name="From"><c>peer</c> or <c>edge</c>.</param>
internal sealed record ViewerSegment(long? Number, string Url, string From, long Bytes, bool? Sha256Ok);

/// <summary>The picture at one moment, taken five times a second by a script that is not the player's.</summary>
/// <param name="At">Milliseconds since the page was opened.</param>
/// <param name="Position">currentTime, seconds.</param>
/// <param name="Rate">playbackRate.</param>
/// <param name="Frames">Decoded since the page was opened.</param>
internal sealed record PlaybackSample(double At, double Position, double Rate, bool Paused, long Frames);

/// <summary>What the page was given to decode, as counted at <c>SourceBuffer.appendBuffer</c>.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Lies">How often the mark of a lying peer stood in it.</param>
internal sealed record AppendedMedia(long Bytes, int Lies);
