namespace Spillway.Sources.Rtmp;

/// <summary>What a client's bytes came to, for the server.</summary>
internal abstract record RtmpEvent;

/// <summary>A publisher with the right key sends media; the first of them follows.</summary>
/// <param name="Encoder">As <see cref="RtmpPublication.Encoder"/>.</param>
internal sealed record RtmpPublishBegan(string Stream, string Encoder) : RtmpEvent;

internal sealed record RtmpMediaArrived(RtmpMedia Media) : RtmpEvent;

/// <summary>The publisher has said that it ends. It may publish again on the same connection.</summary>
internal sealed record RtmpPublishEnded : RtmpEvent;

/// <summary>Why a connection is to be closed, when the session's last words are sent.</summary>
/// <param name="Reason">For the log, without anything that the client said in secret.</param>
/// <param name="IsTold">The client was told: it gets the time to read it.</param>
internal sealed record RtmpEnd(string Reason, bool IsTold);
