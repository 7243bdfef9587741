namespace Spillway.Tests.Configuration;

public sealed class SecretFileTests : IDisposable
{
    private readonly SettingsFolder _folder = new SettingsFolder().Json(
        """{ "Streams": { "main-stage": { "Source": "push" } } }"""
    );

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_variable_may_name_the_file_that_holds_a_secret()
    {
        _folder.Write("token", "a-token-of-my-own\n");
        _folder.Write("key", "\uFEFFkey-of-the-encoder\r\n");
        _folder.Set("SPILLWAY__ADMIN__TOKEN_FILE", "token");
        _folder.DotEnv("SPILLWAY__STREAMS__MAIN_STAGE__KEY_FILE=" + Path.Combine(_folder.Path, "key"));
        var options = _folder.Options();
        Assert.Equal("a-token-of-my-own", options.Admin.Token);
        Assert.Equal("key-of-the-encoder", options.Streams["main-stage"].Key);
    }

    [Fact]
    public void A_hook_s_address_may_come_from_a_file_too()
    {
        _folder.Write("url", "https://example.org/hook");
        _folder.Write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        _folder.Set("SPILLWAY__HOOKS__OPS__URL_FILE", "url").Set("spillway__hooks__ops__secret_file", "secret");
        Assert.Equal("https://example.org/hook", _folder.Options().Hooks["ops"].Url);
    }

    [Theory]
    [InlineData("nothing-there", "SPILLWAY__ADMIN__TOKEN_FILE: the file \"nothing-there\" is not there.")]
    [InlineData("", "SPILLWAY__ADMIN__TOKEN_FILE: the file \"\" is not there.")]
    [InlineData("empty", "SPILLWAY__ADMIN__TOKEN_FILE: the file \"empty\" is empty: it must hold the secret.")]
    [InlineData(".", "SPILLWAY__ADMIN__TOKEN_FILE is a folder: it must be a file.")]
    public void A_file_that_holds_none_is_an_error(string file, string error)
    {
        _folder.Write("empty", " \n");
        _folder.Set("SPILLWAY__ADMIN__TOKEN_FILE", file);
        Assert.Equal([error], _folder.Load().Errors);
    }

    [Fact]
    public void What_is_in_it_must_be_right_and_is_not_shown()
    {
        _folder.Write("token", "s3cret with a space");
        _folder.Set("SPILLWAY__ADMIN__TOKEN_FILE", "token");
        var error = Assert.Single(_folder.Load().Errors);
        Assert.StartsWith("Admin.Token (SPILLWAY__ADMIN__TOKEN_FILE) must be", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_secret_by_value_and_by_file_is_given_twice()
    {
        _folder.Write("token", "a-token-of-my-own");
        _folder.Set("SPILLWAY__ADMIN__TOKEN_FILE", "token").Set("SPILLWAY__ADMIN__TOKEN", "another-token-of-my-own");
        Assert.Contains("given twice", Assert.Single(_folder.Load().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_secrets_come_from_files()
    {
        _folder.Write("port", "3000");
        _folder.Set("SPILLWAY__SERVER__PORT_FILE", "port");
        Assert.Contains("is not a setting", Assert.Single(_folder.Load().Errors), StringComparison.Ordinal);
    }
}
