using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>
/// A browser as the tracker meets it (facts about bittorrent-tracker's client): five offers of 1.8 KB of SDP in every announce, an
/// answer to every offer, the next announce after the interval of any message, never a <c>stopped</c>.
/// </summary>
internal sealed class SimulatedViewer : TrackerConnection
{
    private const int Offers = 5;

    // Chrome's: about 60 lines. The escapes of their ends make it longer on the wire.
    private static readonly string s_description = string.Concat(Enumerable.Repeat("a=candidate:1 1 udp 21139\r\n", 68))[..1_800];
    private static readonly JavaScriptEncoder s_encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly SimulatedEvent _event;
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private readonly string _peerId;
    private int _offers;

    public SimulatedViewer(SimulatedEvent owner, int number, string address)
        : base(NetworkPlace.Of(IPAddress.Parse(address), ListedNetworks.None))
    {
        (_event, Number) = (owner, number);
        _peerId = string.Create(CultureInfo.InvariantCulture, $"-PM0203-{number:D12}");
    }

    public int Number { get; }
    public bool IsHere { get; set; } = true;
    public override bool IsOpen => IsHere;

    /// <summary>Raised by each new timer: the last one counts.</summary>
    public int Timer { get; private set; }

    /// <summary>Connections to others: offers answered, either way. They last until one of the two leaves.</summary>
    public HashSet<SimulatedViewer> Peers { get; } = [];

    public override bool TrySend(in TrackerReply reply)
    {
        _event.CountOut(in reply);
        if (reply.Interval > 0)
            _event.At(reply.Interval, this, ++Timer);
        if (reply.Kind is TrackerReplyKind.Offer)
            _event.Pass(this, _event.ByPeerId[reply.PeerId], reply.OfferId);
        return true;
    }

    public void Announce()
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = s_encoder }))
        {
            json.WriteStartObject();
            json.WriteNumber("numwant", Offers);
            json.WriteNumber("uploaded", 0);
            json.WriteNumber("downloaded", 0);
            Begin(json);
            json.WriteStartArray("offers");
            for (var i = 0; i < Offers; i++)
            {
                json.WriteStartObject();
                WriteDescription(json, "offer");
                json.WriteString("offer_id", string.Create(CultureInfo.InvariantCulture, $"{Number:D8}{_offers++:D12}"));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        _event.Receive(this, _buffer.WrittenSpan);
    }

    public void Answer(SimulatedViewer asker, TrackerId offerId)
    {
        Span<char> id = stackalloc char[TrackerId.Size];
        offerId.CopyTo(id);
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = s_encoder }))
        {
            json.WriteStartObject();
            Begin(json);
            json.WriteString("to_peer_id", asker._peerId);
            WriteDescription(json, "answer");
            json.WriteString("offer_id", id);
            json.WriteEndObject();
        }
        _event.Receive(this, _buffer.WrittenSpan);
        if (!asker.IsHere)
            return;
        Peers.Add(asker);
        asker.Peers.Add(this);
    }

    public TrackerId Id => new(Encoding.ASCII.GetBytes(_peerId));

    private void Begin(Utf8JsonWriter json)
    {
        json.WriteString("action", "announce");
        json.WriteString("info_hash", "u1V+kf8d/hGqPz0aB3cD");
        json.WriteString("peer_id", _peerId);
    }

    private static void WriteDescription(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject(type);
        json.WriteString("type", type);
        json.WriteString("sdp", s_description);
        json.WriteEndObject();
    }
}
