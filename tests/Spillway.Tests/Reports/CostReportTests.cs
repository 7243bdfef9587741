using Spillway.Cost;
using Spillway.Reports;
using Spillway.Storage;

namespace Spillway.Tests.Reports;

public sealed class CostReportTests
{
    [Theory]
    [InlineData("https://0123.r2.cloudflarestorage.com", "Cloudflare R2")]
    [InlineData("https://s3.eu-central-1.amazonaws.com", "Amazon S3")]
    [InlineData("http://127.0.0.1:9000", null)]
    [InlineData("https://r2.cloudflarestorage.com.example.org", null)]
    [InlineData("", null)]
    public void Prices_are_known_by_the_store_s_address_or_not_at_all(string endpoint, string? store) =>
        Assert.Equal(store, PriceList.Builtin.Find(endpoint)?.Name);

    [Fact]
    public void A_small_event_costs_cents_pro_rata_and_nothing_on_a_bill_of_its_own()
    {
        // 40 minutes of 4 s: a segment and a playlist each, 750 MB.
        var cost = CostReport.Of(
            PriceList.Builtin.Stores["r2"],
            OperationReport.Of(new OperationCount(1200, 2, 40, 3, 0)),
            750_000_000
        );
        Assert.True(cost.Estimate);
        Assert.Equal(0.005409, cost.ClassADollars);
        Assert.Equal(0.000014, cost.ClassBDollars);
        Assert.Equal(0.005423, cost.OperationDollars);
        Assert.Equal(0.01125, cost.StorageDollarsAMonth);
        Assert.Equal(0, cost.BilledDollarsIfAlone);
    }

    [Fact]
    public void A_bill_is_rounded_up_after_the_free_tier()
    {
        var count = OperationReport.Of(new OperationCount(1_000_001, 0, 0, 0, 0));
        Assert.Equal(4.5 + 0.015, CostReport.Of(PriceList.Builtin.Stores["r2"], count, 10_000_000_001).BilledDollarsIfAlone);
        // S3 counts each request.
        Assert.Equal(
            5.000005 + 0.23,
            CostReport.Of(PriceList.Builtin.Stores["s3"], count, 10_000_000_001).BilledDollarsIfAlone,
            6
        );
    }
}
