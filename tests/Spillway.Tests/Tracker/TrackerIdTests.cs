using System.Text;
using System.Text.Json;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class TrackerIdTests
{
    [Fact]
    public void Every_byte_survives_the_way_through_a_string_of_twenty_characters()
    {
        for (var first = 0; first < 256; first++)
        {
            var bytes = Enumerable.Range(first, TrackerId.Size).Select(value => (byte)value).ToArray();
            var text = new string(bytes.Select(value => (char)value).ToArray());
            var escaped = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(text, Json.Default.String))[1..^1];

            Assert.True(TrackerId.TryParse(escaped, out var id));
            var chars = new char[TrackerId.Size];
            id.CopyTo(chars);
            Assert.Equal(text, new string(chars));
            var copy = new byte[TrackerId.Size];
            id.CopyTo(copy);
            Assert.Equal(bytes, copy);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789")]
    [InlineData("123456789012345678901")]
    [InlineData("1234567890123456789\u0100")]
    [InlineData("1234567890123456789\\u0100")]
    [InlineData("1234567890123456789\\ud800")]
    [InlineData("1234567890123456789\\u00")]
    [InlineData("1234567890123456789\\u00g0")]
    [InlineData("1234567890123456789\\u+0f0")]
    [InlineData("1234567890123456789\\")]
    [InlineData("1234567890123456789😀")]
    public void Anything_but_twenty_characters_up_to_U00FF_is_refused(string json) =>
        Assert.False(TrackerId.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é12345678901", "\"\\/\b\f\n\r\téé1234567890")]
    public void Escapes_of_all_kinds_are_understood(string json, string expected)
    {
        Assert.True(TrackerId.TryParse(Encoding.UTF8.GetBytes(json).AsSpan()[..^1], out var id));
        var chars = new char[TrackerId.Size];
        id.CopyTo(chars);
        Assert.Equal(expected, new string(chars)[..expected.Length]);
    }
}
