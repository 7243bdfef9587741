using Spillway.Admin;
using Spillway.Configuration;

namespace Spillway.Tests.Admin;

public sealed class AdminTokenTests : IDisposable
{
    private readonly SpillwayOptions _options = new()
    {
        Data = Path.Combine(Directory.CreateTempSubdirectory("spillway-admin-").FullName, "data"),
    };

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_options.Data)!, recursive: true);

    [Fact]
    public void The_first_start_makes_a_token_that_is_shown_once_and_kept_for_this_user_alone()
    {
        var first = AdminToken.Open(_options);
        Assert.Matches("^[0-9a-f]{32}$", first.Fresh!);
        var second = AdminToken.Open(_options);
        Assert.Null(second.Fresh);
        Assert.True(second.Opens($"Bearer {first.Fresh}"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AdminToken.PathOf(_options)));
    }

    [Fact]
    public void The_token_of_the_settings_counts_and_none_is_made()
    {
        _options.Admin.Token = "a-token-of-my-own";
        var token = AdminToken.Open(_options);
        Assert.Null(token.Fresh);
        Assert.True(token.Opens("Bearer a-token-of-my-own"));
        Assert.True(token.Opens("bearer  a-token-of-my-own "));
        Assert.False(File.Exists(AdminToken.PathOf(_options)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("a-token-of-my-own")]
    [InlineData("Basic a-token-of-my-own")]
    [InlineData("Bearer a-token-of-my-ow")]
    [InlineData("Bearer A-TOKEN-OF-MY-OWN")]
    [InlineData("Bearer a-token-of-my-own,Bearer a-token-of-my-own")]
    public void Nothing_else_opens(string? authorization)
    {
        _options.Admin.Token = "a-token-of-my-own";
        Assert.False(AdminToken.Open(_options).Opens(authorization));
    }

    [Fact]
    public void A_file_without_a_token_is_told_with_the_remedy()
    {
        Directory.CreateDirectory(_options.Data);
        File.WriteAllText(AdminToken.PathOf(_options), "\n");
        var refused = Assert.Throws<SecretFileException>(() => AdminToken.Open(_options));
        Assert.Contains("Remove it to have a new one made", refused.Message, StringComparison.Ordinal);

        File.Delete(AdminToken.PathOf(_options));
        Directory.CreateDirectory(AdminToken.PathOf(_options));
        refused = Assert.Throws<SecretFileException>(() => AdminToken.Open(_options));
        Assert.Contains("Admin:Token", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a space in it")]
    [InlineData("with,a,comma,in,it")]
    [InlineData("ünïcode-ünïcode")]
    public void A_token_that_can_be_guessed_or_stands_in_no_header_is_refused(string token)
    {
        var problems = new Problems();
        AdminRules.Check(new AdminOptions { Token = token }, problems);
        var error = Assert.Single(problems.Errors);
        Assert.StartsWith("Admin.Token must be at least 12", error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error, StringComparison.Ordinal);
    }
}
