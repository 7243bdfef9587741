using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Amazon.Runtime;

namespace Spillway.Storage;

/// <summary>The SDK's requests on connections of our own: pooled, without <c>Expect: 100-continue</c>, with the store's dates read.</summary>
internal sealed class S3Transport(StoreClock clock, TimeProvider time)
    : DelegatingHandler(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Shorter than what servers keep open, so that a request seldom meets a connection that is just being closed.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // DNS may change.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // A store has no use of our traces' ids.
            ActivityHeadersPropagator = null,
        }
    )
{
    private volatile bool _isCeph;

    /// <summary>
    /// The store is Ceph's gateway, as the form of its request ids tells. Before release 17 it compares a PUT's If-Match, quotes
    /// and all, with the bare ETag, so that only a bare one ever matches; later ones take both. Others may want the quotes that
    /// <see href="https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3">RFC 9110</see> asks for.
    /// </summary>
    public bool IsCeph => _isCeph;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // R2 has no 100-continue, and Ceph's next request on the connection can break.
        request.Headers.ExpectContinue = false;
        if (request.Method == HttpMethod.Post && request.Content is { Headers.ContentMD5: null } content)
            content.Headers.ContentMD5 = await Md5Async(content, cancellationToken);
        var start = time.GetTimestamp();
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.Date is { } date)
            clock.Observe(date, time.GetElapsedTime(start));
        if (response.Headers.TryGetValues("x-amz-request-id", out var ids))
            _isCeph = ids.First().StartsWith("tx0000", StringComparison.Ordinal);
        return response;
    }

    /// <summary>DeleteObjects needs a digest; the SDK sends a CRC only, which not every store takes for one.</summary>
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "S3's Content-MD5.")]
    private static async Task<byte[]> Md5Async(HttpContent content, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(cancellationToken);
        return MD5.HashData(await content.ReadAsByteArrayAsync(cancellationToken));
    }
}

/// <summary>Gives the SDK one client for everything. How long a request may take is decided by its cancellation token.</summary>
internal sealed class S3HttpClientFactory(S3Transport transport) : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(transport) { Timeout = Timeout.InfiniteTimeSpan };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();
}
