using Spillway.Tests.Configuration;

namespace Spillway.Tests.Cost;

public sealed class CostSettingTests
{
    private const string Bucket = """
        "Storage": { "Endpoint": "ENDPOINT", "Bucket": "show", "AccessKeyId": "a", "SecretAccessKey": "b", "PublicUrl": "https://cdn.example.org" },
        """;

    private const string R2 = "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com";

    [Fact]
    public void The_account_is_in_R2_s_endpoint()
    {
        using var folder = new SettingsFolder();
        folder.Json(Json(R2, "")).Set("SPILLWAY__COST__CLOUDFLARETOKEN", "abcdef");
        Assert.Equal("abcdef", folder.Options().Cost.CloudflareToken);
    }

    [Theory]
    [InlineData(
        "http://127.0.0.1:9000",
        "\"CloudflareToken\": \"abcdef\"",
        "Cost.CloudflareToken (spillway.json:2) is set, but Storage.Endpoint is not Cloudflare's: take the token away, or set Cost.CloudflareAccount."
    )]
    [InlineData(
        R2,
        "\"CloudflareToken\": \"abc def\"",
        "Cost.CloudflareToken (spillway.json:2) must be the API token alone, without spaces."
    )]
    [InlineData(
        R2,
        "\"CloudflareToken\": \"abcdef\", \"CloudflareZone\": \"example.org\"",
        "Cost.CloudflareZone (spillway.json:2) is \"example.org\": it must be the id as Cloudflare shows it, 32 digits and letters from a to f."
    )]
    [InlineData(
        R2,
        "\"CloudflareZone\": \"fedcba9876543210fedcba9876543210\"",
        "Cost.CloudflareZone (spillway.json:2) is set, but Cost.CloudflareToken is not: set it too, or neither."
    )]
    public void What_does_not_go_together_is_said(string endpoint, string cost, string said)
    {
        using var folder = new SettingsFolder();
        folder.Json(Json(endpoint, cost));
        Assert.Equal(said, Assert.Single(folder.Load().Errors));
    }

    [Fact]
    public void A_token_without_a_bucket_is_refused()
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Streams": { "live": { "Source": "rtmp" } }, "Cost": { "CloudflareToken": "abcdef" } }""");
        Assert.Equal(
            "Cost.CloudflareToken (spillway.json:1) is set, but Storage.Bucket is not: there is no bucket to read about.",
            Assert.Single(folder.Load().Errors)
        );
    }

    private static string Json(string endpoint, string cost) =>
        $$"""
            { {{Bucket.Replace("ENDPOINT", endpoint, StringComparison.Ordinal)}}
              "Streams": { "live": { "Source": "rtmp" } }, "Cost": { {{cost}} } }
            """;
}
