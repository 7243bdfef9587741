namespace Spillway.Tests.Configuration;

public sealed class HookSettingTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hook_is_set_by_the_file_and_its_secrets_by_variables()
    {
        _folder.Write(
            "spillway.json",
            """{ "Streams": { "live": { "Source": "push" } }, "Hooks": { "my-desk": { "Events": ["on-air", "gap"] } } }"""
        );
        _folder.Write(
            ".env",
            $"SPILLWAY__HOOKS__MY_DESK__URL=https://hooks.example.org/a/b?c=d\nSPILLWAY__HOOKS__MY_DESK__SECRET={Secret}\n"
        );
        var result = _folder.Load();
        Assert.Empty(result.Errors);
        var hook = Assert.Single(result.Options!.Hooks);
        Assert.Equal("my-desk", hook.Key);
        Assert.Equal(("https://hooks.example.org/a/b?c=d", Secret), (hook.Value.Url, hook.Value.Secret));
        Assert.Equal(["on-air", "gap"], hook.Value.Events);
    }

    [Theory]
    [InlineData(
        """ "Url": "ftp://SECRET.example.org" """,
        "Hooks.ops.Url (spillway.json:1) must be an http or https address without a user and a fragment, or empty: the hook is off."
    )]
    [InlineData(
        """ "Url": "https://SECRET@example.org/" """,
        "Hooks.ops.Url (spillway.json:1) must be an http or https address without a user and a fragment, or empty: the hook is off."
    )]
    [InlineData(
        """ "Url": "https://example.org/", "Secret": "too short: SECRET" """,
        "Hooks.ops.Secret (spillway.json:1) must be whsec_ and the Base64 of 24 to 64 bytes; \"openssl rand -base64 32\" makes what follows whsec_."
    )]
    [InlineData(
        """ "Url": "https://example.org/" """,
        "Hooks.ops.Secret must be whsec_ and the Base64 of 24 to 64 bytes; \"openssl rand -base64 32\" makes what follows whsec_."
    )]
    [InlineData(
        """ "Events": ["on-air", "onair"] """,
        "Hooks.ops.Events (spillway.json:1) is \"onair\": it must be one of on-air, off-air, slate, slate-over, source-away, source-back, writer, failover, storage-trouble, storage-well, gap, peers-zero, peers-well, advice, operator."
    )]
    [InlineData(
        """ "Events": [] """,
        "Hooks.ops.Events (spillway.json:1) is \"\": it must be a list of at least one of on-air, off-air, slate, slate-over, source-away, source-back, writer, failover, storage-trouble, storage-well, gap, peers-zero, peers-well, advice, operator."
    )]
    public void What_is_wrong_is_named_and_no_secret_shown(string hook, string error)
    {
        _folder.Write("spillway.json", $$"""{ "Streams": { "live": { "Source": "push" } }, "Hooks": { "ops": { {{hook}} } } }""");
        var said = _folder.Load().Errors.Where(static line => line.StartsWith("Hooks", StringComparison.Ordinal)).ToList();
        Assert.Contains(error, said);
        Assert.DoesNotContain(said, static line => line.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_could_not_stand_in_a_variable_is_refused()
    {
        _folder.Write("spillway.json", """{ "Streams": { "live": { "Source": "push" } }, "Hooks": { "Our Desk": {} } }""");
        Assert.Equal(
            ["Hooks.Our Desk is no name for a hook: it must be 1 to 32 small letters, digits or hyphens, not a hyphen first."],
            _folder.Load().Errors
        );
    }
}
