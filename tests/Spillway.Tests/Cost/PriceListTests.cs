using System.Text;
using Spillway.Cost;
using Spillway.Tests.Configuration;

namespace Spillway.Tests.Cost;

public sealed class PriceListTests
{
    private const string Small = """
        {
          "asOf": "2026-12-01", "currency": "USD",
          "server": { "name": "a rented server", "source": "the contract", "gigabyte": 0.002 },
          "stores": { "own": { "name": "Our store", "source": "the contract", "hosts": ["s3.example.org"], "classA": 1, "asOf": "2026-12-02" } },
          "edges": { "own": { "name": "Our edge", "source": "the contract", "gigabyte": 0.003 } },
          "providers": { "own": { "store": "own", "edge": "own" } }, // a comment
        }
        """;

    [Fact]
    public void The_list_in_the_program_is_dated_and_names_its_sources()
    {
        var list = PriceList.Builtin;
        Assert.Equal(["r2", "s3", "b2", "bunny"], list.Providers.Keys);
        Assert.All(list.Stores.Values, static store => Assert.NotEmpty(store.Source));
        Assert.All(list.Edges.Values, static edge => Assert.Equal("2026-11-22", edge.AsOf));
        Assert.Equal(0.09, list.Server.Gigabyte);
    }

    [Theory]
    [InlineData("https://0123.r2.cloudflarestorage.com", "Cloudflare R2")]
    [InlineData("https://0123.eu.r2.cloudflarestorage.com", "Cloudflare R2")]
    [InlineData("https://s3.eu-central-1.amazonaws.com", "Amazon S3")]
    [InlineData("https://s3.us-west-004.backblazeb2.com", "Backblaze B2")]
    [InlineData("http://127.0.0.1:9000", null)]
    [InlineData("https://r2.cloudflarestorage.com.example.org", null)]
    [InlineData("https://evilamazonaws.com", null)]
    [InlineData("", null)]
    public void Prices_are_known_by_the_store_s_address_or_not_at_all(string endpoint, string? store) =>
        Assert.Equal(store, PriceList.Builtin.Find(endpoint)?.Name);

    [Fact]
    public void A_list_of_one_s_own_has_its_own_dates()
    {
        var list = PriceList.Read(Encoding.UTF8.GetBytes(Small), out var problem);
        Assert.Null(problem);
        Assert.Equal("2026-12-02", list!.Find("https://s3.example.org")!.AsOf);
        Assert.Equal("2026-12-01", list.Server.AsOf);
    }

    [Theory]
    [InlineData("\"gigabyte\": 0.002", "\"gigabyte\": -1", "server.gigabyte is -1: it must be 0 or more")]
    [InlineData("\"gigabyte\": 0.002", "\"gigabyte\": \"1\"", "line 3 (server.gigabyte) cannot be read")]
    [InlineData("\"gigabyte\": 0.002", "\"gigabite\": 1", "line 3 (server")]
    [InlineData("\"currency\": \"USD\"", "\"currency\": \"EUR\"", "currency is \"EUR\": prices must be in US dollars")]
    [InlineData("2026-12-01", "1.12.2026", "asOf is \"1.12.2026\": it must be a day such as 2026-11-22")]
    [InlineData("2026-12-02", "soon", "stores.own.asOf is \"soon\"")]
    [InlineData("\"store\": \"own\"", "\"store\": \"r2\"", "providers.own.store is \"r2\", which is not among stores")]
    [InlineData("\"edge\": \"own\"", "\"edge\": \"r2\"", "providers.own.edge is \"r2\", which is not among edges")]
    [InlineData("s3.example.org", "https://s3.example.org", "stores.own.hosts must be names of hosts")]
    [InlineData("\"classA\": 1", "\"classA\": 1e300", "stores.own.classA is 1E+300")]
    [InlineData("\"source\": \"the contract\", \"gigabyte\": 0.003", "\"gigabyte\": 0.003", "cannot be read")]
    [InlineData("\"asOf\": \"2026-12-01\", ", "", "cannot be read")]
    [InlineData("{\n  \"asOf\"", "[\n  \"asOf\"", "line 1 cannot be read")]
    public void What_is_wrong_in_a_list_is_said_with_its_place(string right, string wrong, string said)
    {
        Assert.Contains(right, Small, StringComparison.Ordinal);
        var text = Small.Replace(right, wrong, StringComparison.Ordinal);
        Assert.Null(PriceList.Read(Encoding.UTF8.GetBytes(text), out var problem));
        Assert.Contains(said, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_names_another_list()
    {
        using var folder = new SettingsFolder();
        folder
            .Write("own.json", "\uFEFF" + Small)
            .Json("""{ "Streams": { "live": { "Source": "rtmp" } }, "Cost": { "Prices": "own.json" } }""");
        Assert.Equal("Our edge", folder.Options().Cost.List.Edges["own"].Name);
    }

    [Theory]
    [InlineData(null, "Cost.Prices (spillway.json:1) is \"own.json\", but there is no such file.")]
    [InlineData("{}", "Cost.Prices (spillway.json:1) is \"own.json\", but line 1 cannot be read:")]
    public void A_list_that_cannot_be_used_is_a_wrong_setting(string? text, string said)
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Streams": { "live": { "Source": "rtmp" } }, "Cost": { "Prices": "own.json" } }""");
        if (text is not null)
            folder.Write("own.json", text);
        Assert.StartsWith(said, Assert.Single(folder.Load().Errors), StringComparison.Ordinal);
    }
}
