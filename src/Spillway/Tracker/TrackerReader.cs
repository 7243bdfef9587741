using System.Text.Json;
using System.Text.Unicode;

namespace Spillway.Tracker;

/// <summary>
/// Reads messages of the WebTorrent tracker protocol: JSON, members in any order, unknown ones passed over. Never throws, whatever
/// the bytes are.
/// </summary>
internal static class TrackerReader
{
    public const int MaxMessageBytes = 64 * 1024;
    public const int MaxDescriptionBytes = 8 * 1024;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 16 };

    public static TrackerMessage Read(ReadOnlySpan<byte> json)
    {
        var message = new TrackerMessage(json);
        // The JSON reader does not look into strings. Passed on in a text frame, one bad byte would cost the innocent receiver its
        // WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-8.1
        if (json.Length > MaxMessageBytes || !Utf8.IsValid(json))
            return message;
        try
        {
            var reader = new Utf8JsonReader(json, Strict);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return message;
            var members = new Members();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                ReadMember(json, ref reader, ref members, ref message);
            while (reader.Read()) { } // throws on anything after the object
            message.Kind = Classify(in members, ref message);
        }
        catch (JsonException)
        {
            message.Kind = TrackerMessageKind.Malformed;
        }
        return message;
    }

    private static void ReadMember(
        ReadOnlySpan<byte> json,
        ref Utf8JsonReader reader,
        ref Members members,
        ref TrackerMessage message
    )
    {
        // No client escapes letters in names; an escaped one is an unknown one.
        var name = reader.ValueIsEscaped ? default : reader.ValueSpan;
        reader.Read();
        if (name.SequenceEqual("action"u8))
        {
            members.Action = Text(ref reader);
            message.IsScrape = members.Action.SequenceEqual("scrape"u8);
        }
        else if (name.SequenceEqual("info_hash"u8))
            ReadHashes(ref reader, ref members, ref message);
        else if (name.SequenceEqual("peer_id"u8))
            message.PeerId = Id(ref reader);
        else if (name.SequenceEqual("to_peer_id"u8))
            message.ToPeerId = Id(ref reader);
        else if (name.SequenceEqual("offer_id"u8))
            message.OfferId = Id(ref reader);
        else if (name.SequenceEqual("event"u8))
            members.Event = Text(ref reader);
        else if (name.SequenceEqual("left"u8))
            message.IsSeeder = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var left) && left == 0;
        else if (name.SequenceEqual("numwant"u8))
            message.NumWant =
                reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var wanted) && wanted >= 0 ? wanted : null;
        else if (name.SequenceEqual("offers"u8))
            members.OffersProblem = ReadOffers(ref reader, ref message);
        else if (name.SequenceEqual("answer"u8) && reader.TokenType != JsonTokenType.Null)
        {
            members.HasAnswer = true;
            members.AnswerProblem = ReadDescription(ref reader, "answer"u8, out var start, out var length);
            message.Answer = json.Slice(start, length);
        }
        else
            reader.Skip();
    }

    private static TrackerMessageKind Classify(in Members members, ref TrackerMessage message)
    {
        if (message.IsScrape)
        {
            message.Problem = members.HashesProblem;
            // Who may ask for everything may also list everything: none of a stranger's business.
            if (message.HashCount == 0)
                message.Problem ??= "a scrape must name its info_hash";
            return message.Problem is null ? TrackerMessageKind.Scrape : TrackerMessageKind.Invalid;
        }
        // Without a hash there is no answer that helps: clients look up the swarm by it, and some throw if it is missing.
        if (message.InfoHash is null)
            return TrackerMessageKind.Malformed;
        var hasStopped = members.Event.SequenceEqual("stopped"u8);
        message.HasCompleted = members.Event.SequenceEqual("completed"u8);
        message.HasStarted = members.Event.SequenceEqual("started"u8);
        message.Problem =
            !members.Action.SequenceEqual("announce"u8) ? "action must be announce or scrape"
            : message.PeerId is null ? "peer_id must be a string of 20 characters up to U+00FF"
            : members.HasAnswer ? AnswerProblem(in members, in message)
            : hasStopped ? null
            : members.OffersProblem;
        return message.Problem is not null ? TrackerMessageKind.Invalid
            : members.HasAnswer ? TrackerMessageKind.Answer
            : hasStopped ? TrackerMessageKind.Stop
            : TrackerMessageKind.Announce;
    }

    private static string? AnswerProblem(in Members members, in TrackerMessage message) =>
        message.ToPeerId is null ? "to_peer_id must be a string of 20 characters up to U+00FF"
        : message.OfferId is null ? "offer_id must be a string of 20 characters up to U+00FF"
        : members.AnswerProblem;

    /// <summary>A string in announces, a string or a list of them in scrapes.</summary>
    private static void ReadHashes(ref Utf8JsonReader reader, ref Members members, ref TrackerMessage message)
    {
        message.InfoHash = null;
        message.ClearHashes();
        members.HashesProblem = null;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            message.InfoHash = Id(ref reader);
            if (message.InfoHash is { } only)
                message.TryAddHash(only);
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Id(ref reader) is not { } hash)
                members.HashesProblem ??= "each info_hash must be a string of 20 characters up to U+00FF";
            else if (!message.TryAddHash(hash))
                members.HashesProblem ??= $"a scrape may name {TrackerMessage.MaxHashes} info hashes";
        }
    }

    /// <returns>What is wrong with them, or null. The reader stands at the end of the value.</returns>
    private static string? ReadOffers(ref Utf8JsonReader reader, ref TrackerMessage message)
    {
        message.ClearOffers();
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return "offers must be a list";
        }
        string? problem = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            problem = ReadOffer(ref reader, ref message) ?? problem;
        return problem;
    }

    private static string? ReadOffer(ref Utf8JsonReader reader, ref TrackerMessage message)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return "each of the offers must be an object";
        }
        TrackerId? id = null;
        string? problem = "each of the offers must have an offer";
        var (start, length) = (0, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueIsEscaped ? default : reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("offer_id"u8))
                id = Id(ref reader);
            else if (name.SequenceEqual("offer"u8))
                problem = ReadDescription(ref reader, "offer"u8, out start, out length);
            else
                reader.Skip();
        }
        if (problem is not null)
            return problem;
        if (id is not { } offerId)
            return "offer_id must be a string of 20 characters up to U+00FF";
        return message.TryAddOffer(offerId, start, length) ? null : $"an announce may carry {TrackerMessage.MaxOffers} offers";
    }

    /// <summary>
    /// An RTCSessionDescription: <c>{"type":"offer","sdp":"…"}</c>. It is passed on as it came; what is checked is what would make
    /// the receiver's browser throw.
    /// </summary>
    private static string? ReadDescription(ref Utf8JsonReader reader, ReadOnlySpan<byte> type, out int start, out int length)
    {
        (start, length) = (0, 0);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return "an offer or answer must be an object with type and sdp";
        }
        var first = (int)reader.TokenStartIndex;
        var (hasType, hasSdp) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // An escaped name could be a second "type" to the receiver.
            if (reader.ValueIsEscaped)
                return SkipRest(ref reader, "the names in an offer or answer must not be escaped");
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("type"u8))
            {
                if (!Text(ref reader).SequenceEqual(type))
                    return SkipRest(ref reader, "an offer's type must be offer, an answer's answer");
                hasType = true;
            }
            else if (name.SequenceEqual("sdp"u8))
            {
                if (reader.TokenType != JsonTokenType.String)
                    return SkipRest(ref reader, "sdp must be a string");
                hasSdp = true;
            }
            else
                reader.Skip();
        }
        if (!hasType || !hasSdp)
            return "an offer or answer must be an object with type and sdp";
        (start, length) = (first, (int)reader.BytesConsumed - first);
        return length <= MaxDescriptionBytes ? null : $"an offer or answer may have {MaxDescriptionBytes} bytes";
    }

    /// <summary>Goes from any member's value in an object to the object's end.</summary>
    private static string SkipRest(ref Utf8JsonReader reader, string problem)
    {
        do
        {
            reader.Skip();
        } while (reader.Read() && reader.TokenType != JsonTokenType.EndObject);
        return problem;
    }

    /// <summary>The value if it is a string without escapes, else nothing; passes over an object or list.</summary>
    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.ValueIsEscaped ? default : reader.ValueSpan;
        reader.Skip();
        return default;
    }

    private static TrackerId? Id(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return TrackerId.TryParse(reader.ValueSpan, out var id) ? id : null;
        reader.Skip();
        return null;
    }

    /// <summary>What is known before all members are read.</summary>
    private ref struct Members
    {
        public ReadOnlySpan<byte> Action;
        public ReadOnlySpan<byte> Event;
        public string? HashesProblem;
        public string? OffersProblem;
        public string? AnswerProblem;
        public bool HasAnswer;
    }
}
