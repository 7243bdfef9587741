using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>
/// Reads over HTTP: redirects, gzip, time-outs for the whole answer, no more bytes than the limit, and from nowhere that
/// <see cref="SourceReach"/> forbids.
/// </summary>
internal sealed class HttpUpstream : IUpstream, IDisposable
{
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public HttpUpstream(TimeProvider time, SourceReach reach)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            MaxAutomaticRedirections = 5,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = reach.ConnectAsync,
            // What one host sets would be shown to the next.
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Spillway", null));
    }

    public bool MayBeStale => true;

    public TimeSpan ReadAgainAfter { get; } = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// A neighbour on this machine is asked often; others as
    /// <see href="https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis#section-6.3.4">6.3.4</see> says.
    /// </summary>
    public TimeSpan PollInterval(Uri location, TimeSpan target, bool changed)
    {
        if (location.IsLoopback)
            return TimeSpan.FromMilliseconds(Math.Max(250, target.TotalMilliseconds / 8));
        return changed ? target : target / 2;
    }

    public Task<Fetched> ReadPlaylistAsync(Uri location, TimeSpan timeout, CancellationToken ct) =>
        ReadAsync(location, range: null, UpstreamLimits.Playlist, timeout, timeout, ct);

    public Task<Fetched> ReadKeyAsync(Uri location, TimeSpan timeout, CancellationToken ct) =>
        ReadAsync(location, range: null, UpstreamLimits.Key, timeout, timeout, ct);

    public Task<Fetched> ReadSegmentAsync(
        Uri location,
        ByteRange? range,
        TimeSpan timeout,
        TimeSpan silence,
        CancellationToken ct
    ) =>
        range is { } r && (r.Length > UpstreamLimits.Segment || r.Length <= 0 || r.Offset < 0)
            ? Task.FromResult(Fetched.TooLarge(UpstreamLimits.Segment))
            : ReadAsync(location, range, UpstreamLimits.Segment, timeout, silence, ct);

    public void Dispose() => _client.Dispose();

    private async Task<Fetched> ReadAsync(
        Uri location,
        ByteRange? range,
        long limit,
        TimeSpan timeout,
        TimeSpan silence,
        CancellationToken ct
    )
    {
        var began = _time.GetTimestamp();
        using var late = new CancellationTokenSource(silence < timeout ? silence : timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, location);
            if (range is { } r)
                request.Headers.Range = new RangeHeaderValue(r.Offset, r.Offset + r.Length - 1);
            if (location.UserInfo.Length > 0)
                request.Headers.Authorization = Basic(location.UserInfo);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Refusal(response, range) ?? await ReadBodyAsync(response, range, limit, Came, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var waited = _time.GetElapsedTime(began);
            return Fetched.Failed(
                waited < timeout
                    ? $"nothing came for {silence.TotalSeconds:0} s"
                    : $"no whole answer within {timeout.TotalSeconds:0} s"
            );
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or NotSupportedException)
        {
            return Fetched.Failed(Describe(e));
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException or InvalidOperationException)
        {
            // The handler follows a redirect to file: or data: until it finds that there is no host to ask.
            return Fetched.Failed("it redirects to an address that is none of HTTP");
        }

        void Came()
        {
            var left = timeout - _time.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
                late.CancelAfter(silence < left ? silence : left);
        }
    }

    private static Fetched? Refusal(HttpResponseMessage response, ByteRange? range)
    {
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return Fetched.NotFound($"HTTP {(int)response.StatusCode}");
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            return range is { } r && response.Content.Headers.ContentRange?.From == r.Offset
                ? null
                : Fetched.Failed("HTTP 206 with another range than was asked for");
        }
        return response.StatusCode == HttpStatusCode.OK ? null : Fetched.Failed($"HTTP {(int)response.StatusCode}");
    }

    private static async Task<Fetched> ReadBodyAsync(
        HttpResponseMessage response,
        ByteRange? range,
        long limit,
        Action came,
        CancellationToken ct
    )
    {
        // A server without ranges answers 200 with everything: the bytes before the range are read and thrown away.
        var skip = range is { } r && response.StatusCode == HttpStatusCode.OK ? r.Offset : 0;
        var most = range?.Length ?? limit;
        var declared = response.Content.Headers.ContentLength;
        if (range is null && declared > limit)
            return Fetched.TooLarge(limit);

        await using var body = await response.Content.ReadAsStreamAsync(ct);
        if (skip > 0 && !await SkipAsync(body, skip, came, ct))
            return Fetched.Failed("the resource ends before the listed range does");
        var bytes = new byte[(int)Math.Min(most, range is null ? declared ?? 64 << 10 : most)];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (range is not null)
                    break;
                // One byte more than the limit is enough to know that it is too much.
                Array.Resize(ref bytes, (int)Math.Min(most + 1, Math.Max(bytes.Length + 1L, bytes.Length * 2L)));
            }
            var count = await body.ReadAsync(bytes.AsMemory(length), ct);
            if (count == 0)
                break;
            came();
            length += count;
            if (length > most)
                return Fetched.TooLarge(limit);
        }
        if (range is not null && length < most)
            return Fetched.Failed("the resource ends before the listed range does");
        Array.Resize(ref bytes, length);
        return Fetched.Whole(bytes, response.RequestMessage!.RequestUri!);
    }

    private static async Task<bool> SkipAsync(Stream body, long skip, Action came, CancellationToken ct)
    {
        var scratch = new byte[64 << 10];
        while (skip > 0)
        {
            var count = await body.ReadAsync(scratch.AsMemory(0, (int)Math.Min(skip, scratch.Length)), ct);
            if (count == 0)
                return false;
            came();
            skip -= count;
        }
        return true;
    }

    private static AuthenticationHeaderValue Basic(string userInfo) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(userInfo))));

    /// <summary>Own words: the framework's may quote the whole URL, and with it a token.</summary>
    private static string Describe(Exception e) =>
        (e as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "the host name is not known",
            HttpRequestError.ConnectionError => e.InnerException switch
            {
                PrivateAddressException refused => refused.Message,
                SocketException s => $"no connection ({s.SocketErrorCode})",
                _ => "no connection",
            },
            HttpRequestError.SecureConnectionError => "no secure connection: is the certificate valid?",
            _ when e is InvalidDataException => "the compressed answer is damaged",
            _ => "the connection broke off or the answer is not HTTP",
        };
}
