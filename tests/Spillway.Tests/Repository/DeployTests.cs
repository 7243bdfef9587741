using System.Net;
using System.Text.Json;
using Amazon.S3.Model;
using Spillway.TestSupport;

namespace Spillway.Tests.Repository;

/// <summary>What <c>deploy/</c> gives operators to paste is tried.</summary>
public sealed class DeployTests
{
    /// <summary>What the player, the P2P engine and hls.js send and read across origins.</summary>
    [Fact]
    public void The_CORS_policy_is_what_the_tests_buckets_have_and_lets_players_work()
    {
        var rule = Assert.Single(Rules());
        var tested = CephCluster.Cors;
        Assert.Equal(tested.AllowedOrigins, rule.AllowedOrigins);
        Assert.Equal(tested.AllowedMethods, rule.AllowedMethods);
        Assert.Equal(tested.AllowedHeaders, rule.AllowedHeaders);
        Assert.Equal(tested.ExposeHeaders, rule.ExposeHeaders);
        Assert.Equal(tested.MaxAgeSeconds, rule.MaxAgeSeconds);
        // Cloudflare R2 does not take "*" here.
        Assert.DoesNotContain("*", rule.AllowedHeaders);
    }

    [Fact]
    public async Task A_bucket_with_it_answers_a_player_s_preflight()
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"{bucket.PublicUrl}/live/player.json");
        preflight.Headers.Add("Origin", "https://page.example");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "range,cache-control");
        using var answer = await http.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(
            answer.Headers.GetValues("Access-Control-Allow-Origin").Single(),
            (string[])["*", "https://page.example"]
        );
        Assert.Contains(
            "range",
            answer.Headers.GetValues("Access-Control-Allow-Headers").Single(),
            StringComparison.OrdinalIgnoreCase
        );
    }

    /// <summary>No parser of YAML is at hand: what counts is that each address of Spillway's goes to Spillway.</summary>
    [Theory]
    [InlineData("/live/playlist.m3u8", 3000)]
    [InlineData("/tracker/live", 3000)]
    [InlineData("/reports/live", 3000)]
    [InlineData("/health", 3000)]
    [InlineData("/api/v1/streams/live/slate", 3000)]
    [InlineData("/watch/live", 3000)]
    [InlineData("/dashboard", 3000)]
    [InlineData("/hls/stream.m3u8", 3000)]
    [InlineData("/hls/0/stream-1234-5.ts", 8080)]
    [InlineData("/", 8080)]
    [InlineData("/liveliness", 8080)]
    public void The_tunnel_leads_each_address_to_the_right_server(string path, int port)
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "deploy", "cloudflared.yml"))
            .Select(static line => line.Trim())
            .ToList();
        var rules = new List<(string? Pattern, string Service)>();
        string? pattern = null;
        foreach (var line in lines.SkipWhile(static line => line != "ingress:"))
        {
            if (line.StartsWith("path: ", StringComparison.Ordinal))
                pattern = line["path: ".Length..];
            var at = line.IndexOf("service: ", StringComparison.Ordinal);
            if (line.StartsWith('#') || at < 0)
                continue;
            rules.Add((pattern, line[(at + "service: ".Length)..]));
            pattern = null;
        }
        // cloudflared takes the first that matches, and insists on a last one for all.
        Assert.Equal((null, "http_status:404"), rules[^1]);
        var first = rules.First(rule => rule.Pattern is null || System.Text.RegularExpressions.Regex.IsMatch(path, rule.Pattern));
        Assert.Equal($"http://127.0.0.1:{port}", first.Service);
    }

    private static List<CORSRule> Rules()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "deploy", "r2-cors.json")));
        return
        [
            .. json
                .RootElement.EnumerateArray()
                .Select(static rule => new CORSRule
                {
                    AllowedOrigins = Texts(rule, nameof(CORSRule.AllowedOrigins)),
                    AllowedMethods = Texts(rule, nameof(CORSRule.AllowedMethods)),
                    AllowedHeaders = Texts(rule, nameof(CORSRule.AllowedHeaders)),
                    ExposeHeaders = Texts(rule, nameof(CORSRule.ExposeHeaders)),
                    MaxAgeSeconds = rule.GetProperty(nameof(CORSRule.MaxAgeSeconds)).GetInt32(),
                }),
        ];

        static List<string> Texts(JsonElement rule, string name) =>
            [.. rule.GetProperty(name).EnumerateArray().Select(static item => item.GetString()!)];
    }
}
