using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Cost;
using Spillway.Storage;

namespace Spillway.Tests.Cost;

/// <summary>Against a server of our own that answers in the form of Cloudflare's GraphQL analytics.</summary>
public sealed class CloudflareUsageTests : IAsyncLifetime
{
    private const string Token = "cf-token-0123456789";
    private const string Account = "0123456789abcdef0123456789abcdef";
    private const string Zone = "fedcba9876543210fedcba9876543210";

    private const string Recorded = """
        {"data":{"viewer":{"accounts":[{
          "month":[
            {"dimensions":{"actionType":"PutObject","responseStatusCode":200},"sum":{"requests":41000,"responseObjectSize":0}},
            {"dimensions":{"actionType":"PutObject","responseStatusCode":412},"sum":{"requests":3,"responseObjectSize":0}},
            {"dimensions":{"actionType":"ListObjects","responseStatusCode":200},"sum":{"requests":40,"responseObjectSize":0}},
            {"dimensions":{"actionType":"GetObject","responseStatusCode":200},"sum":{"requests":90000,"responseObjectSize":7000000000}},
            {"dimensions":{"actionType":"DeleteObject","responseStatusCode":204},"sum":{"requests":12,"responseObjectSize":0}}],
          "recent":[
            {"dimensions":{"actionType":"PutObject","responseStatusCode":200},"sum":{"requests":4285,"responseObjectSize":0}},
            {"dimensions":{"actionType":"ListObjects","responseStatusCode":200},"sum":{"requests":4,"responseObjectSize":0}},
            {"dimensions":{"actionType":"GetObject","responseStatusCode":200},"sum":{"requests":4572,"responseObjectSize":"39026349961"}},
            {"dimensions":{"actionType":"HeadObject","responseStatusCode":404},"sum":{"requests":7,"responseObjectSize":0}},
            {"dimensions":{"actionType":"PutObject","responseStatusCode":403},"sum":{"requests":99,"responseObjectSize":0}}]}],
          "zones":[{"edge":[
            {"count":555038,"dimensions":{"cacheStatus":"hit"},"sum":{"edgeResponseBytes":38000000000}},
            {"count":4572,"dimensions":{"cacheStatus":"miss"},"sum":{"edgeResponseBytes":1026349961}}]}]}},"errors":null}
        """;

