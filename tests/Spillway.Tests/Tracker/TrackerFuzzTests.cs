using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>FUZZ_ROUNDS in the environment sets another number: <c>make fuzz</c> takes a million.</summary>
public sealed class TrackerFuzzTests
{
    internal static readonly int Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("FUZZ_ROUNDS"),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var rounds
    )
        ? rounds
        : 100_000;

    /// <summary>A data channel's description as Chromium makes it, with an address made up.</summary>
    private const string Description =
        "v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0\\r\\na=extmap-allow-mixed\\r\\n"
        + "a=msid-semantic: WMS\\r\\nm=application 50641 UDP/DTLS/SCTP webrtc-datachannel\\r\\nc=IN IP4 192.0.2.7\\r\\n"
        + "a=candidate:1510613869 1 udp 2122129151 4f7e3b2a-0c4e-4d6b-9d1f-2f1b7a3c5e6d.local 50641 typ host generation 0\\r\\n"
        + "a=candidate:842163049 1 udp 1677729535 192.0.2.7 50641 typ srflx raddr 0.0.0.0 rport 0 generation 0\\r\\n"
        + "a=ice-ufrag:7sFv\\r\\na=ice-pwd:dOTZKZNVlO9RSGsEGM63JXT2\\r\\na=ice-options:trickle\\r\\na=fingerprint:sha-256 "
        + "6B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\\r\\n"
        + "a=setup:actpass\\r\\na=mid:0\\r\\na=sctp-port:5000\\r\\na=max-message-size:262144\\r\\n";

    /// <summary>As bittorrent-tracker's client writes them, in its order, with ids of bytes outside ASCII.</summary>
    private static readonly string[] s_real =
    [
        """
            {"numwant":5,"uploaded":0,"downloaded":0,"event":"started","action":"announce","info_hash":"u1V+kf8d/hGqPz0aB3cD","peer_id":"-PM0203-aaaaaaaaaaaa","offers":[{"offer":{"type":"offer","sdp":"SDP"},"offer_id":"\u0000\u0001Ã¿é\"\\0123456789abc"},{"offer":{"type":"offer","sdp":"SDP"},"offer_id":"01234567890123456789"}]}
            """.Replace("SDP", Description, StringComparison.Ordinal),
        """
            {"numwant":5,"uploaded":0,"downloaded":0,"left":null,"action":"announce","info_hash":"u1V+kf8d/hGqPz0aB3cD","peer_id":"-PM0203-bbbbbbbbbbbb","offers":[{"offer":{"type":"offer","sdp":"SDP"},"offer_id":"11234567890123456789"}]}
            """.Replace("SDP", Description, StringComparison.Ordinal),
        """
            {"action":"announce","info_hash":"u1V+kf8d/hGqPz0aB3cD","peer_id":"-PM0203-bbbbbbbbbbbb","to_peer_id":"-PM0203-aaaaaaaaaaaa","answer":{"type":"answer","sdp":"SDP"},"offer_id":"01234567890123456789"}
            """.Replace("SDP", Description, StringComparison.Ordinal),
    ];

    private static readonly string[] Pieces =
    [
        "null",
        "[]",
        "{}",
        "[null]",
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        "{\"offers\":",
        ",",
        ":",
        "[[[[[[[[[[[[[[[[[[[[",
        "1e999",
        "-0",
        "\"action\":\"scrape\",",
        "\"answer\":{\"type\":\"answer\",\"sdp\":\"\"},",
        "\"info_hash\":[\"hhhhhhhhhhhhhhhhhhhh\"],",
        "\u00ff",
        "😀",
    ];

    [Fact]
    public void Mutilated_messages_throw_nothing_and_what_is_passed_on_is_JSON()
    {
        var random = new Random(20_261_122);
        byte[][] seeds =
        [
            .. new[]
            {
                Announce("h", "a", offers: 3, @event: "started"),
                Announce("h", "b", offers: 2, left: 0),
                Announce("h", "b", @event: "stopped"),
                Answer("h", "b", "a", Id("a-0")),
                Scrape("h"),
                Scrape("h", "i"),
            }
                .Concat(s_real)
                .Select(Encoding.UTF8.GetBytes),
        ];
        var options = new TrackerOptions { OffersPerMinute = 1_000_000, OffersPerMinuteToPeer = 1_000_000 };
        var core = new TrackerCore(options, null, random);
        var connections = Enumerable.Range(0, 4).Select(i => new Checking($"192.0.2.{i / 2}")).ToArray();
        var read = 0;

        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            var message = TrackerReader.Read(bytes);
            if (message.Kind is not (TrackerMessageKind.Malformed or TrackerMessageKind.Invalid))
                read++;
            for (var i = 0; i < message.OfferCount && message.Kind == TrackerMessageKind.Announce; i++)
                JsonDocument.Parse(message.OfferAt(i).ToArray()).Dispose();
            // Each reply is parsed by the connection that gets it.
            core.Receive(connections[random.Next(4)], in message, TimeSpan.FromMilliseconds(round));
            if (round % 1_000 == 0)
                core.Close(connections[random.Next(4)]);
        }

        Assert.InRange(read, Rounds / 20, Rounds - 1);
        Assert.All(connections, connection => Assert.NotEqual(0, connection.Received));
        Assert.NotEqual(0, core.Malformed);
        Assert.NotEqual(0, core.Failed);
        foreach (var connection in connections)
            connection.Dispose();
    }

    /// <summary>Reads what it is sent as a browser would: strictly.</summary>
    private sealed class Checking(string address)
        : TrackerConnection(NetworkPlace.Of(IPAddress.Parse(address), ListedNetworks.None)),
            IDisposable
    {
        private readonly TrackerWriter _writer = new();

        public int Received { get; private set; }
        public override bool IsOpen => true;

        public override bool TrySend(in TrackerReply reply)
        {
            var json = _writer.Write(in reply);
            Assert.True(Utf8.IsValid(json));
            var reader = new Utf8JsonReader(json);
            while (reader.Read()) { }
            Received++;
            return true;
        }

        public void Dispose() => _writer.Dispose();
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at - 1, random.Next(1, 30)));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 60)).ToArray());
                    break;
                default:
                    bytes.RemoveRange(at + 1, bytes.Count - at - 1);
                    break;
            }
        }
        return [.. bytes];
    }
}
