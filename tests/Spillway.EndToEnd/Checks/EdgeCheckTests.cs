using Amazon.S3.Model;
using Spillway.Checks;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Checks;

/// <summary>The host in front of a real bucket: nginx as <c>docs/edge.md</c> says, and with each thing that can be wrong.</summary>
[Collection(Lanes.Servers)]
public sealed class EdgeCheckTests(EdgeFaults faults)
{
    [Fact]
    public async Task A_host_as_the_docs_say_has_no_fault()
    {
        var found = await faults.OfAsync(EdgeFaults.Healthy);
        Assert.Empty(found.Trouble());
        foreach (
            var kind in (FindingKind[])
                [
                    EdgeFindings.Reads,
                    EdgeFindings.Cors,
                    EdgeFindings.Fresh,
                    EdgeFindings.Caches,
                    EdgeFindings.Compresses,
                    StoreFindings.Works,
                ]
        )
            Assert.True(found.Has(kind), $"{kind.Id} is missing:\n{found}");
    }

    [Theory]
    [InlineData("caches-404", "edge.404-cached", "is still answered with 404 afterwards", "status code TTL 0")]
    [InlineData("no-cache", "edge.not-cached", "was read from the store again", "Cache Rule")]
    [InlineData("no-compression", "edge.not-compressed", "came as it is", "Compression Rule")]
    [InlineData("no-cors", "edge.no-cors", "comes without Access-Control-Allow-Origin", "deploy/r2-cors.json")]
    [InlineData("first-cors", "edge.cors-varies", "first asked for without", "Access-Control-Allow-Origin: * at the edge")]
    [InlineData("no-preflight", "edge.preflight", "answered with 405", "deploy/r2-cors.json")]
    [InlineData("stale", "edge.stale", "the old one was still served", "Cache-Control with s-maxage")]
    [InlineData("browser-ttl", "edge.browser-ttl", "arrives with \"max-age=14400\"", "Browser TTL")]
    [InlineData("content-type", "edge.content-type", "arrives without a type", "Content-Type")]
    [InlineData("no-ranges", "edge.no-ranges", "Ten bytes were asked for", "Range")]
    [InlineData("other-bytes", "edge.other-bytes", "other bytes than were stored", "changes what it passes on")]
    [InlineData("listing", "edge.listing", "lists the bucket", "location = /")]
    [InlineData("redirect", "edge.redirects", "elsewhere.example", "Storage.PublicUrl")]
    [InlineData("forbidden", "edge.forbidden", "answered with 403", "anybody read")]
    [InlineData("answers-anything", "edge.elsewhere", "200 before anything was stored", "Storage.PublicUrl")]
    [InlineData("other-bucket", "edge.elsewhere", "answered with 404", "which bucket")]
    [InlineData("breaks", "edge.unreachable", "answered with 520", "Storage.PublicUrl")]
    [InlineData("writable", "edge.writable", "without any key", "right to write")]
    public async Task A_host_with_a_fault_is_found_by_it_and_by_nothing_else(string host, string id, string seen, string remedy)
    {
        var kind = FindingCatalog.All.Single(kind => kind.Id == id);
        (await faults.OfAsync(host)).AssertOnly(kind, null, seen, remedy);
    }

    [Fact]
    public async Task A_host_that_refuses_what_is_missing_is_a_note()
    {
        var found = await faults.OfAsync("no-list");
        Assert.Empty(found.Trouble());
        found.AssertSaid(EdgeFindings.MissingIsForbidden, "403", "s3:ListBucket");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "connection refused")]
    [InlineData("http://nobody.invalid", "DNS")]
    [InlineData("https:", "certificate or TLS is not valid")]
    public async Task A_host_that_cannot_be_reached_is_found(string address, string seen)
    {
        await faults.OfAsync(EdgeFaults.Healthy);
        var healthy = faults.StorageOf(EdgeFaults.Healthy);
        var options = Checked.Options(healthy);
        options.Storage = new Storage.StorageOptions
        {
            Endpoint = healthy.Endpoint,
            Bucket = healthy.Bucket,
            AccessKeyId = healthy.AccessKeyId,
            SecretAccessKey = healthy.SecretAccessKey,
            PublicUrl = address == "https:" ? healthy.PublicUrl.Replace("http:", address, StringComparison.Ordinal) : address,
        };
        (await Checked.RunAsync(options)).AssertOnly(EdgeFindings.Unreachable, "edge", seen, "Storage.PublicUrl");
    }

    [Fact]
    public async Task Where_the_bucket_has_the_rule_and_the_host_drops_it_nothing_is_changed_by_fix()
    {
        await faults.OfAsync("no-cors");
        var found = await Checked.RunAsync(Checked.Options(faults.StorageOf("no-cors")), fix: true);
        found.AssertSaid(StoreFindings.CorsNotMended, "nothing was changed", "at the edge");
        Assert.Empty(found.Said);
    }

    [Fact]
    public async Task No_probe_is_left_in_any_bucket()
    {
        await faults.OfAsync(EdgeFaults.Healthy);
        using var client = (await CephCluster.SharedAsync()).NewClient();
        foreach (var host in (string[])[EdgeFaults.Healthy, "caches-404", "stale", "other-bucket", "writable"])
        {
            var page = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = faults.StorageOf(host).Bucket });
            Assert.DoesNotContain(
                page.S3Objects ?? [],
                static entry => entry.Key.Contains(ProbeObject.Family, StringComparison.Ordinal)
            );
        }
    }
}
