using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>Requests as a player in a browser makes them, anonymous; no answer is a value, and none may be endless.</summary>
/// <param name="client">Without automatic decompression.</param>
/// <param name="origin">The page that a browser would play on; null: none is sent, and CORS is not judged.</param>
/// <param name="patience">For a whole answer.</param>
internal sealed class PollerHttp(HttpClient client, string? origin, TimeSpan patience)
{
    /// <summary>In the form of EXT-X-BYTERANGE.</summary>
    public const string OneByte = "1@0";

    private const int LongestPlaylist = 8_000_000;
    private const int LongestSegment = 128_000_000;

    private int _busy;

    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    public PollerTally Tally { get; } = new();

    public async Task<Fetch> PlaylistAsync(string url, ViewerClock clock)
    {
        var answer = await SendAsync(url, null, PollerAsk.Playlist, clock);
        var (body, problem) = IsGzip(answer) ? Unzip(answer.Body) : (answer.Body, answer.Problem);
        return new()
        {
            Url = url,
            RequestedAt = answer.RequestedAt,
            ReceivedAt = answer.ReceivedAt,
            Status = problem is null ? answer.Status : 0,
            Problem = problem,
            Headers = answer.Headers,
            Body = body,
            Origin = origin,
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
        var length = 0L;
        RangeHeaderValue? asked = null;
        if (
            range?.Split('@') is [var size, var offset]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && length > 0
        )
            asked = new RangeHeaderValue(from, from + length - 1);
        var isProbe = range == OneByte;
        var answer = await SendAsync(url, asked, isProbe ? PollerAsk.Probe : PollerAsk.Segment, clock);
        return new()
        {
            PlaylistUrl = playlistUrl,
            Number = segment.Number,
            Url = url,
            RequestedAt = answer.RequestedAt,
            ReceivedAt = answer.ReceivedAt,
            Status = answer.Status == 206 && !isProbe && answer.Body.Length == length ? 200 : answer.Status,
            Problem = answer.Problem,
            Headers = answer.Headers,
            Body = isProbe || answer.Status is not (200 or 206) ? null : answer.Body,
            Origin = origin,
            Redirected = answer.Redirected,
        };
    }

    private async Task<Answer> SendAsync(string url, RangeHeaderValue? range, PollerAsk what, ViewerClock clock)
    {
        var longest = what == PollerAsk.Playlist ? LongestPlaylist : LongestSegment;
        var requested = clock.Elapsed;
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var asked)
            || (asked.Scheme != Uri.UriSchemeHttp && asked.Scheme != Uri.UriSchemeHttps)
        )
            return new(0, null, [], requested, clock.Elapsed, false, "that is no http address");
        using var request = new HttpRequestMessage(HttpMethod.Get, asked);
        request.Headers.Range = range;
        if (what == PollerAsk.Playlist)
            request.Headers.AcceptEncoding.Add(new("gzip"));
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var timeout = new CancellationTokenSource(patience);
        Interlocked.Increment(ref _busy);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var headers = response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value), StringComparer.OrdinalIgnoreCase);
            var body = await ReadAsync(response.Content, longest, timeout.Token);
            var status = body is null ? 0 : (int)response.StatusCode;
            var isRedirected = response.RequestMessage?.RequestUri != asked || (int)response.StatusCode is >= 300 and < 400;
            Tally.Count(what, status, body?.Length ?? 0, headers);
            return new(
                status,
                headers,
                body ?? [],
                requested,
                clock.Elapsed,
                isRedirected,
                body is null ? $"more than {longest / 1_000_000} MB came" : null
            );
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            Tally.Count(what, 0, 0, null);
            return new(0, null, [], requested, clock.Elapsed, false, Words(fault));
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    /// <returns>Null: it is too long.</returns>
    private static async Task<byte[]?> ReadAsync(HttpContent content, int longest, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > longest)
            return null;
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream((int)(content.Headers.ContentLength ?? 0));
        var buffer = new byte[81_920];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > longest)
                return null;
            body.Write(buffer, 0, read);
        }
        return body.Length == body.Capacity ? body.GetBuffer() : body.ToArray();
    }

    private string Words(Exception fault) =>
        fault switch
        {
            OperationCanceledException => string.Create(
                CultureInfo.InvariantCulture,
                $"no whole answer within {patience.TotalSeconds:0.#} s"
            ),
            HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } => $"{error}",
            HttpIOException { HttpRequestError: var error } => $"{error}",
            _ => fault.GetType().Name,
        };

    private static bool IsGzip(Answer answer) =>
        answer.Headers is { } headers && headers.TryGetValue("Content-Encoding", out var encoding) && encoding == "gzip";

    private static (byte[] Body, string? Problem) Unzip(byte[] body)
    {
        try
        {
            using var output = new MemoryStream();
            using var input = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            var buffer = new byte[81_920];
            while (input.Read(buffer) is > 0 and var read)
            {
                if (output.Length + read > LongestPlaylist)
                    return ([], $"more than {LongestPlaylist / 1_000_000} MB came");
                output.Write(buffer, 0, read);
            }
            return (output.ToArray(), null);
        }
        catch (InvalidDataException)
        {
            return ([], "its gzip is damaged");
        }
    }

    private sealed record Answer(
        int Status,
        Dictionary<string, string>? Headers,
        byte[] Body,
        TimeSpan RequestedAt,
        TimeSpan ReceivedAt,
        bool Redirected,
        string? Problem
    );
}
