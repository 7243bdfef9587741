using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Spillway.Storage;

/// <summary>
/// A bucket of any S3 store, set up for Cloudflare R2, the narrowest: whole signed bodies (no chunks, no trailers), no ACLs,
/// no retries of the SDK's own. The caller's token says how long an attempt may take.
/// </summary>
internal sealed partial class S3ObjectStore : IObjectStore, IDisposable
{
    /// <summary>S3's limit for one DeleteObjects.</summary>
    private const int DeleteBatch = 1000;

    /// <summary>Bytes set aside for a body because its header says so.</summary>
    private const int MaxGuess = 64 * 1024 * 1024;

    /// <summary>An attempt whose caller set no limit ends some time, too.</summary>
    private static readonly TimeSpan DefaultCeiling = TimeSpan.FromSeconds(100);

    /// <summary>R2 takes one write a second to one key; the tenth is for clocks that differ.</summary>
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1.1);

    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeSpan _ceiling;
    private readonly StoreClock _clock;
    private readonly S3Transport _transport;
    private readonly S3HttpClientFactory _http;
    private readonly AmazonS3Client _client;
    private readonly string _prefix;

    /// <param name="ceiling">The longest that one attempt may take, whatever the caller's token says; null: 100 s.</param>
    /// <exception cref="ArgumentException">The endpoint is no http address, or the prefix is none.</exception>
    public S3ObjectStore(StorageOptions options, TimeProvider time, TimeSpan? ceiling = null)
    {
        if (
            !Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttps && endpoint.Scheme != Uri.UriSchemeHttp)
        )
            throw new ArgumentException(
                $"Storage:Endpoint '{options.Endpoint}' is no address such as https://ACCOUNT.r2.cloudflarestorage.com.",
                nameof(options)
            );
        var prefix = options.Prefix.Trim('/');
        if (prefix.Length > 0 && ObjectKey.Problem(prefix) is { } problem)
            throw new ArgumentException($"Storage:Prefix '{options.Prefix}' cannot be used: {problem}.", nameof(options));

        _options = options;
        _time = time;
        _ceiling = ceiling ?? DefaultCeiling;
        _prefix = prefix.Length == 0 ? "" : prefix + "/";
        _clock = new StoreClock(time);
        _transport = new S3Transport(_clock, time);
        _http = new S3HttpClientFactory(_transport);
        _client = new AmazonS3Client(
            new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey),
            new AmazonS3Config
            {
                ServiceURL = endpoint.ToString(),
                AuthenticationRegion = options.Region,
                // Everybody but Amazon has buckets in the path, and a bucket's own host name needs DNS and a certificate.
                ForcePathStyle = !endpoint.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase),
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
                DisableS3ExpressSessionAuth = true,
                IgnoreConfiguredEndpointUrls = true,
                DefaultConfigurationMode = DefaultConfigurationMode.Standard,
                RetryMode = RequestRetryMode.Standard,
                MaxErrorRetry = 0,
                MaxStaleConnectionRetries = 0,
                HttpClientFactory = _http,
            }
        );
    }

    public DateTimeOffset Now => _clock.Now;

    /// <summary>Writes, tries both conditions unless <see cref="StorageOptions.SingleWriter"/>, reads and deletes a small object.</summary>
    /// <returns>What is wrong, or null.</returns>
    public Task<StoreFault?> CheckAsync(CancellationToken cancellationToken) =>
        StoreProbe.RunAsync(this, _options.SingleWriter, BetweenWrites, _time, cancellationToken);

    public async Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    )
    {
        ObjectKey.Check(headers);
        var request = new PutObjectRequest
        {
            BucketName = _options.Bucket,
            Key = FullKey(key),
            InputStream = StreamOf(body),
            ContentType = headers.ContentType,
            // A body that was cut on its way is refused by the store.
            MD5Digest = Md5Of(body),
            UseChunkEncoding = false,
            DisableDefaultChecksumValidation = true,
            IfMatch = _transport.IsCeph ? condition.IfMatch?.Trim('"') : condition.IfMatch,
            IfNoneMatch = condition.IfNoneMatch ? "*" : null,
        };
        request.Headers.CacheControl = headers.CacheControl;
        using var limit = Limit(cancellationToken);
        try
        {
            var response = await _client.PutObjectAsync(request, limit.Token);
            return string.IsNullOrEmpty(response.ETag)
                ? new PutResult(PutStatus.Unknown, null, S3Failure.NoETag(_options).Fault)
                : new PutResult(PutStatus.Stored, response.ETag, null);
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            // What the caller cancelled is no failure of the store.
            cancellationToken.ThrowIfCancellationRequested();
            var failure = S3Failure.Of(exception, _options);
            var status = failure.Verdict switch
            {
                // Amazon says NoSuchKey to an If-Match for a key that is not there; others say 412.
                S3Verdict.Condition or S3Verdict.Missing => PutStatus.PreconditionFailed,
                S3Verdict.Refused => PutStatus.Refused,
                _ => PutStatus.Unknown,
            };
            return new PutResult(status, null, failure.Fault);
        }
    }

    public async Task<GetResult> GetAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = FullKey(key) };
        using var limit = Limit(cancellationToken);
        try
        {
            using var response = await _client.GetObjectAsync(request, limit.Token);
            if (string.IsNullOrEmpty(response.ETag))
                return new GetResult(GetStatus.Unknown, null, S3Failure.NoETag(_options).Fault);
            using var body = new MemoryStream((int)Math.Clamp(response.ContentLength, 0, MaxGuess));
            await response.ResponseStream.CopyToAsync(body, limit.Token);
            var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
            return new GetResult(GetStatus.Found, new StoredObject(bytes, response.ETag, Utc(response.LastModified)), null);
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            // What the caller cancelled is no failure of the store.
            cancellationToken.ThrowIfCancellationRequested();
            var failure = S3Failure.Of(exception, _options);
            return failure.Verdict switch
            {
                S3Verdict.Missing => new GetResult(GetStatus.Missing, null, null),
                S3Verdict.Unknown => new GetResult(GetStatus.Unknown, null, failure.Fault),
                _ => new GetResult(GetStatus.Refused, null, failure.Fault),
            };
        }
    }

    /// <summary>Names that are no keys of ours (<see cref="ObjectKey"/>), such as other tools' folder marks, are left out.</summary>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = _prefix + prefix };
        do
        {
            var page = await CallAsync(token => _client.ListObjectsV2Async(request, token), cancellationToken);
            foreach (var entry in page.S3Objects ?? [])
            {
                var key = entry.Key[_prefix.Length..];
                if (ObjectKey.Problem(key) is null)
                    yield return new ObjectEntry(key, entry.Size ?? 0, Utc(entry.LastModified));
            }
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        } while (request.ContinuationToken is not null);
    }

    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var batch in keys.Select(FullKey).Chunk(DeleteBatch).ToList())
        {
            var request = new DeleteObjectsRequest
            {
                BucketName = _options.Bucket,
                Objects = [.. batch.Select(key => new KeyVersion { Key = key })],
                Quiet = true,
            };
            await CallAsync(token => _client.DeleteObjectsAsync(request, token), cancellationToken);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        try
        {
            return await call(limit.Token);
        }
        catch (DeleteObjectsException exception) when (exception.Response.DeleteErrors is [var first, ..] errors)
        {
            throw new ObjectStoreException(
                new StoreFault(
                    first.Code == "AccessDenied" ? StoreFaultKind.Denied : StoreFaultKind.Other,
                    $"{errors.Count} objects were not deleted; '{first.Key}': {first.Code} {first.Message}".TrimEnd() + ".",
                    $"Give the key Storage:AccessKeyId leave to delete objects in '{_options.Bucket}'."
                )
            );
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            // What the caller cancelled is no failure of the store.
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectStoreException(S3Failure.Of(exception, _options).Fault);
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_ceiling);
        return limit;
    }

    private string FullKey(string key)
    {
        ObjectKey.Check(_prefix + key);
        return _prefix + key;
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "S3's Content-MD5.")]
    private static string Md5Of(ReadOnlyMemory<byte> body) => Convert.ToBase64String(MD5.HashData(body.Span));

    private static DateTimeOffset Utc(DateTime? time) => new(time?.ToUniversalTime() ?? DateTime.UnixEpoch);
}
