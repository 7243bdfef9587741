using Microsoft.AspNetCore.Http;
using Spillway.Checks;
using Spillway.Configuration;
using Spillway.EndToEnd.Servers;
using Spillway.Hooks;
using Spillway.Storage;
using Spillway.Tests.Sources.Hls;
using Spillway.TestSupport;
using Spillway.Timeline;

namespace Spillway.Tests.Security;

/// <summary>
/// <c>spillway check</c> with secrets that can be recognized, over a store, an edge, a source and a public address that all go wrong in
/// each of the ways there are: neither the text nor the JSON nor what it says meanwhile has one of them.
/// </summary>
public sealed class SecretsInCheckTests
{
    private static readonly CheckLimits s_limits = new()
    {
        Answer = TimeSpan.FromSeconds(1),
        Part = TimeSpan.FromSeconds(4),
        BetweenWrites = TimeSpan.Zero,
        SourcePlaylist = TimeSpan.FromSeconds(0.3),
        Source = TimeSpan.FromSeconds(1.5),
    };

    private readonly Said _said = new();

    /// <summary>What stands at the other end of every address: each repeats what it was sent, as far as it says anything.</summary>
    public static TheoryData<string> Ends =>
        [
            "refuses",
            "no such bucket",
            "garbage",
            "breaks off",
            "redirects",
            "fails",
            "is empty",
            "lies in headers",
            "lists badly",
        ];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Whatever_answers_no_secret_is_said(string end)
    {
        await using var all = await TestOrigin.StartAsync();
        all["*"] = context => AnswerAsync(context, end);
        var found = await RunAsync(all.Root, "/hls/live.m3u8");
        Assert.True(found.Trouble().Count >= 3, found.ToString());
        // The store's key and the source's token have really been sent.
        Assert.Contains(all.Requests, request => request.Contains(Secrets.SourceToken, StringComparison.Ordinal));
        _said.AssertWithout(Secrets.All);
    }

    [Fact]
    public async Task Where_nobody_answers_no_secret_is_said()
    {
        var dead = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var found = await RunAsync(dead, "/hls/live.m3u8");
        Assert.True(found.Trouble().Count >= 3, found.ToString());
        _said.AssertWithout(Secrets.All);
    }

    [Fact]
    public async Task Of_a_source_that_lists_secrets_none_is_said()
    {
        await using var all = await TestOrigin.StartAsync();
        all["*"] = static context => AnswerAsync(context, "refuses");
        all["/hls/live.m3u8"] = static c =>
            c.Response.WriteAsync(
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
                    + $"#EXTINF:1,\ns0.ts?t={Secrets.SegmentToken}\n#EXTINF:1,\nhttp://u:{Secrets.SourcePassword}@169.254.169.254/s1.ts?t={Secrets.SegmentToken}\n"
                    + $"#EXT-X-KEY:METHOD=AES-128,URI=\"k?t={Secrets.SegmentToken}\"\n#EXTINF:1,\ns2.ts?t={Secrets.SegmentToken}\n"
            );
        await RunAsync(all.Root, "/hls/live.m3u8");
        Assert.Contains(all.Requests, request => request.Contains(Secrets.SegmentToken, StringComparison.Ordinal));
        _said.AssertWithout(Secrets.All);
    }

    private async Task<Checked> RunAsync(Uri end, string path)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"spillway-never-{Guid.NewGuid():n}");
        var source = new UriBuilder(new Uri(end, path))
        {
            UserName = "operator",
            Password = Secrets.SourcePassword,
            Query = $"token={Secrets.SourceToken}",
        };
        var options = new SpillwayOptions
        {
            Data = folder,
            Server = new ServerOptions
            {
                Port = end.Port,
                EdgePort = 0,
                PublicUrl = end.ToString().TrimEnd('/'),
            },
            Storage = new StorageOptions
            {
                Endpoint = end.ToString(),
                Bucket = "shows",
                AccessKeyId = Secrets.KeyId,
                SecretAccessKey = Secrets.Key,
                PublicUrl = end.ToString().TrimEnd('/'),
            },
        };
        options.Admin.Token = Secrets.Admin;
        options.Cost.CloudflareToken = Secrets.Cloudflare;
        options.Tracker.Stun = [];
        options.Hooks["ops"] = new HookOptions
        {
            Url = new Uri(end, $"/{Secrets.HookPath}?x={Secrets.HookPath}").ToString(),
            Secret = Secrets.HookSecret,
        };
        options.Streams["live"] = new StreamOptions { Source = source.Uri.ToString(), Fallback = source.Uri.ToString() };
        options.Streams["pushed"] = new StreamOptions { Source = StreamOptions.Push, Key = Secrets.PushKey };
        options.Streams["cam"] = new StreamOptions { Source = StreamOptions.Rtmp, Key = Secrets.RtmpKey };
        var found = await Checked.RunAsync(options, fix: true, limits: s_limits);
        _said.Say("text", CheckText.Of(found.Findings));
        _said.Say("json", CheckReport.Of(found.Findings, TimeSpan.FromSeconds(1)));
        foreach (var line in found.Said)
            _said.Say("meanwhile", line);
        return found;
    }

    private static async Task AnswerAsync(HttpContext context, string end)
    {
        var (request, response) = (context.Request, context.Response);
        var repeated =
            $"You sent {request.Headers.Authorization} to {request.Path}{request.QueryString} and may not know {Secrets.Key} of {Secrets.KeyId}";
        switch (end)
        {
            case "refuses":
                response.StatusCode = 403;
                response.ContentType = "application/xml";
                await response.WriteAsync(
                    $"<Error><Code>AccessDenied</Code><Message>{repeated}</Message><AWSAccessKeyId>{Secrets.KeyId}</AWSAccessKeyId></Error>"
                );
                break;
            case "no such bucket":
                response.StatusCode = 404;
                await response.WriteAsync($"<Error><Code>NoSuchBucket</Code><Message>{repeated}</Message></Error>");
                break;
            case "garbage":
                await response.WriteAsync(repeated);
                break;
            case "breaks off":
                context.Abort();
                break;
            case "redirects":
                response.Redirect($"http://operator:{Secrets.SourcePassword}@10.255.255.1/x.m3u8?token={Secrets.SourceToken}");
                break;
            case "fails":
                response.StatusCode = 500;
                await response.WriteAsync($"<Error><Code>InternalError</Code><Message>{repeated}</Message></Error>");
                break;
            case "lists badly":
                await response.WriteAsync(
                    $"#EXTM3U\n#EXT-X-TARGETDURATION:1\nhttp://u:{Secrets.SourcePassword}@h/s3.ts?t={Secrets.SegmentToken}\n"
                );
                break;
            case "lies in headers":
                response.StatusCode = 400;
                response.Headers.Server = $"store {Secrets.KeyId} {Secrets.Key}";
                response.Headers["x-amz-request-id"] = Secrets.Key;
                break;
        }
    }
}
