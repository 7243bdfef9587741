using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spillway.Tracker;

/// <summary>Writes messages to clients, one at a time into a buffer that is used again: not for two threads at once.</summary>
internal sealed class TrackerWriter : IDisposable
{
    // Nothing here is ever put into HTML; the default would write six bytes for each plus sign of a base64 info hash.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(TrackerReader.MaxDescriptionBytes + 1024);
    private readonly Utf8JsonWriter _json;

    public TrackerWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <returns>The message in UTF-8, until the next call.</returns>
    public ReadOnlySpan<byte> Write(in TrackerReply reply)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("action"u8, reply.IsScrape ? "scrape"u8 : "announce"u8);
        if (reply.InfoHash is { } hash)
            WriteId("info_hash"u8, hash);
        switch (reply.Kind)
        {
            case TrackerReplyKind.Announced:
                _json.WriteNumber("interval"u8, reply.Interval);
                _json.WriteNumber("complete"u8, reply.Count.Complete);
                _json.WriteNumber("incomplete"u8, reply.Count.Incomplete);
                break;
            case TrackerReplyKind.Offer:
                WriteRelay("offer"u8, in reply);
                break;
            case TrackerReplyKind.Answer:
                WriteRelay("answer"u8, in reply);
                break;
            case TrackerReplyKind.Scraped:
                WriteSwarms(reply.Swarms);
                break;
            default:
                _json.WriteString("failure reason"u8, reply.Problem);
                break;
        }
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();

    private void WriteRelay(ReadOnlySpan<byte> name, in TrackerReply reply)
    {
        WriteId("peer_id"u8, reply.PeerId);
        WriteId("offer_id"u8, reply.OfferId);
        _json.WritePropertyName(name);
        _json.WriteRawValue(reply.Description, skipInputValidation: true);
    }

    private void WriteSwarms(ReadOnlySpan<ScrapedSwarm> swarms)
    {
        Span<char> hash = stackalloc char[TrackerId.Size];
        _json.WriteStartObject("files"u8);
        foreach (var swarm in swarms)
        {
            swarm.InfoHash.CopyTo(hash);
            _json.WriteStartObject(hash);
            _json.WriteNumber("complete"u8, swarm.Count.Complete);
            _json.WriteNumber("incomplete"u8, swarm.Count.Incomplete);
            _json.WriteNumber("downloaded"u8, swarm.Count.Downloaded);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private void WriteId(ReadOnlySpan<byte> name, TrackerId id)
    {
        Span<char> chars = stackalloc char[TrackerId.Size];
        id.CopyTo(chars);
        _json.WriteString(name, chars);
    }
}
