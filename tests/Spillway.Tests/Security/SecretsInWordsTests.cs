using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Cost;
using Spillway.Events;
using Spillway.Hooks;
using Spillway.Tests.Configuration;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Tests.Security;

/// <summary>A server full of secrets that can be recognized, where all goes wrong that can: nothing that it says has one of them.</summary>
public sealed class SecretsInWordsTests
{
    private readonly Said _said = new();

    [Fact]
    public async Task Whatever_goes_wrong_no_secret_is_said()
    {
        await using var bucket = await TestOrigin.StartAsync();
        bucket["*"] = RefuseAndRepeatAsync;
        bucket["/graphql"] = static c =>
            c.Response.WriteAsync($$"""{"errors":[{"message":"{{c.Request.Headers.Authorization}} opens nothing"}]}""");
        await using var source = await TestOrigin.StartAsync();
        await using var hook = await TestOrigin.StartAsync();
        hook["*"] = static c =>
        {
            c.Response.StatusCode = 500;
            return c.Response.WriteAsync(c.Request.Path + c.Request.QueryString.ToString());
        };
        PrepareSource(source);
        await using var server = await StartAsync(bucket, source, hook);
        foreach (var line in ConfigurationSummary.Lines(server.Service<SpillwayOptions>()))
            _said.Say("summary", line);

        await AskForEverythingAsync(server);
        await PushWrongThingsAsync(server);
        await PublishWronglyAsync(server);
        server.Service<EventLog>().Add(EventLevel.Info, "live", EventKinds.OnAir, "as if");
        // Each has happened and was told: what follows is no test of silence.
        await SaidAsync("The store answered 403 AccessDenied");
        await SaidAsync("is private");
        await SaidAsync("What the bucket really did is not known");
        await SaidAsync("HTTP 500");
        await SaidAsync("This is not the stream's key");
        await SaidAsync("is none of an HLS stream's files");
        await SaidAsync("send the admin token");
        await AskForEverythingAsync(server);
        foreach (var told in server.Service<EventLog>().Recent)
            _said.Say("event", told.ToString());
        foreach (var status in server.Service<HookSender>().Status)
            _said.Say("hook", status.ToString());
        _said.AssertWithout(Secrets.All);
    }

    [Theory]
    [InlineData("""{ "Admin": { "Token": ["s3cretAdminToken00"] } }""")]
    [InlineData("""{ "Admin": { "Token": "s3cretAdminToken00 with a space" } }""")]
    [InlineData("""{ "Admin": "s3cretAdminToken00" }""")]
    [InlineData("""{ "Storage": { "SecretAccessKey": { "s3cretSecretAccessKey02": 1 } } }""")]
    [InlineData(
        """{ "Storage": { "Bucket": "b", "AccessKeyId": "s3cretAccessKeyId01", "SecretAccessKey": 7, "Endpoint": "x" } }"""
    )]
    [InlineData(
        """{ "Storage": { "Endpoint": "https://s3cretUser05:s3cretToken06@s3.example.org/?s3cretToken06", "Bucket": "b" } }"""
    )]
    [InlineData("""{ "Streams": { "live": { "Source": "push", "Key": "s3cretPushKey03 !" } } }""")]
    [InlineData("""{ "Streams": { "live": { "Source": "htp://s3cretUser05@h/x?s3cretToken06" } } }""")]
    [InlineData("""{ "Hooks": { "ops": { "Url": "s3cretHookPath07", "Secret": "s3cretHookKey09" } } }""")]
    [InlineData("""{ "Hooks": { "ops": { "Url": "https://h/s3cretHookPath07", "Secret": ["whsec_s3cretHookKey09"] } } }""")]
    public void Of_wrong_settings_no_secret_is_said(string json)
    {
        using var folder = new SettingsFolder();
        var result = folder.Json(json).Load();
        Assert.NotEmpty(result.Errors);
        foreach (var line in result.Errors.Concat(result.Warnings))
            _said.Say("settings", line);
        _said.AssertWithout(["s3cret"]);
    }

