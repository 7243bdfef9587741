using Spillway.Configuration;

namespace Spillway.Storage;

/// <summary>The bucket. With no <see cref="Bucket"/> the embedded store is used.</summary>
internal sealed class StorageOptions
{
    /// <summary>S3 endpoint, such as <c>https://ACCOUNT.r2.cloudflarestorage.com</c>; http and path style work, for test servers.</summary>
    public string Endpoint { get; set; } = "";

    public string Region { get; set; } = "auto";
    public string Bucket { get; set; } = "";

    /// <summary>Put before every key, without slashes at its ends; empty for none.</summary>
    public string Prefix { get; set; } = "";

    [Secret]
    public string AccessKeyId { get; set; } = "";

    [Secret]
    public string SecretAccessKey { get; set; } = "";

    /// <summary>Address of the bucket's root as viewers see it, such as <c>https://cdn.example.org</c>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>For stores without conditional PUT: only one Spillway will ever write.</summary>
    public bool SingleWriter { get; set; }

    /// <summary>Bytes of segments that wait in memory for the store, over all streams; what is beyond goes to the spool.</summary>
    public ByteSize SpoolMemory { get; set; } = ByteSize.OfMegabytes(64);

    /// <summary>
    /// Bytes of segments that wait on disk for the store, below <c>Data</c>, over all streams; 0: none. What is beyond is given up,
    /// the oldest first.
    /// </summary>
    public ByteSize Spool { get; set; } = ByteSize.OfMegabytes(1000);

    /// <summary>For the log: enough to see which bucket and which key, and no more.</summary>
    public override string ToString()
    {
        // Two letters tell keys apart; a short one is shown not at all.
        var key = AccessKeyId.Length >= 8 ? $"{AccessKeyId[..2]}…" : "…";
        var host = Uri.TryCreate(Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Authority : "none";
        var prefix = Prefix.Length == 0 ? "" : $", prefix {Prefix}";
        return $"bucket {Bucket} at host {host}{prefix}, key id {key}, read at {PublicUrl}{(SingleWriter ? ", single writer" : "")}";
    }
}
