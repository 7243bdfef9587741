using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>Bodies and headers that the storage tests share.</summary>
internal static class TestObjects
{
    public static readonly ObjectHeaders Text = new("text/plain", "max-age=7");
    public static readonly ObjectHeaders Segment = new("video/mp2t", "max-age=31536000, immutable");

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Random(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        return body;
    }

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "S3's ETag is an MD5.")]
    public static string ETagOf(byte[] body) => $"\"{Convert.ToHexStringLower(MD5.HashData(body))}\"";

    /// <summary>Stores what must be storable.</summary>
    public static async Task<string> StoreAsync(
        this IObjectStore store,
        string key,
        byte[] body,
        ObjectHeaders? headers = null,
        PutCondition condition = default
    )
    {
        var put = await store.PutAsync(key, body, headers ?? Text, condition, TestContext.Current.CancellationToken);
        Assert.True(put.Status == PutStatus.Stored, $"{key}: {put.Status} {put.Fault}");
        Assert.Null(put.Fault);
        return put.ETag!;
    }

    public static async Task<StoredObject> FindAsync(this IObjectStore store, string key)
    {
        var get = await store.GetAsync(key, TestContext.Current.CancellationToken);
        Assert.True(get.Status == GetStatus.Found, $"{key}: {get.Status} {get.Fault}");
        return get.Object!;
    }

    public static Task<GetResult> LookAsync(this IObjectStore store, string key) =>
        store.GetAsync(key, TestContext.Current.CancellationToken);

    public static async Task<List<ObjectEntry>> ListAllAsync(this IObjectStore store, string prefix)
    {
        var entries = new List<ObjectEntry>();
        await foreach (var entry in store.ListAsync(prefix, TestContext.Current.CancellationToken))
            entries.Add(entry);
        return entries;
    }

    public static Task RemoveAsync(this IObjectStore store, params string[] keys) =>
        store.DeleteAsync(keys, TestContext.Current.CancellationToken);
}
