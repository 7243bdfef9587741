using Amazon.S3;
using Amazon.S3.Model;
using Spillway.Checks;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

/// <summary>What keeps pages from reading, and <c>--fix</c>, on a real gateway.</summary>
public sealed class CorsCheckTests : IAsyncLifetime
{
    private StorageOptions _options = null!;
    private CephBucket _bucket = null!;
    private AmazonS3Client _client = null!;

    public async ValueTask InitializeAsync()
    {
        (_options, _bucket) = await CephBucketStore.CreateAsync();
        _options.Prefix = "";
        _client = (await CephCluster.SharedAsync()).NewClient();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }

    [Fact]
    public async Task The_rule_is_that_of_deploy_and_of_the_buckets_of_all_tests()
    {
        var tested = CephCluster.Cors;
        Assert.Equal(tested.AllowedOrigins, CorsRepair.Rule.AllowedOrigins);
        Assert.Equal(tested.AllowedMethods, CorsRepair.Rule.AllowedMethods);
        Assert.Equal(tested.AllowedHeaders, CorsRepair.Rule.AllowedHeaders);
        Assert.Equal(tested.ExposeHeaders, CorsRepair.Rule.ExposeHeaders);
        Assert.Equal(tested.MaxAgeSeconds, CorsRepair.Rule.MaxAgeSeconds);
        var found = await RunAsync(fix: false);
        Assert.True(found.Has(EdgeFindings.Cors), $"{found}");
    }

    [Fact]
    public async Task No_CORS_is_found_and_fixed_once()
    {
        await SetAsync([]);
        var before = await RunAsync(fix: false);
        before.AssertSaid(
            EdgeFindings.NoCors,
            "http://localhost:0 comes without Access-Control-Allow-Origin",
            "deploy/r2-cors.json"
        );
        Assert.False(before.Has(EdgeFindings.NoPreflight));
        Assert.Empty(before.Said);

        var fixing = await RunAsync(fix: true);
        fixing.AssertSaid(StoreFindings.CorsMended, "has 1 CORS rules now, and a preflight through the edge is answered now");
        Assert.False(fixing.Has(EdgeFindings.NoCors));
        Assert.Contains($"adding a CORS rule to the bucket {_bucket.Name}", Assert.Single(fixing.Said), StringComparison.Ordinal);

        var after = await RunAsync(fix: true);
        Assert.True(after.Has(EdgeFindings.Cors), $"{after}");
        Assert.Empty(after.Said);
        Assert.Single(await RulesAsync());
    }

    [Fact]
    public async Task A_rule_of_others_stays_when_ours_is_added()
    {
        var theirs = new CORSRule
        {
            AllowedOrigins = ["https://their-page.example"],
            AllowedMethods = ["PUT"],
            AllowedHeaders = ["*"],
            MaxAgeSeconds = 17,
        };
        await SetAsync([theirs]);
        var found = await RunAsync(fix: true);
        found.AssertSaid(StoreFindings.CorsMended, "has 2 CORS rules");
        Assert.Contains("Rules it has already, which stay: 1.", Assert.Single(found.Said), StringComparison.Ordinal);
        var rules = await RulesAsync();
        Assert.Equal(2, rules.Count);
        Assert.Contains(rules, static rule => rule is { AllowedOrigins: ["https://their-page.example"], MaxAgeSeconds: 17 });
        Assert.Contains(rules, static rule => rule is { AllowedOrigins: ["*"], MaxAgeSeconds: 86400 });
    }

    [Fact]
    public async Task A_rule_for_one_page_lets_no_other_read()
    {
        await SetAsync([new CORSRule { AllowedOrigins = ["https://one-page.example"], AllowedMethods = ["GET"] }]);
        (await RunAsync(fix: false)).AssertSaid(EdgeFindings.NoCors, "http://localhost:0", "check --fix");
    }

    [Fact]
    public async Task A_key_that_may_not_change_rules_is_told_of()
    {
        await SetAsync([]);
        await using var proxy = await FaultProxy.StartAsync(new Uri(_options.Endpoint));
        proxy.Rule = static request =>
            request.Target.EndsWith("?cors", StringComparison.Ordinal) ? new ProxyFault.Answer(403, "AccessDenied") : null;
        _options.Endpoint = proxy.Address.ToString();
        var found = await RunAsync(fix: true);
        found.AssertSaid(StoreFindings.CorsNotMended, "AccessDenied", "Admin Read & Write");
        Assert.True(found.Has(EdgeFindings.NoCors));
        Assert.Empty(found.Said);
    }

    private Task<Checked> RunAsync(bool fix) => Checked.RunAsync(Checked.Options(_options), fix);

    private async Task SetAsync(List<CORSRule> rules)
    {
        if (rules.Count == 0)
            await _client.DeleteCORSConfigurationAsync(_bucket.Name);
        else
            await _client.PutCORSConfigurationAsync(
                new PutCORSConfigurationRequest
                {
                    BucketName = _bucket.Name,
                    Configuration = new CORSConfiguration { Rules = rules },
                }
            );
    }

    private async Task<IReadOnlyList<CORSRule>> RulesAsync() =>
        (await _client.GetCORSConfigurationAsync(_bucket.Name)).Configuration.Rules;
}
