using System.Text;
using static Spillway.Tests.Tracker.WebSockets.RawFrame;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>What a client sends and what it must hear, in the groups of the Autobahn test suite.</summary>
/// <remarks>
/// A tracker is no echo server. What comes nearest is a scrape: its answer names the hash that was asked for. A case that ends well is
/// followed by a scrape of "last", so the answer to that shows that the connection goes on.
/// </remarks>
internal static class FramingCases
{
    /// <summary>Heard by one whose connection goes on.</summary>
    private const string Alive = "files(last)";

    private const int MaxMessage = 64 * 1024;

    public static IReadOnlyDictionary<string, (byte[] Bytes, string Heard)> All { get; } =
        Enumerable
            .Concat(
                [.. Messages(), .. Pings(), .. ReservedBits(), .. Opcodes()],
                [.. Fragments(), .. Texts(), .. Closes(), .. Limits(), .. Masks()]
            )
            .ToDictionary(static item => item.Name, static item => (item.Frames.SelectMany(static f => f).ToArray(), item.Heard));

    /// <summary>Group 1: messages of all forms of length.</summary>
    private static IEnumerable<Case> Messages()
    {
        yield return new("1 an empty text", Alive, Of(Text, ""));
        yield return new("1 an empty binary", Alive, Of(Binary, ""));
        foreach (var length in (int[])[125, 126, 127, 128, 4095, 4096, 4097, 65535, MaxMessage])
        {
            yield return new($"1 a text of {length}", "files(a) " + Alive, Of(Text, Scrape("a", length)));
            yield return new($"1 a binary of {length}", "files(a) " + Alive, Of(Binary, Scrape("a", length)));
        }
        yield return new(
            "1 three at once",
            "files(a) files(b) files(c) " + Alive,
            Of(Text, Scrape("a")),
            Of(Text, Scrape("b")),
            Of(Text, Scrape("c"))
        );
    }

    /// <summary>Group 2.</summary>
    private static IEnumerable<Case> Pings()
    {
        yield return new("2 a ping without payload", $"pong() {Alive}", Of(Ping, ""));
        yield return new("2 a ping with text", $"pong(abc) {Alive}", Of(Ping, "abc"));
        yield return new("2 a ping with bytes that are no text", $"pong(\u00ff\u00fe\u0000) {Alive}", Of(Ping, [0xFF, 0xFE, 0]));
        yield return new($"2 a ping of 125", $"pong({new string('p', 125)}) {Alive}", Of(Ping, new string('p', 125)));
        yield return new("2 a ping of 126", "close 1002 end", Of(Ping, new string('p', 126)));
        yield return new("2 a pong that nobody asked for", Alive, Of(Pong, ""), Of(Pong, "unasked"));
        yield return new("2 a pong of 126", "close 1002 end", Of(Pong, new string('p', 126)));
        yield return new(
            "2 ten pings",
            string.Concat(Enumerable.Range(0, 10).Select(static i => $"pong({i}) ")) + Alive,
            [.. Enumerable.Range(0, 10).Select(static i => Of(Ping, $"{i}"))]
        );
        yield return new(
            "2 pings between messages",
            $"files(a) pong(1) files(b) {Alive}",
            Of(Text, Scrape("a")),
            Of(Ping, "1"),
            Of(Text, Scrape("b"))
        );
    }

    /// <summary>Group 3.</summary>
    private static IEnumerable<Case> ReservedBits()
    {
        for (var bits = 1; bits < 8; bits++)
        {
            foreach (var opcode in (int[])[Text, Binary, Ping, Pong, Close])
                yield return new($"3 bits {bits} in opcode {opcode}", "close 1002 end", Of(opcode, [], reserved: bits));
        }
        yield return new(
            "3 what came before is answered",
            "files(a) pong(p) close 1002 end",
            Of(Text, Scrape("a")),
            Of(Ping, "p"),
            Of(Text, Bytes(Scrape("b")), reserved: 4)
        );
    }