    /// <summary>As a store might that means well: its answer repeats what it was sent, and more.</summary>
    private static async Task RefuseAndRepeatAsync(HttpContext context)
    {
        context.Response.StatusCode = 403;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<Error><Code>AccessDenied</Code><Message>You sent {context.Request.Headers.Authorization} and may not know {Secrets.Key}</Message>"
                + $"<AWSAccessKeyId>{Secrets.KeyId}</AWSAccessKeyId></Error>"
        );
    }

    /// <summary>A playlist behind a user and a token, whose segments have tokens of their own and cannot be had.</summary>
    private static void PrepareSource(TestOrigin source)
    {
        source["/hls/live.m3u8"] = c =>
            c.Response.WriteAsync(
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
                    + $"#EXTINF:1,\ns0.ts?t={Secrets.SegmentToken}\n#EXTINF:1,\nhttp://{Secrets.SourceUser}@169.254.169.254/s1.ts?t={Secrets.SegmentToken}\n"
                    + $"#EXT-X-KEY:METHOD=AES-128,URI=\"k?t={Secrets.SegmentToken}\"\n#EXTINF:1,\ns2.ts?t={Secrets.SegmentToken}\n#EXT-X-ENDLIST\n"
            );
        source["/hls/inside.m3u8"] = static c =>
        {
            c.Response.Redirect($"http://{Secrets.SourceUser}@10.255.255.1/x.m3u8?t={Secrets.SegmentToken}");
            return Task.CompletedTask;
        };
        source["/hls/s0.ts"] = static c => c.Response.WriteAsync("no media");
        source["/hls/s2.ts"] = static c => c.Response.WriteAsync("sixteen bytes it");
    }

    private Task<RunningServer> StartAsync(TestOrigin bucket, TestOrigin source, TestOrigin hook) =>
        RunningServer.StartAsync(
            options =>
            {
                options.Admin.Token = Secrets.Admin;
                options.Rtmp.Port = 0;
                options.Storage.Endpoint = bucket.Root.ToString();
                options.Storage.Bucket = "bucket";
                options.Storage.AccessKeyId = Secrets.KeyId;
                options.Storage.SecretAccessKey = Secrets.Key;
                options.Storage.PublicUrl = "https://cdn.example.org";
                var address = new UriBuilder(source.At("/hls/live.m3u8"))
                {
                    UserName = "operator",
                    Password = Secrets.SourceUser,
                    Query = $"token={Secrets.SourceToken}",
                };
                options.Streams["live"].Source = address.Uri.ToString();
                address.Path = "/hls/inside.m3u8";
                options.Streams["inside"] = new StreamOptions { Source = address.Uri.ToString() };
                options.Streams["pushed"] = new StreamOptions { Source = StreamOptions.Push, Key = Secrets.PushKey };
                options.Streams["cam"] = new StreamOptions { Source = StreamOptions.Rtmp, Key = Secrets.RtmpKey };
                options.Hooks["ops"] = new HookOptions
                {
                    Url = hook.At($"/{Secrets.HookPath}?x={Secrets.HookPath}").ToString(),
                    Secret = Secrets.HookSecret,
                    Events = [.. EventKinds.All],
                };
            },
            services =>
            {
                services.AddLogging(logging => logging.AddProvider(_said).AddFilter("Spillway", LogLevel.Trace));
                var cost = new CostOptions { CloudflareToken = Secrets.Cloudflare, CloudflareAccount = new string('a', 32) };
                services.AddHostedService(provider => new CloudflareUsage(
                    CloudflareBucket.Of(cost, provider.GetRequiredService<SpillwayOptions>().Storage)!,
                    Secrets.Cloudflare,
                    bucket.At("/graphql"),
                    static () => null,
                    TimeProvider.System,
                    provider.GetRequiredService<ILogger<CloudflareUsage>>()
                ));
            }
        );

    private async Task AskForEverythingAsync(RunningServer server)
    {
        foreach (
            var path in (string[])
                [
                    "/",
                    "/health",
                    "/health/ready",
                    "/health/live",
                    "/metrics",
                    "/live/playlist.m3u8",
                    "/live/source/playlist.m3u8",
                    "/api/v1",
                    "/api/v1/status",
                    "/api/v1/settings",
                    "/api/v1/events",
                    "/api/v1/streams",
                    "/api/v1/streams/live",
                    "/api/v1/streams/live/audience",
                    "/api/v1/streams/live/window",
                    "/api/v1/streams/live/slate",
                    "/api/v1/streams/live/replays",
                    "/api/v1/streams/live/broadcasts",
                    "/api/v1/streams/nothing/broadcasts",
                    "/tracker/live",
                    "/reports/live",
                    "/dashboard",
                ]
        )
        foreach (var token in (string?[])[null, "wrong", Secrets.Admin])
        {
            await AskAsync(server, HttpMethod.Get, path, token);
            if (path.StartsWith("/api", StringComparison.Ordinal))
                await AskAsync(server, HttpMethod.Post, path, token, "{\"on\": \"" + Secrets.Admin);
        }
    }

    private async Task PushWrongThingsAsync(RunningServer server)
    {
        foreach (var key in (string[])[Secrets.PushKey, Secrets.PushKey + "x", Secrets.RtmpKey])
        foreach (var file in (string[])["a.exe", "stream.m3u8", "s.ts", "..%2fs.ts", ""])
        {
            await AskAsync(server, HttpMethod.Put, $"/ingest/pushed/{key}/{file}", null, "nothing");
            await AskAsync(server, HttpMethod.Put, $"/ingest/pushed/{file}?key={key}", null, "nothing");
            await AskAsync(server, HttpMethod.Put, $"/ingest/pushed/{file}", key, "nothing");
        }
    }

    private static async Task PublishWronglyAsync(RunningServer server)
    {
        foreach (var key in (string[])[Secrets.RtmpKey + "x", Secrets.PushKey])
        {
            using var client = await RtmpClient.ConnectAsync(server.Service<Ports>().Rtmp);
            await client.SendAsync(Client.Hello, Client.Connect(), Client.CreateStream(), Client.Publish(key));
            Assert.Equal("error", (await client.UntilStatusAsync("error")).Level);
        }
    }

    private async Task AskAsync(RunningServer server, HttpMethod method, string path, string? token, string? body = null)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{server.Port}{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body);
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
        // A stream of events does not end.
        var text =
            answer.Content.Headers.ContentType?.MediaType == "text/event-stream"
                ? ""
                : await answer.Content.ReadAsStringAsync(late.Token);
        _said.Say($"{method} {path}", $"{answer} {text}");
    }

    private Task SaidAsync(string words) =>
        Until.TrueAsync(
            () => _said.All.Any(said => said.Text.Contains(words, StringComparison.Ordinal)),
            () => $"\"{words}\" is said:\n{string.Join('\n', _said.All.Select(static said => said.Text))}"
        );
}
