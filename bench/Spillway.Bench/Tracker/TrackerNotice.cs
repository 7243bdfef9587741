using System.Text.Json;

namespace Spillway.Bench.Tracker;

/// <summary>What a tracker's message says, as far as a client acts on it.</summary>
internal readonly ref struct TrackerNotice
{
    public ReadOnlySpan<byte> InfoHash { get; private init; }
    public ReadOnlySpan<byte> PeerId { get; private init; }
    public ReadOnlySpan<byte> OfferId { get; private init; }
    public bool IsOffer { get; private init; }
    public bool IsAnswer { get; private init; }

    /// <summary>Seconds until the next announce; 0: it does not say.</summary>
    public int Interval { get; private init; }

    /// <summary>Of a refusal; else empty.</summary>
    public ReadOnlySpan<byte> Failure { get; private init; }

    public static TrackerNotice Read(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> infoHash = default;
        ReadOnlySpan<byte> peerId = default;
        ReadOnlySpan<byte> offerId = default;
        ReadOnlySpan<byte> failure = default;
        var (isOffer, isAnswer, interval) = (false, false, 0);
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("info_hash"u8))
                infoHash = reader.ValueSpan;
            else if (name.SequenceEqual("peer_id"u8))
                peerId = reader.ValueSpan;
            else if (name.SequenceEqual("offer_id"u8))
                offerId = reader.ValueSpan;
            else if (name.SequenceEqual("offer"u8))
                isOffer = true;
            else if (name.SequenceEqual("answer"u8))
                isAnswer = true;
            else if (name.SequenceEqual("interval"u8))
                interval = reader.GetInt32();
            else if (name.SequenceEqual("failure reason"u8))
                failure = reader.ValueSpan;
            reader.Skip();
        }
        return new TrackerNotice
        {
            InfoHash = infoHash,
            PeerId = peerId,
            OfferId = offerId,
            IsOffer = isOffer,
            IsAnswer = isAnswer,
            Interval = interval,
            Failure = failure,
        };
    }
}
