using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Storage;

/// <summary>A bucket of a real S3 server, as seen without credentials.</summary>
public sealed class S3ConformanceTests : ObjectStoreConformance
{
    /// <summary>Ceph answers 500 to some who lose; who gets no clear answer reads and sees.</summary>
    private protected override IReadOnlyCollection<PutStatus> LosersOfARace => [PutStatus.PreconditionFailed, PutStatus.Unknown];

    private protected override async Task<StoreUnderTest> OpenAsync()
    {
        var (options, bucket) = await CephBucketStore.CreateAsync();
        var store = new S3ObjectStore(options, TimeProvider.System);
        return new StoreUnderTest(
            store,
            $"{bucket.PublicUrl}/events/summer%20party",
            () =>
            {
                store.Dispose();
                return default;
            }
        );
    }
}

/// <summary>The same bucket through a proxy that refuses what R2 refuses.</summary>
public sealed class StrictS3ConformanceTests : ObjectStoreConformance
{
    /// <summary>Ceph answers 500 to some who lose; who gets no clear answer reads and sees.</summary>
    private protected override IReadOnlyCollection<PutStatus> LosersOfARace => [PutStatus.PreconditionFailed, PutStatus.Unknown];

    private protected override async Task<StoreUnderTest> OpenAsync()
    {
        var (options, bucket) = await CephBucketStore.CreateAsync();
        var proxy = await FaultProxy.StartAsync(new Uri(options.Endpoint));
        proxy.StrictAsR2 = true;
        options.Endpoint = proxy.Address.ToString();
        var store = new S3ObjectStore(options, TimeProvider.System);
        return new StoreUnderTest(
            store,
            $"{bucket.PublicUrl}/events/summer%20party",
            async () =>
            {
                store.Dispose();
                await proxy.DisposeAsync();
            }
        );
    }
}
