using System.Text;
using System.Text.Json;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerFuzzTests
{
    private const int Rounds = 100_000;

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
    public void A_hundred_thousand_mutilated_messages_throw_nothing_and_what_is_passed_on_is_JSON()
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
            }.Select(Encoding.UTF8.GetBytes),
        ];
        var core = new TrackerCore(new TrackerOptions(), null, random);
        var connections = Enumerable.Range(0, 4).Select(_ => new RecordingConnection()).ToArray();
        using var writer = new TrackerWriter();
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
        }

        Assert.InRange(read, Rounds / 20, Rounds - 1);
        Assert.All(connections, connection => Assert.NotEqual(0, connection.Waiting));
        Assert.NotEqual(0, core.Malformed);
        Assert.NotEqual(0, core.Failed);
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
