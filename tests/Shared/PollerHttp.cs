using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Tests;

/// <summary>Requests as a player in a browser makes them, anonymous and with an origin; no answer is a value.</summary>
internal sealed class PollerHttp(HttpClient client)
{
    public const string Origin = "https://viewer.test";

    /// <summary>In the form of EXT-X-BYTERANGE.</summary>
    public const string OneByte = "1@0";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private int _busy;

    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    public async Task<Fetch> PlaylistAsync(string url, ViewerClock clock)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new("gzip"));
        var answer = await SendAsync(request, clock);
        return new()
        {
            Url = url,
            RequestedAt = answer.RequestedAt,
            ReceivedAt = answer.ReceivedAt,
            Status = answer.Status,
            Headers = answer.Headers,
            Body = IsGzip(answer) ? Unzip(answer.Body) : answer.Body,
            Origin = Origin,
            AcceptedGzip = true,
            Redirected = answer.Redirected,
        };
    }

    /// <param name="playlistUrl">The playlist that lists it.</param>
    /// <param name="segment">As listed.</param>
    /// <param name="url">Its own address, or that of its initialization section.</param>
    /// <param name="range"><c>length@offset</c>, or null for the whole.</param>
    /// <param name="clock">Of the poller.</param>
    /// <returns>A range that came as it should has status 200 and its bytes as body, except for <see cref="OneByte"/>.</returns>
    public async Task<SegmentFetch> SegmentAsync(
        string playlistUrl,
        ListedSegment segment,
        string url,
        string? range,
        ViewerClock clock
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var length = 0L;
        if (range?.Split('@') is [var size, var offset])
        {
            length = long.Parse(size, CultureInfo.InvariantCulture);
            var from = long.Parse(offset, CultureInfo.InvariantCulture);
            request.Headers.Range = new RangeHeaderValue(from, from + length - 1);
        }

        var answer = await SendAsync(request, clock);
        var isProbe = range == OneByte;
        return new()
        {
            PlaylistUrl = playlistUrl,
            Number = segment.Number,
            Url = url,
            RequestedAt = answer.RequestedAt,
            ReceivedAt = answer.ReceivedAt,
            Status = answer.Status == 206 && !isProbe && answer.Body.Length == length ? 200 : answer.Status,
            Headers = answer.Headers,
            Body = isProbe || answer.Status is not (200 or 206) ? null : answer.Body,
            Origin = Origin,
            Redirected = answer.Redirected,
        };
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request, ViewerClock clock)
    {
        request.Headers.Add("Origin", Origin);
        var asked = request.RequestUri;
        var requested = clock.Elapsed;
        using var timeout = new CancellationTokenSource(Timeout);
        Interlocked.Increment(ref _busy);
        try
        {
            using var response = await client.SendAsync(request, timeout.Token);
            var body = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            var headers = response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value), StringComparer.OrdinalIgnoreCase);
            var isRedirected = response.RequestMessage?.RequestUri != asked || (int)response.StatusCode is >= 300 and < 400;
            return new((int)response.StatusCode, headers, body, requested, clock.Elapsed, isRedirected);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            return new(0, null, [], requested, clock.Elapsed, false);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    private static bool IsGzip(Answer answer) =>
        answer.Headers is { } headers && headers.TryGetValue("Content-Encoding", out var encoding) && encoding == "gzip";

    private static byte[] Unzip(byte[] body)
    {
        using var output = new MemoryStream();
        using (var input = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
            input.CopyTo(output);
        return output.ToArray();
    }

    private sealed record Answer(
        int Status,
        Dictionary<string, string>? Headers,
        byte[] Body,
        TimeSpan RequestedAt,
        TimeSpan ReceivedAt,
        bool Redirected
    );
}
