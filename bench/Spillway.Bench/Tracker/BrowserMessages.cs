using System.Globalization;
using System.Text;

namespace Spillway.Bench.Tracker;

/// <summary>
/// What bittorrent-tracker's client in a browser sends: an announce with five offers of 1.8 KB of SDP, an answer of 1.4 KB to each offer
/// (<c>lib/client/websocket-tracker.js</c>). Made once; only the ids are filled in.
/// </summary>
internal sealed class BrowserMessages
{
    public const int Offers = 5;
    public const int IdLength = 20;
    private const int OfferBytes = 1_800;
    private const int AnswerBytes = 1_400;
    private const char Hole = '~';

    private static readonly byte[] s_hole = Encoding.ASCII.GetBytes(new string(Hole, IdLength));

    private readonly byte[] _infoHash;
    private readonly byte[] _announce;
    private readonly int[] _announceHoles;
    private readonly byte[] _answer;
    private readonly int[] _answerHoles;

    /// <param name="infoHash">20 characters of ASCII.</param>
    public BrowserMessages(string infoHash)
    {
        _infoHash = Encoding.ASCII.GetBytes(infoHash);
        var id = new string(Hole, IdLength);
        var offer = $$"""{"offer":{"type":"offer","sdp":"{{Sdp(OfferBytes)}}"},"offer_id":"{{id}}"}""";
        _announce = Encoding.ASCII.GetBytes(
            $$"""{"numwant":{{Offers}},"uploaded":0,"downloaded":0,"action":"announce","info_hash":"{{infoHash}}","peer_id":"{{id}}","offers":["""
                + string.Join(',', Enumerable.Repeat(offer, Offers))
                + "]}"
        );
        _answer = Encoding.ASCII.GetBytes(
            $$"""{"action":"announce","info_hash":"{{infoHash}}","peer_id":"{{id}}","to_peer_id":"{{id}}","answer":{"type":"answer","sdp":"{{Sdp(AnswerBytes)}}"},"offer_id":"{{id}}"}"""
        );
        (_announceHoles, _answerHoles) = (Holes(_announce), Holes(_answer));
    }

    /// <summary>Whether a message is of this swarm.</summary>
    /// <param name="hash">As it stands in the message; base64 has nothing to escape but, for some writers, a plus and a slash.</param>
    public bool IsOf(ReadOnlySpan<byte> hash) => hash.SequenceEqual(_infoHash);

    /// <summary>Bytes.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>An offer's id tells when it was sent, so that its receiver knows how long it took.</summary>
    /// <returns>Length.</returns>
    public int WriteAnnounce(ReadOnlySpan<byte> peerId, long timestamp, Span<byte> message)
    {
        _announce.CopyTo(message);
        peerId.CopyTo(message[_announceHoles[0]..]);
        for (var i = 0; i < Offers; i++)
        {
            var id = message.Slice(_announceHoles[1 + i], IdLength);
            timestamp.TryFormat(id, out _, "x16", CultureInfo.InvariantCulture);
            id[16..].Fill((byte)('a' + i));
        }
        return _announce.Length;
    }

    /// <returns>Length.</returns>
    public int WriteAnswer(ReadOnlySpan<byte> peerId, ReadOnlySpan<byte> toPeer, ReadOnlySpan<byte> offerId, Span<byte> message)
    {
        _answer.CopyTo(message);
        peerId.CopyTo(message[_answerHoles[0]..]);
        toPeer.CopyTo(message[_answerHoles[1]..]);
        offerId.CopyTo(message[_answerHoles[2]..]);
        return _answer.Length;
    }

    /// <summary>Of an offer.</summary>
    public static long TimestampOf(ReadOnlySpan<byte> offerId) =>
        long.Parse(offerId[..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>As JSON text: each end of a line is four characters of it.</summary>
    private static string Sdp(int length)
    {
        var text = new StringBuilder();
        string[] head =
        [
            "v=0",
            "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0",
            "a=extmap-allow-mixed",
            "a=msid-semantic: WMS",
            "m=application 54321 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 203.0.113.77",
            "a=ice-ufrag:4ZcD",
            "a=ice-pwd:2/1muCWoOi3uLifh0NuRHlgh",
            "a=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24",
            "a=setup:actpass",
            "a=mid:0",
            "a=sctp-port:5000",
            "a=max-message-size:262144",
        ];
        foreach (var line in head)
            text.Append(line).Append("\\r\\n");
        for (var i = 0; text.Length < length; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"a=candidate:{1234567 + 977 * i} 1 udp 2113937151 192.0.2.{i} {50_000 + i} typ host generation 0 network-cost 999\\r\\n"
            );
        // Not in the middle of an escape.
        return text.ToString(0, length).TrimEnd('\\');
    }

    private static int[] Holes(byte[] message)
    {
        var holes = new List<int>();
        for (var at = message.AsSpan().IndexOf(s_hole); at >= 0; )
        {
            holes.Add(at);
            var next = message.AsSpan(at + IdLength).IndexOf(s_hole);
            at = next < 0 ? -1 : at + IdLength + next;
        }
        return [.. holes];
    }
}