    private readonly ConcurrentQueue<(string? Authorization, string Query)> _asked = [];
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));
    private WebApplication _server = null!;
    private (int Status, string Body) _answer = (200, Recorded);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var question = await JsonDocument.ParseAsync(context.Request.Body);
            _asked.Enqueue((context.Request.Headers.Authorization, question.RootElement.GetProperty("query").GetString()!));
            context.Response.StatusCode = _answer.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_answer.Body);
        });
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_the_bucket_and_the_edge_did_is_read()
    {
        using var usage = await StartAsync(onAirSince: new DateTimeOffset(2026, 11, 23, 19, 5, 1, TimeSpan.Zero));
        var reading = await ReadingAsync(usage);

        Assert.Null(reading.Fault);
        Assert.Equal(_time.GetUtcNow(), reading.ReadAt);
        Assert.Equal((41_043, 90_000, 12), (reading.Month!.ClassA, reading.Month.ClassB, reading.Month.Free));
        Assert.Null(reading.Month.Edge);
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), reading.Month.From);
        // The refused are not billed.
        Assert.Equal((4_289, 4_579), (reading.Recent!.ClassA, reading.Recent.ClassB));
        Assert.Equal(39_026_349_961, reading.Recent.StoreBytes);
        Assert.Equal(new EdgeUsage(559_610, 39_026_349_961, 555_038, 38_000_000_000), reading.Recent.Edge);

        var (authorization, query) = Assert.Single(_asked);
        Assert.Equal($"Bearer {Token}", authorization);
        foreach (
            var part in (string[])
                [
                    $"accountTag: \"{Account}\"",
                    "bucketName: \"eu_tv\"",
                    "datetime_geq: \"2026-11-01T00:00:00Z\"",
                    "datetime_geq: \"2026-11-23T19:05:01Z\", datetime_lt: \"2026-11-23T20:00:00Z\", requestSource: \"eyeball\"",
                    $"zoneTag: \"{Zone}\"",
                    "clientRequestHTTPHost: \"cdn.example.org\"",
                ]
        )
            Assert.Contains(part, query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_asked_once_in_five_minutes()
    {
        using var usage = await StartAsync();
        await ReadingAsync(usage);
        _time.Advance(TimeSpan.FromSeconds(299));
        await Task.Yield();
        Assert.Single(_asked);
        var first = usage.Reading;
        _time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => !ReferenceEquals(usage.Reading, first), "it is read again");
        Assert.Equal(2, _asked.Count);
        // With nothing on air: the last day, which is all that a free zone answers for.
        Assert.Equal(TimeSpan.FromDays(1), usage.Reading!.Recent!.Until - usage.Reading.Recent.From);
    }

    [Theory]
    [InlineData(
        200,
        """{"data":null,"errors":[{"message":"not authorized for that account","path":["viewer"]}]}""",
        "refused the token: not authorized for that account. Cost.CloudflareToken needs"
    )]
    [InlineData(
        403,
        """{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}""",
        "refused the token: Authentication error. Cost.CloudflareToken needs"
    )]
    [InlineData(
        400,
        """{"success":false,"errors":[{"code":6003,"message":"Invalid request headers"}]}""",
        "say: Invalid request headers."
    )]
    [InlineData(401, "", "refused the token (status 401)")]
    [InlineData(
        200,
        """{"data":{"viewer":{"accounts":[]}}}""",
        "nothing about this account: look at Storage.Endpoint and Cost.CloudflareAccount"
    )]
    [InlineData(
        200,
        """{"data":null,"errors":[{"message":"unknown field \"r2OperationsAdaptiveGroups\""}]}""",
        "analytics say: unknown field"
    )]
    [InlineData(429, "too many", "asked too often")]
    [InlineData(502, "<html>", "answered with status 502")]
    [InlineData(200, "<html>", "is no JSON")]
    [InlineData(200, "[1]", "is not what was asked for")]
    [InlineData(302, "", "answered with status 302")]
    public async Task A_refusal_is_a_fault_with_its_remedy(int status, string body, string said)
    {
        _answer = (status, body);
        using var usage = await StartAsync();
        var reading = await ReadingAsync(usage);
        Assert.Contains(said, reading.Fault, StringComparison.Ordinal);
        Assert.Null(reading.Month);
        Assert.DoesNotContain(Token, reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_zone_leaves_the_bucket()
    {
        _answer = (
            200,
            """{"data":{"viewer":{"accounts":[{"month":[],"recent":[]}],"zones":null}},"errors":[{"message":"zone fedc… does not have access to the path"}]}"""
        );
        using var usage = await StartAsync();
        var reading = await ReadingAsync(usage);
        Assert.Equal(0, reading.Month!.ClassA);
        Assert.Null(reading.Recent!.Edge);
        Assert.Contains("does not have access to the path", reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failure_the_older_answer_stays_with_the_fault()
    {
        using var usage = await StartAsync();
        var first = await ReadingAsync(usage);
        _answer = (500, "");
        _time.Advance(CloudflareUsage.Interval);
        await Until.TrueAsync(() => usage.Reading!.Fault is not null, "the failure is known");
        Assert.Equal(first with { Fault = usage.Reading!.Fault }, usage.Reading);
        _answer = (200, Recorded);
        _time.Advance(CloudflareUsage.Interval);
        await Until.TrueAsync(() => usage.Reading.Fault is null, "it is read again");
        Assert.Equal(_time.GetUtcNow(), usage.Reading!.ReadAt);
    }

    [Fact]
    public async Task Nobody_there_is_a_fault()
    {
        await _server.StopAsync(TestContext.Current.CancellationToken);
        using var usage = await StartAsync();
        Assert.Contains("cannot be reached (ConnectionError)", (await ReadingAsync(usage)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://0123456789ABCDEF0123456789ABCDEF.r2.cloudflarestorage.com", "", Account, "tv")]
    [InlineData("https://x.eu.r2.cloudflarestorage.com", Account, Account, "eu_tv")]
    [InlineData("http://127.0.0.1:9000", Account, Account, "tv")]
    public void The_account_is_the_endpoint_s_or_what_is_set(string endpoint, string account, string expected, string bucket)
    {
        var found = CloudflareBucket.Of(
            new CostOptions { CloudflareToken = Token, CloudflareAccount = account },
            new StorageOptions { Endpoint = endpoint, Bucket = "tv" }
        );
        Assert.Equal((expected, bucket, null), (found!.Account, found.Bucket, found.Zone));
    }

    [Theory]
    [InlineData("20261123T190501Z-7f3a", true)]
    [InlineData("somewhen", false)]
    public void A_broadcast_s_id_tells_when_it_began(string id, bool isKnown) =>
        Assert.Equal(isKnown ? new DateTimeOffset(2026, 11, 23, 19, 5, 1, TimeSpan.Zero) : null, CostServices.Begin(id));

    private async Task<CloudflareUsage> StartAsync(DateTimeOffset? onAirSince = null)
    {
        var options = new CostOptions { CloudflareToken = Token, CloudflareZone = Zone };
        var storage = new StorageOptions
        {
            Endpoint = $"https://{Account}.eu.r2.cloudflarestorage.com",
            Bucket = "tv",
            PublicUrl = "https://cdn.example.org",
        };
        var usage = new CloudflareUsage(
            CloudflareBucket.Of(options, storage)!,
            Token,
            new Uri($"{_server.Urls.First()}/client/v4/graphql"),
            () => onAirSince,
            _time,
            NullLogger<CloudflareUsage>.Instance
        );
        await usage.StartAsync(TestContext.Current.CancellationToken);
        return usage;
    }

    private static async Task<StoreReading> ReadingAsync(CloudflareUsage usage)
    {
        await Until.TrueAsync(() => usage.Reading is not null, "it has been read");
        return usage.Reading!;
    }
}
