using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Spillway.Checks;

/// <summary>Reads through the public address as browsers do; never throws for what the other side does.</summary>
/// <param name="root">Address of the store's prefix, ending in a slash.</param>
/// <param name="patience">For one whole answer.</param>
internal sealed class EdgeReader(Uri root, TimeSpan patience) : IDisposable
{
    /// <summary>Bytes of a body that are kept; nothing that is asked for has more.</summary>
    private const int MostKept = 256 * 1024;

    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            // Viewers have none, or another one.
            UseProxy = false,
            ConnectTimeout = patience,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Uri Root => root;

    public Uri At(string key) => new(root, key);

    public Task<EdgeAnswer> GetAsync(
        string key,
        CancellationToken cancellationToken,
        params (string Name, string Value)[] headers
    ) => SendAsync(HttpMethod.Get, At(key), null, headers, cancellationToken);

    public async Task<EdgeAnswer> SendAsync(
        HttpMethod method,
        Uri address,
        byte[]? body,
        (string Name, string Value)[] headers,
        CancellationToken cancellationToken
    )
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        // Some hosts refuse who does not say what it is.
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (compatible; Spillway check)");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            await using var content = await response.Content.ReadAsStreamAsync(late.Token);
            var kept = new byte[MostKept];
            var length = await content.ReadAtLeastAsync(kept, kept.Length, throwOnEndOfStream: false, late.Token);
            return new EdgeAnswer((int)response.StatusCode, HeadersOf(response), kept[..length], null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return EdgeAnswer.Failed($"no answer within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException)
        {
            return EdgeAnswer.Failed(Describe(exception));
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Why there was no answer, without the address.</summary>
    public static string Describe(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                return "its host name has no address (DNS)";
            if (inner is AuthenticationException tls)
                return $"its certificate or TLS is not valid: {tls.Message.TrimEnd('.')}";
            if (inner is SocketException socket)
                return socket.SocketErrorCode switch
                {
                    SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                        "its host name has no address (DNS)",
                    SocketError.ConnectionRefused => "nothing listens there (connection refused)",
                    var code => $"no connection ({code})",
                };
        }
        return "the connection broke off, or what answers does not speak HTTP";
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (HttpHeaders[])[response.Headers, response.Content.Headers])
        foreach (var (name, values) in part.NonValidated)
            headers[name] = string.Join(", ", values);
        return headers;
    }
}

/// <param name="Status">0: there was no answer.</param>
/// <param name="Headers">By name, in any case of letters.</param>
/// <param name="Body">As it came, compressed or not; its first 256 KiB.</param>
/// <param name="Problem">Why there was none; null when there was.</param>
internal sealed record EdgeAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, string? Problem)
{
    /// <summary>What caches say of themselves, by what is common among them.</summary>
    private static readonly string[] CacheHeaders =
    [
        "cf-cache-status",
        "x-cache",
        "x-cache-status",
        "cdn-cache",
        "cache-status",
        "age",
    ];

    public bool IsOk => Status == 200;

    /// <summary>The embedded edge says of what is missing that it may be there in a second, which hardly another server does.</summary>
    public bool IsEmbeddedMissing => Status == 404 && Header("cache-control") == "no-store";

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Such as <c>CF-Cache-Status: DYNAMIC</c>; null: nobody says anything.</summary>
    public string? CacheStatus =>
        CacheHeaders.Where(Headers.ContainsKey).Select(name => $"{name}: {Shown(Headers[name])}").ToArray()
            is { Length: > 0 } said
            ? string.Join(", ", said)
            : null;

    /// <summary>What came, in words.</summary>
    public string Words => Problem ?? $"{Status}";

    public static EdgeAnswer Failed(string problem) => new(0, new Dictionary<string, string>(), [], problem);

    private static string Shown(string value) => Configuration.Shown.Name(value);
}
