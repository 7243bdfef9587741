using System.Globalization;
using System.Net.Http.Headers;

namespace Spillway.Cost;

/// <summary>
/// Reads from Cloudflare, once in five minutes, what the bucket and its edge really did. Nothing waits for it, and nothing fails with it.
/// </summary>
internal sealed partial class CloudflareUsage : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Public, as in Cloudflare's documentation.</summary>
    public static readonly Uri Address = new("https://api.cloudflare.com/client/v4/graphql");

    private const int MostBytes = 4_000_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly CloudflareBucket _bucket;
    private readonly string _token;
    private readonly Uri _address;
    private readonly Func<DateTimeOffset?> _onAirSince;
    private readonly TimeProvider _time;
    private readonly ILogger<CloudflareUsage> _logger;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        MaxResponseContentBufferSize = MostBytes,
        Timeout = s_patience,
    };

    private StoreReading? _reading;

    /// <param name="token">Is sent to <paramref name="address"/> and nowhere else.</param>
    /// <param name="onAirSince">Begin of the oldest broadcast that is on air; null: none is.</param>
    public CloudflareUsage(
        CloudflareBucket bucket,
        string token,
        Uri address,
        Func<DateTimeOffset?> onAirSince,
        TimeProvider time,
        ILogger<CloudflareUsage> logger
    )
    {
        (_bucket, _token, _address, _onAirSince, _time, _logger) = (bucket, token, address, onAirSince, time, logger);
    }

    /// <summary>What is known now; null until the first answer has come.</summary>
    public StoreReading? Reading => Volatile.Read(ref _reading);

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Take(await ReadAsync(stoppingToken));
                await Task.Delay(Interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private void Take(StoreReading now)
    {
        var before = _reading;
        if (now.Fault is { } fault && fault != before?.Fault)
            LogFault(fault);
        if (now.Fault is null && before?.Fault is not null)
            LogBack();
        // What an earlier attempt has brought is better than nothing, and says how old it is.
        Volatile.Write(ref _reading, now.ReadAt is null && before is not null ? before with { Fault = now.Fault } : now);
    }

    private async Task<StoreReading> ReadAsync(CancellationToken cancellationToken)
    {
        var until = _time.GetUtcNow();
        var month = new DateTimeOffset(until.Year, until.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var day = until - CloudflareQuery.LongestOfZone;
        var recent = _onAirSince() is { } since && since > day ? since : day;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            request.Content = new ByteArrayContent(CloudflareQuery.Body(_bucket, month, recent, until));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var answer = CloudflareAnswer.Read((int)response.StatusCode, body, _bucket.Zone is not null, month, recent, until);
            // Its errors are shown in its own words, which may repeat what it was sent.
            return answer.Fault is { } fault
                ? answer with
                {
                    Fault = fault.Replace(_token, "…", StringComparison.OrdinalIgnoreCase),
                }
                : answer;
        }
        catch (HttpRequestException exception)
        {
            var why = exception.HttpRequestError.ToString();
            return CloudflareAnswer.Fault($"Cloudflare's analytics cannot be reached ({why}). They are tried again.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CloudflareAnswer.Fault(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cloudflare's analytics did not answer within {s_patience.TotalSeconds:0} s. They are tried again."
                )
            );
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "What the bucket really did is not known: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(2, LogLevel.Information, "What the bucket really did is read from Cloudflare again")]
    private partial void LogBack();
}
