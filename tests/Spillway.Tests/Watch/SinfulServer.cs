using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Spillway.Tests.Watch;

/// <summary>One answer of a <see cref="SinfulServer"/>, to be spoilt.</summary>
internal sealed class Exchange
{
    public const string Playlist = "application/vnd.apple.mpegurl";

    /// <summary>The rendition's, 0 or 1; null: the multivariant playlist.</summary>
    public int? Rendition { get; init; }

    /// <summary>A segment's number; null: a playlist.</summary>
    public int? Segment { get; init; }

    /// <summary>How many segments the show has by now.</summary>
    public int Count { get; init; }

    public bool IsMedia => Rendition is not null && Segment is null;
    public int Status { get; set; } = 200;
    public string Text { get; set; } = "";
    public byte[] Body { get; set; } = [];
    public string Type { get; set; } = Playlist;
    public Dictionary<string, string> Headers { get; } =
        new(StringComparer.Ordinal) { ["Access-Control-Allow-Origin"] = "*", ["Cache-Control"] = "max-age=1" };

    /// <summary>Of media playlists only.</summary>
    public void Replace(string old, string with)
    {
        if (IsMedia)
            Text = Text.Replace(old, with, StringComparison.Ordinal);
    }
}

/// <summary>
/// A real web server with as many live streams as there are names: each begins with its first request and lists one more segment of 1 s
/// each second. What is asked for under a name goes through that name's sin.
/// </summary>
internal sealed class SinfulServer : IAsyncDisposable
{
    public const int Window = 4;
    private const int FirstNumber = 100;

    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    private readonly IReadOnlyDictionary<string, Action<Exchange>> _sins;
    private readonly IReadOnlySet<string> _pairs;
    private readonly IReadOnlyList<byte[]> _segments;
    private readonly ConcurrentDictionary<string, Stopwatch> _began = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private SinfulServer(
        IReadOnlyDictionary<string, Action<Exchange>> sins,
        IReadOnlySet<string> pairs,
        IReadOnlyList<byte[]> segments
    )
    {
        (_sins, _pairs, _segments) = (sins, pairs, segments);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <param name="sins">By name.</param>
    /// <param name="pairs">Those with two renditions; the others have one.</param>
    /// <param name="segments">One second each.</param>
    public static async Task<SinfulServer> StartAsync(
        IReadOnlyDictionary<string, Action<Exchange>> sins,
        IReadOnlySet<string> pairs,
        IReadOnlyList<byte[]> segments
    )
    {
        var server = new SinfulServer(sins, pairs, segments);
        await server._app.StartAsync();
        return server;
    }

    public Uri At(string name) => new($"{_app.Urls.First()}/{name}/playlist.m3u8");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        var clock = _began.GetOrAdd(path[0], static _ => Stopwatch.StartNew());
        var count = Math.Min(Window + (int)clock.Elapsed.TotalSeconds, _segments.Count);
        var exchange = path switch
        {
            [var name, "playlist.m3u8"] => new Exchange { Count = count, Text = Multivariant(_pairs.Contains(name)) },
            [_, var rendition, "playlist.m3u8"] => new Exchange
            {
                Count = count,
                Rendition = rendition[^1] - '0',
                Text = Media(count),
            },
            [_, var rendition, var segment] when Number(segment) is { } number => OfSegment(count, rendition, number),
            _ => new Exchange { Status = 404 },
        };
        _sins[path[0]](exchange);
        context.Response.StatusCode = exchange.Status;
        context.Response.ContentType = exchange.Type;
        foreach (var (name, value) in exchange.Headers)
            context.Response.Headers[name] = value;
        var body = exchange.Segment is null ? Encoding.UTF8.GetBytes(exchange.Text) : exchange.Body;
        context.Response.ContentLength ??= body.Length;
        await context.Response.Body.WriteAsync(body);
        // A body that is shorter than said cannot end in good order.
        if (context.Response.ContentLength > body.Length)
        {
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }

    private Exchange OfSegment(int count, string rendition, int number)
    {
        var exchange = new Exchange
        {
            Count = count,
            Rendition = rendition[^1] - '0',
            Segment = number,
            Type = "video/mp2t",
            Body = _segments[number],
        };
        exchange.Headers["Cache-Control"] = "max-age=31536000";
        return exchange;
    }

    private static int? Number(string name) =>
        int.TryParse(name.AsSpan(1, Math.Max(0, name.IndexOf('.', StringComparison.Ordinal) - 1)), out var number)
            ? number
            : null;

    private static string Multivariant(bool isPair) =>
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n" + Variant(0) + (isPair ? Variant(1) : "");

    private static string Variant(int index) =>
        "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS=\"avc1.42c00c,mp4a.40.2\",RESOLUTION=320x180,FRAME-RATE=25.000\n"
        + $"v{index}/playlist.m3u8\n";

    public static string Media(int count)
    {
        var first = count - Window;
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:1\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"#EXT-X-MEDIA-SEQUENCE:{FirstNumber + first}\n#EXT-X-DISCONTINUITY-SEQUENCE:5\n"
        );
        for (var number = first; number < count; number++)
            text.Append(
                    CultureInfo.InvariantCulture,
                    $"#EXT-X-PROGRAM-DATE-TIME:{s_start.AddSeconds(number):yyyy-MM-ddTHH:mm:ss.fffZ}\n"
                )
                .Append(CultureInfo.InvariantCulture, $"#EXTINF:1.000,\ns{number}.ts\n");
        return text.ToString();
    }
}
