using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Storage;

/// <summary>Settings for a bucket of its own on the Ceph of this test run.</summary>
internal static class CephBucketStore
{
    public static async Task<(StorageOptions Options, CephBucket Bucket)> CreateAsync()
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var options = new StorageOptions
        {
            Endpoint = ceph.Endpoint.ToString(),
            Bucket = bucket.Name,
            Prefix = "events/summer party",
            AccessKeyId = ceph.AccessKeyId,
            SecretAccessKey = ceph.SecretAccessKey,
            PublicUrl = bucket.PublicUrl,
        };
        return (options, bucket);
    }
}
