using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class AmfTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var writer = new AmfWriter()
            .Text("connect")
            .Number(1.5)
            .Null()
            .Boolean(true)
            .Text(new string('é', 40_000))
            .Object(("app", "live"), ("capabilities", 31d), ("isNew", false));
        var values = AmfReader.ReadAll(writer.Written);
        Assert.Equal(["connect", 1.5, null, true, new string('é', 40_000)], values.Take(5));
        var members = Assert.IsType<Dictionary<string, object?>>(values[5]);
        Assert.Equal(["live", 31d, false], new[] { "app", "capabilities", "isNew" }.Select(name => members[name]));
    }

    [Theory]
    // A date, a reference, undefined, unsupported, a typed object, XML.
    [InlineData("0B4059000000000000003C", 100d)]
    [InlineData("070001", null)]
    [InlineData("06", null)]
    [InlineData("0D", null)]
    [InlineData("1000017800016101010000090101", null, 2)]
    [InlineData("0F00000002" + "3C3E", "<>")]
    public void The_rarer_types_are_read_too(string hex, object? expected, int count = 1)
    {
        var values = AmfReader.ReadAll(Convert.FromHexString(hex));
        Assert.Equal(count, values.Count);
        if (count == 1)
            Assert.Equal(expected, values[0]);
    }

    [Fact]
    public void An_array_has_its_values()
    {
        var values = AmfReader.ReadAll(Convert.FromHexString("0A00000002" + "0101" + "05"));
        Assert.Equal([true, null], Assert.IsType<object?[]>(Assert.Single(values)));
    }

    [Theory]
    // The count is wrong, and the end is missing where the message ends.
    [InlineData("08000000630001610101000009")]
    [InlineData("08000000000001610101")]
    public void An_ECMA_array_is_read_whatever_its_count_says(string hex)
    {
        var members = Assert.IsType<Dictionary<string, object?>>(Assert.Single(AmfReader.ReadAll(Convert.FromHexString(hex))));
        Assert.Equal(true, members["a"]);
    }

    [Theory]
    // Texts and arrays longer than the message, AMF3, an unknown type, an object without an end.
    [InlineData("02FFFF41")]
    [InlineData("0CFFFFFFFF41")]
    [InlineData("0C8000000041")]
    [InlineData("0AFFFFFFFF05")]
    [InlineData("1101")]
    [InlineData("7F")]
    [InlineData("0300016105")]
    [InlineData("00405900")]
    public void What_cannot_be_read_leaves_what_was_before_it(string hex) =>
        Assert.Equal(["x"], AmfReader.ReadAll([2, 0, 1, (byte)'x', .. Convert.FromHexString(hex)]));

    [Fact]
    public void Depth_and_number_are_bounded()
    {
        var nested = Enumerable.Repeat<byte[]>([10, 0, 0, 0, 1], 5000).SelectMany(static b => b).Append((byte)5).ToArray();
        Assert.Empty(AmfReader.ReadAll(nested));
        byte[] deepest = [.. nested.Take(5 * AmfReader.MaxDepth), 5];
        Assert.Single(AmfReader.ReadAll(deepest));
        Assert.Empty(AmfReader.ReadAll([10, 0, 0, 0, 1, .. deepest]));
        Assert.Equal(AmfReader.MaxValues, AmfReader.ReadAll(Enumerable.Repeat((byte)5, 60_000).ToArray()).Count);
    }
}
