using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class DotEnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A=", "")]
    [InlineData("  A = b  ", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("export\tA=b", "b")]
    [InlineData("A=b=c==", "b=c==")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=#c", "#c")]
    [InlineData("A= #c", "")]
    [InlineData("A=b c", "b c")]
    [InlineData("A=\"b # c\" # comment", "b # c")]
    [InlineData("A='b\\n\"c'", "b\\n\"c")]
    [InlineData("A=`b'c`", "b'c")]
    [InlineData("A=\"b\\n\\t\\\\\\\"\\$\\x\"", "b\n\t\\\"$\\x")]
    [InlineData("A=\"b\nc\"", "b\nc")]
    [InlineData("A=$HOME", "$HOME")]
    [InlineData("A=b'c'", "b'c'")]
    [InlineData("\n# comment\r\n\r\nA=b\r\n", "b")]
    [InlineData("A=b\rB=c", "b")]
    [InlineData("A=x\nA=b", "b")]
    [InlineData("A=\"\"", "")]
    public void A_value_is_read_as_shells_and_dotenv_do(string text, string value)
    {
        var problems = new Problems();
        var variables = DotEnvFile.Parse(text, problems);
        Assert.Empty(problems.Errors);
        Assert.Equal(value, variables.First(variable => variable.Name == "A").Value);
    }

    [Theory]
    [InlineData("s3cr3t", ".env:1 must be NAME=value, a comment that begins with #, or empty.")]
    [InlineData("\nKEY s3cr3t", ".env:2 must be NAME=value, a comment that begins with #, or empty.")]
    [InlineData("=s3cr3t", ".env:1 must be NAME=value, a comment that begins with #, or empty.")]
    [InlineData("export", ".env:1 must be NAME=value, a comment that begins with #, or empty.")]
    [InlineData("A=b\n\nKEY=\"s3cr3t\nB=c", ".env:3 has a \" that nothing closes.")]
    [InlineData("KEY='s3c'r3t", ".env:1 has text after the closing '.")]
    public void A_line_that_cannot_be_read_is_an_error_that_does_not_show_it(string text, string error)
    {
        var problems = new Problems();
        DotEnvFile.Parse(text, problems);
        Assert.Equal([error], problems.Errors);
    }

    [Fact]
    public void Lines_are_counted_through_values_that_span_several()
    {
        var problems = new Problems();
        var variables = DotEnvFile.Parse("A='1\n2\n3'\nB=c\nd", problems);
        Assert.Equal("B in .env:4", variables.Last().Origin);
        Assert.Equal([".env:5 must be NAME=value, a comment that begins with #, or empty."], problems.Errors);
    }

    [Fact]
    public void A_variable_called_export_is_a_variable()
    {
        var variables = DotEnvFile.Parse("export=b", new Problems());
        Assert.Equal(("export", "b"), (variables.Single().Name, variables.Single().Value));
    }

    [Fact]
    public void A_byte_order_mark_does_not_hide_the_first_name()
    {
        using var folder = new SettingsFolder();
        folder.DotEnv("\uFEFFHTTP_PORT=3005\r\n");
        Assert.Equal(3005, folder.Options(new ServeSettings { Source = "/hls" }).Server.Port);
    }
}
