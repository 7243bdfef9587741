using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("64MB", 64_000_000, "64MB")]
    [InlineData(" 1.5 gb ", 1_500_000_000, "1500MB")]
    [InlineData("512KiB", 524_288, "512KiB")]
    [InlineData("1GiB", 1_073_741_824, "1GiB")]
    [InlineData("1TB", 1_000_000_000_000, "1TB")]
    [InlineData("123", 123, "123B")]
    [InlineData("7 B", 7, "7B")]
    public void A_size_is_read_as_people_write_it_and_shown_in_the_shortest_way(string text, long bytes, string shown)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal((bytes, shown), (size.Bytes, size.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1MB")]
    [InlineData("1e3")]
    [InlineData("many")]
    [InlineData("9999999TB")]
    [InlineData("1XB")]
    public void Anything_else_is_none(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void A_wrong_one_in_the_settings_is_named_with_what_would_be_right()
    {
        using var folder = new SettingsFolder();
        folder.Write("spillway.json", """{ "Streams": { "live": { "Source": "push" } }, "Storage": { "Spool": "a lot" } }""");
        Assert.Equal(
            "Storage.Spool (spillway.json:1) is \"a lot\": it must be a size such as 64MB, 1.5GB, 512KiB or a number of bytes.",
            Assert.Single(folder.Load().Errors)
        );
        folder.Write("spillway.json", """{ "Streams": { "live": { "Source": "push" } }, "Storage": { "Spool": 0 } }""");
        Assert.Equal(0, folder.Load().Options!.Storage.Spool.Bytes);
    }
}
