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
        var options = ceph.Storage(bucket);
        options.Prefix = "events/summer party";
        return (options, bucket);
    }

    /// <summary>The same place behind something else, as a <see cref="FaultProxy"/>.</summary>
    public static StorageOptions Through(this StorageOptions options, Uri endpoint) =>
        new()
        {
            Endpoint = endpoint.ToString(),
            Bucket = options.Bucket,
            Prefix = options.Prefix,
            AccessKeyId = options.AccessKeyId,
            SecretAccessKey = options.SecretAccessKey,
            PublicUrl = options.PublicUrl,
        };
}
