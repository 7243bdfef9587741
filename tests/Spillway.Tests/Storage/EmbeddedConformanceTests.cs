namespace Spillway.Tests.Storage;

/// <summary>The embedded store, as seen through its edge.</summary>
public sealed class EmbeddedConformanceTests : ObjectStoreConformance
{
    private protected override async Task<StoreUnderTest> OpenAsync()
    {
        var host = await EmbeddedHost.StartAsync();
        return new StoreUnderTest(host.Store, host.Url, host.DisposeAsync);
    }
}
