using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class StorageSettingTests
{
    private static readonly ServeSettings s_source = new() { Source = "/hls" };

    private static readonly Dictionary<string, string> s_whole = new(StringComparer.Ordinal)
    {
        ["Bucket"] = "show",
        ["Endpoint"] = "https://abc.r2.cloudflarestorage.com",
        ["AccessKeyId"] = "AKID0123456789",
        ["SecretAccessKey"] = "s3cr3t-s3cr3t-s3cr3t",
        ["PublicUrl"] = "https://cdn.example.org",
    };

    [Fact]
    public void A_whole_bucket_is_taken()
    {
        var options = Load(s_whole).Options!.Storage;
        Assert.Equal("show", options.Bucket);
        Assert.Equal("https://abc.r2.cloudflarestorage.com", options.Endpoint);
        Assert.Equal("s3cr3t-s3cr3t-s3cr3t", options.SecretAccessKey);
        Assert.Equal("auto", options.Region);
    }

    [Theory]
    [InlineData("Endpoint", "the store's S3 address, such as https://ACCOUNT.r2.cloudflarestorage.com")]
    [InlineData("AccessKeyId", "the id of a key that may read and write the bucket")]
    [InlineData("SecretAccessKey", "the secret that belongs to Storage.AccessKeyId")]
    [InlineData("PublicUrl", "the bucket's address as viewers see it, such as https://cdn.example.org")]
    public void A_bucket_needs_the_rest(string missing, string example)
    {
        var error = $"Storage.{missing} is not set, but Storage.Bucket (SPILLWAY__STORAGE__BUCKET) is: it must be {example}.";
        Assert.Equal([error], Load(s_whole.Where(pair => pair.Key != missing)).Errors);
    }

    [Theory]
    [InlineData("Endpoint")]
    [InlineData("AccessKeyId")]
    [InlineData("SecretAccessKey")]
    public void The_rest_needs_a_bucket(string alone)
    {
        var error =
            $"Storage.{alone} (SPILLWAY__STORAGE__{alone.ToUpperInvariant()}) is set, but Storage.Bucket is not: set it too, or neither, for the embedded store.";
        Assert.Equal([error], Load(s_whole.Where(pair => pair.Key == alone)).Errors);
    }

    [Fact]
    public void The_embedded_store_may_have_a_public_address() =>
        Assert.Equal("https://cdn.example.org", Load(s_whole.Where(pair => pair.Key == "PublicUrl")).Options!.Storage.PublicUrl);

    [Theory]
    [InlineData("Bucket", "a/b", "\"a/b\": it must be the bucket's name alone: 3 to 63 letters, digits, hyphens or dots.")]
    [InlineData("Bucket", "ab", "\"ab\": it must be the bucket's name alone: 3 to 63 letters, digits, hyphens or dots.")]
    [InlineData(
        "Endpoint",
        "abc.r2.cloudflarestorage.com",
        "\"abc.r2.cloudflarestorage.com\": it must be an http or https address without a query, such as https://ACCOUNT.r2.cloudflarestorage.com."
    )]
    [InlineData(
        "Endpoint",
        "https://abc.r2.cloudflarestorage.com/show/",
        "\"https://abc.r2.cloudflarestorage.com/show\": it must be the address without the bucket: https://abc.r2.cloudflarestorage.com."
    )]
    [InlineData(
        "PublicUrl",
        "https://cdn.example.org/?key=1",
        "\"https://cdn.example.org/?…\": it must be an http or https address without a query, such as https://cdn.example.org."
    )]
    [InlineData(
        "PublicUrl",
        "ftp://cdn.example.org",
        "\"ftp://cdn.example.org\": it must be an http or https address without a query, such as https://cdn.example.org."
    )]
    [InlineData(
        "PublicUrl",
        "https://me:s3cr3t@cdn.example.org",
        "\"https://…@cdn.example.org\": it must be an http or https address without a query, such as https://cdn.example.org."
    )]
    [InlineData(
        "PublicUrl",
        "https://abc.r2.cloudflarestorage.com",
        "\"https://abc.r2.cloudflarestorage.com\": it must be the bucket's custom domain: viewers cannot read from its S3 endpoint."
    )]
    [InlineData("Region", "", "\"\": it must be a region's name, or auto.")]
    [InlineData(
        "Prefix",
        "a//b",
        "\"a//b\": it must be names of letters, digits, hyphens, dots or underscores with / between, at most 512 characters."
    )]
    [InlineData(
        "Prefix",
        "../b",
        "\"../b\": it must be names of letters, digits, hyphens, dots or underscores with / between, at most 512 characters."
    )]
    [InlineData(
        "Prefix",
        "a b",
        "\"a b\": it must be names of letters, digits, hyphens, dots or underscores with / between, at most 512 characters."
    )]
    public void A_wrong_value_is_refused(string name, string value, string error)
    {
        var settings = new Dictionary<string, string>(s_whole, StringComparer.Ordinal) { [name] = value };
        Assert.Equal([$"Storage.{name} (SPILLWAY__STORAGE__{name.ToUpperInvariant()}) is {error}"], Load(settings).Errors);
    }

    [Theory]
    [InlineData("AccessKeyId")]
    [InlineData("SecretAccessKey")]
    public void A_wrong_key_is_refused_and_not_shown(string name)
    {
        var settings = new Dictionary<string, string>(s_whole, StringComparer.Ordinal) { [name] = "my s3cr3t" };
        Assert.Equal(
            [$"Storage.{name} (SPILLWAY__STORAGE__{name.ToUpperInvariant()}) must be the key alone, without spaces."],
            Load(settings).Errors
        );
        using var folder = new SettingsFolder();
        Assert.Equal(
            [$"Storage.{name} (spillway.json:1) must be text in quotes."],
            folder.Json($$"""{ "Storage": { "{{name}}": 1234567890 } }""").Load(s_source).Errors
        );
    }

    [Theory]
    [InlineData("/tv/", "tv")]
    [InlineData("events/2026", "events/2026")]
    [InlineData("/", "")]
    public void Slashes_around_the_prefix_are_taken_off(string given, string prefix) =>
        Assert.Equal(prefix, Load(s_whole.Append(new("Prefix", given))).Options!.Storage.Prefix);

    [Fact]
    public void An_r2_dev_address_is_warned_of()
    {
        var settings = new Dictionary<string, string>(s_whole, StringComparer.Ordinal) { ["PublicUrl"] = "https://pub-1.r2.dev" };
        var result = Load(settings);
        Assert.Empty(result.Errors);
        Assert.Contains(
            "Storage.PublicUrl (SPILLWAY__STORAGE__PUBLICURL) is an r2.dev address: Cloudflare throttles it and does not cache it. Give the bucket a custom domain for an event.",
            result.Warnings
        );
    }

    [Fact]
    public void With_a_bucket_the_edges_port_is_not_used_and_may_be_any() =>
        Assert.Equal(3001, Load(s_whole, s_source with { Port = 3001 }).Options!.Server.Port);

    [Fact]
    public void No_secret_is_in_the_summary()
    {
        var options = Load(s_whole, s_source with { Source = "https://me:s3cr3t@example.org/a.m3u8?token=s3cr3t" }).Options!;
        Assert.Equal(
            [
                "Stream live: from \"https://…@example.org/a.m3u8?…\", window default, target duration the source's, grace 1m, P2P on",
                "Storage: bucket show at host abc.r2.cloudflarestorage.com, key id AK…, read at https://cdn.example.org",
                "Server: port 3000, http",
            ],
            ConfigurationSummary.Lines(options)
        );
    }

    [Fact]
    public void The_summary_tells_of_the_embedded_store()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            "Storage: embedded, in ./spillway-data, edge on port 3001",
            ConfigurationSummary.Lines(folder.Options(s_source))[1]
        );
    }

    private static ConfigurationResult Load(IEnumerable<KeyValuePair<string, string>> storage, ServeSettings? settings = null)
    {
        using var folder = new SettingsFolder();
        foreach (var (name, value) in storage)
            folder.Set($"SPILLWAY__STORAGE__{name.ToUpperInvariant()}", value);
        return folder.Load(settings ?? s_source);
    }
}