    /// <summary>Group 4.</summary>
    private static IEnumerable<Case> Opcodes()
    {
        foreach (var opcode in (int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        {
            yield return new($"4 opcode {opcode}", "close 1002 end", Of(opcode, "x"));
            yield return new(
                $"4 opcode {opcode} behind a message",
                "files(a) close 1002 end",
                Of(Text, Scrape("a")),
                Of(opcode, "")
            );
        }
    }

    /// <summary>Group 5.</summary>
    private static IEnumerable<Case> Fragments()
    {
        var text = Scrape("a");
        yield return new("5 two fragments", $"files(a) {Alive}", Of(Text, text[..9], final: false), Of(Continuation, text[9..]));
        yield return new(
            "5 binary fragments",
            $"files(a) {Alive}",
            Of(Binary, text[..9], final: false),
            Of(Continuation, text[9..])
        );
        yield return new("5 a fragment a byte", $"files(a) {Alive}", [.. ByteByByte(text)]);
        yield return new(
            "5 empty fragments",
            $"files(a) {Alive}",
            Of(Text, "", final: false),
            Of(Continuation, text, final: false),
            Of(Continuation, "", final: false),
            Of(Continuation, "")
        );
        yield return new("5 nothing but empty fragments", Alive, Of(Text, "", final: false), Of(Continuation, ""));
        yield return new(
            "5 pings and pongs between fragments",
            $"pong(1) pong(2) files(a) {Alive}",
            Of(Text, text[..9], final: false),
            Of(Ping, "1"),
            Of(Pong, ""),
            Of(Continuation, text[9..20], final: false),
            Of(Ping, "2"),
            Of(Continuation, text[20..])
        );
        yield return new("5 a ping in fragments", "close 1002 end", Of(Ping, "a", final: false), Of(Continuation, "b"));
        yield return new("5 a pong in fragments", "close 1002 end", Of(Pong, "a", final: false), Of(Continuation, "b"));
        yield return new("5 a close in fragments", "close 1002 end", Of(Close, "", final: false), Of(Continuation, ""));
        yield return new("5 a continuation of nothing", "close 1002 end", Of(Continuation, text));
        yield return new("5 a continuation of nothing, unfinished", "close 1002 end", Of(Continuation, text, final: false));
        yield return new(
            "5 a continuation behind a whole message",
            "files(a) close 1002 end",
            Of(Text, text),
            Of(Continuation, text)
        );
        yield return new(
            "5 a text within a text",
            "close 1002 end",
            Of(Text, text[..9], final: false),
            Of(Text, text[9..], final: false)
        );
        yield return new("5 a binary within a text", "close 1002 end", Of(Text, text[..9], final: false), Of(Binary, text[9..]));
        yield return new(
            "5 a close between fragments",
            "close 1000 end",
            Of(Text, text[..9], final: false),
            CloseWith(1000),
            Of(Continuation, text[9..])
        );
    }

    /// <summary>Group 6; in the middle of a fragmented character, too.</summary>
    private static IEnumerable<Case> Texts()
    {
        foreach (
            var valid in (string[])["κόσμε", "\u0000", "\u007f\u0080\u07ff\u0800\ufffd\uffff", "\U00010000\U0010ffff", "\ufeff"]
        )
        {
            var bytes = Encoding.UTF8.GetBytes(valid);
            yield return new($"6 valid {Convert.ToHexString(bytes)}", Alive, Of(Text, bytes));
            yield return new($"6 valid {Convert.ToHexString(bytes)} a byte a fragment", Alive, [.. ByteByByte(bytes)]);
        }
        // Cut off, overlong, surrogates, above U+10FFFF, bytes that never occur, a continuation alone.
        foreach (
            var hex in (string[])
                [
                    "CEBAE1BDB9CF83CEBCCE",
                    "C080",
                    "C1BF",
                    "E080AF",
                    "F08080AF",
                    "EDA080",
                    "EDBFBF",
                    "EDA080EDB080",
                    "F4908080",
                    "F8888080",
                    "FE",
                    "FF",
                    "80",
                    "BF",
                    "C0",
                    "6162FF6364",
                    "F09F98",
                ]
        )
        {
            var bytes = Convert.FromHexString(hex);
            yield return new($"6 invalid {hex}", "close 1007 end", Of(Text, bytes));
            yield return new($"6 invalid {hex} a byte a fragment", "close 1007 end", [.. ByteByByte(bytes)]);
            yield return new($"6 {hex} is fine in binary", Alive, Of(Binary, bytes));
        }
    }

    /// <summary>Group 7.</summary>
    private static IEnumerable<Case> Closes()
    {
        yield return new("7 a close without code", "close 1000 end", Of(Close, ""));
        yield return new("7 a close of one byte", "close 1002 end", Of(Close, [3]));
        yield return new("7 a close with a reason", "close 1000 end", CloseWith(1000, "goodbye"));
        yield return new("7 a close with the longest reason", "close 1000 end", CloseWith(1000, new string('r', 123)));
        yield return new("7 a close of 126", "close 1002 end", CloseWith(1000, new string('r', 124)));
        yield return new("7 a reason that is no UTF-8", "close 1007 end", Of(Close, [3, 0xE8, 0xCE, 0xBA, 0xE1]));
        foreach (
            var code in (int[])[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
        )
            yield return new($"7 code {code}", $"close {code} end", CloseWith(code));
        foreach (var code in (int[])[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
            yield return new($"7 code {code}", "close 1002 end", CloseWith(code));
        yield return new("7 a message behind the close", "close 1000 end", CloseWith(1000), Of(Text, Scrape("a")));
        yield return new("7 a ping behind the close", "close 1000 end", CloseWith(1000), Of(Ping, "p"));
        yield return new("7 two closes", "close 1000 end", CloseWith(1000), CloseWith(1001));
        yield return new(
            "7 what came before the close is answered",
            "files(a) pong(p) close 1001 end",
            Of(Text, Scrape("a")),
            Of(Ping, "p"),
            CloseWith(1001)
        );
    }

    /// <summary>Group 9. The payloads of those that are too large never come: the announcement is enough.</summary>
    private static IEnumerable<Case> Limits()
    {
        foreach (var length in (ulong[])[MaxMessage + 1, int.MaxValue, (ulong)int.MaxValue + 1, uint.MaxValue, long.MaxValue])
            yield return new($"9 {length} announced", "close 1009 end", Header(Text, length));
        foreach (var length in (ulong[])[1UL << 63, ulong.MaxValue])
            yield return new($"9 {length}: the highest bit", "close 1002 end", Header(Text, length));
        yield return new("9 a byte too much", "close 1009 end", Of(Text, Scrape("a", MaxMessage + 1)));
        yield return new(
            "9 a byte too much in fragments",
            "close 1009 end",
            Of(Text, new string(' ', MaxMessage), final: false),
            Of(Continuation, " ")
        );
        yield return new(
            "9 all that may be, in fragments, and a ping",
            $"pong({new string('p', 125)}) files(a) {Alive}",
            Of(Text, Scrape("a", MaxMessage), final: false),
            Of(Ping, new string('p', 125)),
            Of(Continuation, "")
        );
        foreach (var opcode in (int[])[Ping, Close])
        {
            yield return new($"9 opcode {opcode} with 16 bits of length", "close 1002 end", Header(opcode, 5, lengthBytes: 2));
            yield return new($"9 opcode {opcode} with 64 bits of length", "close 1002 end", Header(opcode, 5));
        }
        yield return new("9 5 in 16 bits", "close 1002 end", Of(Text, Bytes("12345"), lengthBytes: 2));
        yield return new("9 5 in 64 bits", "close 1002 end", Of(Text, Bytes("12345"), lengthBytes: 8));
        yield return new("9 300 in 64 bits", "close 1002 end", Of(Text, Bytes(Scrape("a", 300)), lengthBytes: 8));
        yield return new("9 65535 in 64 bits", "close 1002 end", Header(Text, 65_535));
    }

    /// <summary>Not in Autobahn, whose clients all mask: https://www.rfc-editor.org/rfc/rfc6455#section-5.1</summary>
    private static IEnumerable<Case> Masks()
    {
        foreach (var mask in (uint[])[0, 1, uint.MaxValue, 0x00FF_00FF])
            yield return new($"mask {mask:X8}", $"files(a) {Alive}", Of(Text, Bytes(Scrape("a", 1000)), mask: mask));
        foreach (var opcode in (int[])[Text, Binary, Ping, Pong, Close])
            yield return new($"mask none in opcode {opcode}", "close 1002 end", Of(opcode, "x"u8.ToArray(), mask: null));
        yield return new("mask none in an empty text", "close 1002 end", Of(Text, [], mask: null));
    }

    private static IEnumerable<byte[]> ByteByByte(string text) => ByteByByte(Bytes(text));

    private static IEnumerable<byte[]> ByteByByte(byte[] bytes) =>
        bytes.Select((value, i) => Of(i == 0 ? Text : Continuation, [value], final: i == bytes.Length - 1));

    private static string Scrape(string name, int length = 0) => Tracker.Messages.Scrape(name).PadRight(length);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed record Case(string Name, string Heard, params byte[][] Frames);
}
