using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1500", 1500)]
    [InlineData(" 512MB ", 512_000_000)]
    [InlineData("50GB", 50_000_000_000)]
    [InlineData("50 gb", 50_000_000_000)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("2TB", 2_000_000_000_000)]
    [InlineData("10kB", 10_000)]
    [InlineData("7B", 7)]
    public void A_size_is_read_as_people_write_it(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1e9")]
    [InlineData("1,5GB")]
    [InlineData("50GiB")]
    [InlineData("50 GB a day")]
    [InlineData("NaN")]
    [InlineData("9999999999TB")]
    [InlineData("99999999999999999999999999999999GB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1_500_000_000, "1.5GB")]
    [InlineData(50_000_000_000, "50GB")]
    [InlineData(1_234_567, "1234.567KB")]
    [InlineData(1_234_567_890, "1234567.89KB")]
    [InlineData(2_000_000_000_000, "2TB")]
    public void A_size_is_shown_without_losing_a_byte(long bytes, string text)
    {
        Assert.Equal(text, new ByteSize(bytes).ToString());
        Assert.True(ByteSize.TryParse(text, out var again));
        Assert.Equal(bytes, again.Bytes);
    }

    [Fact]
    public void A_wrong_one_in_the_settings_is_named_with_what_would_be_right()
    {
        using var folder = new SettingsFolder();
        folder.Write("spillway.json", """{ "Streams": { "live": { "Source": "push" } }, "Storage": { "Spool": "a lot" } }""");
        Assert.Equal(
            "Storage.Spool (spillway.json:1) is \"a lot\": it must be a size such as 50GB, 512MB or a number of bytes.",
            Assert.Single(folder.Load().Errors)
        );
        folder.Write("spillway.json", """{ "Streams": { "live": { "Source": "push" } }, "Storage": { "Spool": 0 } }""");
        Assert.Equal(0, folder.Load().Options!.Storage.Spool.Bytes);
    }
}
