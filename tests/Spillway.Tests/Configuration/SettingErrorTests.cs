using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

/// <summary>Each mistake in the file, with the exact sentence it gives. The file's other settings are right.</summary>
public sealed class SettingErrorTests
{
    private static readonly ServeSettings s_source = new() { Source = "http://127.0.0.1:8080/hls/stream.m3u8" };

    public static TheoryData<string, string> WrongTypes =>
        new()
        {
            {
                """{ "Server": { "Port": "abc" } }""",
                """Server.Port (spillway.json:1) is "abc": it must be a whole number from 0 to 65535."""
            },
            {
                """{ "Server": { "Port": "3000" } }""",
                """Server.Port (spillway.json:1) is "3000": it must be a whole number from 0 to 65535, without quotes."""
            },
            {
                "{\n  // comment\n  \"Server\": {\n    \"Port\": 65536,\n  },\n}",
                "Server.Port (spillway.json:4) is 65536: it must be a whole number from 0 to 65535."
            },
            {
                """{ "Server": { "EdgePort": -1 } }""",
                "Server.EdgePort (spillway.json:1) is -1: it must be a whole number from 0 to 65535."
            },
            {
                """{ "Server": { "Port": 1.5 } }""",
                "Server.Port (spillway.json:1) is 1.5: it must be a whole number from 0 to 65535."
            },
            {
                """{ "Server": { "Port": null } }""",
                "Server.Port (spillway.json:1) is null: it must be a whole number from 0 to 65535."
            },
            {
                """{ "Server": { "Port": { "Number": 3000 } } }""",
                "Server.Port (spillway.json:1) is a section: it must be a whole number from 0 to 65535."
            },
            {
                """{ "Server": 3000 }""",
                "Server (spillway.json:1) is a section, not a value: it holds "
                    + "Port, EdgePort, PublicUrl, Certificate, TrustedProxies, AllowedHosts, PlaylistAliases, LogFormat."
            },
            { """{ "Data": 5 }""", "Data (spillway.json:1) is 5: it must be text in quotes." },
            { """{ "Data": ["a"] }""", "Data (spillway.json:1) is a list: it must be text in quotes." },
            {
                """{ "Storage": { "SingleWriter": "true" } }""",
                """Storage.SingleWriter (spillway.json:1) is "true": it must be true or false, without quotes."""
            },
            {
                """{ "Storage": { "SingleWriter": 1 } }""",
                "Storage.SingleWriter (spillway.json:1) is 1: it must be true or false."
            },
            {
                """{ "Server": { "TrustedProxies": "127.0.0.1" } }""",
                """Server.TrustedProxies (spillway.json:1) is "127.0.0.1": it must be a list of texts, such as ["one", "two"]."""
            },
            {
                """{ "Server": { "TrustedProxies": ["127.0.0.1", 5] } }""",
                """Server.TrustedProxies (spillway.json:1) is a list: it must be a list of texts, such as ["one", "two"]."""
            },
            {
                """{ "Streams": { "live": { "Window": 2 } } }""",
                "Streams.live.Window (spillway.json:1) is 2: it must be 0 or a whole number from 3 to 10000."
            },
            {
                """{ "Streams": { "live": { "TargetDuration": 31 } } }""",
                "Streams.live.TargetDuration (spillway.json:1) is 31: it must be 0 or a whole number from 1 to 30."
            },
            {
                """{ "Streams": { "live": { "Grace": "4s" } } }""",
                """Streams.live.Grace (spillway.json:1) is "4s": it must be a time from 5s to 1h, such as 60s, 2m, 00:01:00 or a number of seconds."""
            },
            {
                """{ "Streams": { "live": { "Grace": "a while" } } }""",
                """Streams.live.Grace (spillway.json:1) is "a while": it must be a time from 5s to 1h, such as 60s, 2m, 00:01:00 or a number of seconds."""
            },
            {
                """{ "Streams": { "live": { "Grace": 3601 } } }""",
                "Streams.live.Grace (spillway.json:1) is 3601: it must be a time from 5s to 1h, such as 60s, 2m, 00:01:00 or a number of seconds."
            },
            {
                """{ "Streams": { "live": "http://127.0.0.1/a.m3u8" } }""",
                "Streams.live (spillway.json:1) is a section, not a value: it holds Source, AllowPrivate, Key, Title, Description, Branding, Window, LiveDelay, MaxPlaylist, TargetDuration, SegmentDuration, Ladder, Bandwidth, Slate, Grace, Fallback, Replay, P2P, P2PFromViewers, ShowSavings."
            },
            {
                """{ "Tracker": { "Interval": 0 } }""",
                "Tracker.Interval (spillway.json:1) is 0: it must be a whole number from 5 to 3600."
            },
            {
                """{ "Tracker": { "OffersPerMinuteToPeer": 0 } }""",
                "Tracker.OffersPerMinuteToPeer (spillway.json:1) is 0: it must be a whole number from 1 to 1000000."
            },
        };

    public static TheoryData<string, string> UnknownKeys =>
        new()
        {
            { """{ "Server": { "Prot": 3000 } }""", "Server.Prot (spillway.json:1) is not a setting. Did you mean Server.Port?" },
            { """{ "Severs": { "Prot": 1, "Port": 2 } }""", "Severs (spillway.json:1) is not a setting. Did you mean Server?" },
            { """{ "port": 3000 }""", "port (spillway.json:1) is not a setting. Did you mean Server.Port?" },
            {
                """{ "secret_access_key": "s3cr3t" }""",
                "secret_access_key (spillway.json:1) is not a setting. Did you mean Storage.SecretAccessKey?"
            },
            { """{ "Source": "x" }""", "Source (spillway.json:1) is not a setting. Did you mean Streams.live.Source?" },
            {
                """{ "Streams": { "live": { "Quality": "x" } } }""",
                "Streams.live.Quality (spillway.json:1) is not a setting. Streams.live holds Source, AllowPrivate, Key, Title, Description, Branding, Window, LiveDelay, MaxPlaylist, TargetDuration, SegmentDuration, Ladder, Bandwidth, Slate, Grace, Fallback, Replay, P2P, P2PFromViewers, ShowSavings."
            },
            {
                """{ "Zebra": {} }""",
                "Zebra (spillway.json:1) is not a setting. There are Data, Server, Storage, Streams, Rtmp, Tracker, Audience, Admin, Dashboard, Hooks, Metrics, Cost."
            },
            {
                "{ \"A\\u000aB\": {} }",
                "A\\u000AB (spillway.json:1) is not a setting. There are Data, Server, Storage, Streams, Rtmp, Tracker, Audience, Admin, Dashboard, Hooks, Metrics, Cost."
            },
        };

    public static TheoryData<string, string> WrongValues =>
        new()
        {
            { """{ "Data": " " }""", """Data (spillway.json:1) is " ": it must be a folder's path.""" },
            {
                """{ "Server": { "Port": 3001 } }""",
                "Server.EdgePort is 3001, as is Server.Port (spillway.json:1): they must differ."
            },
            {
                """{ "Server": { "PublicUrl": "tv.example.org" } }""",
                """Server.PublicUrl (spillway.json:1) is "tv.example.org": it must be an http or https address without a query, such as https://tv.example.org."""
            },
            {
                """{ "Server": { "PublicUrl": "http://tv.example.org" }, "Storage": { "PublicUrl": "https://cdn.example.org" } }""",
                """Server.PublicUrl (spillway.json:1) is "http://tv.example.org": it must be https, as Storage.PublicUrl (spillway.json:1) is: browsers refuse a ws: tracker on an https page."""
            },
            {
                """{ "Server": { "Certificate": "none.pem" } }""",
                """Server.Certificate (spillway.json:1) is "none.pem": it must be a file that exists."""
            },
            {
                """{ "Server": { "Certificate": "spillway.json" } }""",
                """Server.Certificate (spillway.json:1) is "spillway.json": it must be a PEM file with a certificate and its key, without a password."""
            },
            {
                """{ "Server": { "TrustedProxies": ["::1", "10.0.0.0/8", "10.1"] } }""",
                """Server.TrustedProxies (spillway.json:1) is "10.1": it must be an IP address or a network, such as 127.0.0.1 or 10.0.0.0/8."""
            },
            {
                """{ "Server": { "TrustedProxies": ["10.0.0.0/33"] } }""",
                """Server.TrustedProxies (spillway.json:1) is "10.0.0.0/33": it must be an IP address or a network, such as 127.0.0.1 or 10.0.0.0/8."""
            },
            {
                """{ "Server": { "AllowedHosts": ["tv.example.org", "tv.example.org:3000"] } }""",
                """Server.AllowedHosts (spillway.json:1) is "tv.example.org:3000": it must be a host's name or address, without a port."""
            },
            {
                """{ "Tracker": { "Origins": ["https://tv.example.org/"] } }""",
                """Tracker.Origins (spillway.json:1) is "https://tv.example.org/": it must be a page's origin, such as https://tv.example.org: no path and no slash at its end."""
            },
            {
                """{ "Tracker": { "Origins": ["tv.example.org"] } }""",
                """Tracker.Origins (spillway.json:1) is "tv.example.org": it must be a page's origin, such as https://tv.example.org: no path and no slash at its end."""
            },
            {
                """{ "Tracker": { "Origins": ["https://me@tv.example.org"] } }""",
                """Tracker.Origins (spillway.json:1) is "https://…@tv.example.org": it must be a page's origin, such as https://tv.example.org: no path and no slash at its end."""
            },
            {
                """{ "Tracker": { "Networks": ["10/8"] } }""",
                """Tracker.Networks (spillway.json:1) is "10/8": it must be a network such as 10.20.0.0/16, or several separated by spaces."""
            },
            {
                """{ "Tracker": { "Networks": [" "] } }""",
                """Tracker.Networks (spillway.json:1) is " ": it must be a network such as 10.20.0.0/16, or several separated by spaces."""
            },
            {
                """{ "Tracker": { "Networks": ["10.0.0.0/8 everywhere"] } }""",
                """Tracker.Networks (spillway.json:1) is "10.0.0.0/8 everywhere": it must be a network such as 10.20.0.0/16, or several separated by spaces."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/hls/stream.m3u8", "hls/stream.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "hls/stream.m3u8": it must be a path of letters, digits, hyphens, dots and underscores that ends with .m3u8, such as /hls/stream.m3u8."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/hls/stream"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "/hls/stream": it must be a path of letters, digits, hyphens, dots and underscores that ends with .m3u8, such as /hls/stream.m3u8."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/{stream}.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "/{stream}.m3u8": it must be a path of letters, digits, hyphens, dots and underscores that ends with .m3u8, such as /hls/stream.m3u8."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/live/playlist.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "/live/playlist.m3u8": it must be a path that is not one of Spillway's own."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/live/720p/playlist.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "/live/720p/playlist.m3u8": it must be a path that is not one of Spillway's own."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/API/x.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) is "/API/x.m3u8": it must be a path that is not one of Spillway's own."""
            },
            {
                """{ "Server": { "PlaylistAliases": ["/a.m3u8", "/A.m3u8"] } }""",
                """Server.PlaylistAliases (spillway.json:1) holds "/A.m3u8" twice: keep one."""
            },
            {
                """{ "Server": { "LogFormat": "xml" } }""",
                """Server.LogFormat (spillway.json:1) is "xml": it must be console or json."""
            },
            {
                """{ "Tracker": { "Stun": ["stun.example.org"] } }""",
                """Tracker.Stun (spillway.json:1) is "stun.example.org": it must be a STUN server, such as stun:stun.example.org:3478."""
            },
            {
                """{ "Tracker": { "Stun": ["turn:turn.example.org"] } }""",
                """Tracker.Stun (spillway.json:1) is "turn:turn.example.org": it must be a STUN server, such as stun:stun.example.org:3478."""
            },
            {
                """{ "Tracker": { "Stun": ["stun:a", "stun:a", "stun:a", "stun:a", "stun:a", "stun:a", "stun:a", "stun:a", "stun:a"] } }""",
                "Tracker.Stun (spillway.json:1) holds 9 servers: at most 8 are of use to a browser."
            },
            { """{ "Server": { "Port": 1, "port": 2 } }""", "Server.Port (spillway.json:1) is given twice: keep one." },
        };

    public static TheoryData<string, string> NoJson =>
        new()
        {
            { "", "spillway.json is empty: the least it may hold is {}." },
            { " \n", "spillway.json is empty: the least it may hold is {}." },
            { "[]", "spillway.json must be one section, in braces: { \"Streams\": … }." },
            {
                "{\n\"Data\": s3cr3t\n}",
                "spillway.json:2 is not JSON: look there, and just above, for a missing comma, quote or brace."
            },
            {
                "{\n\"Data\": \"s3cr3t\n}",
                "spillway.json:2 is not JSON: look there, and just above, for a missing comma, quote or brace."
            },
            { "{} {}", "spillway.json:1 is not JSON: look there, and just above, for a missing comma, quote or brace." },
            { "// nothing", "spillway.json:1 is not JSON: look there, and just above, for a missing comma, quote or brace." },
            { "{\n\"Data\": \"\\ud800\"}", "spillway.json:2 holds a \\u escape that is no character." },
        };

    [Theory]
    [MemberData(nameof(WrongTypes))]
    [MemberData(nameof(UnknownKeys))]
    [MemberData(nameof(WrongValues))]
    [MemberData(nameof(NoJson))]
    public void A_mistake_in_the_file_gives_one_sentence_that_says_what_would_be_right(string json, string error)
    {
        using var folder = new SettingsFolder();
        var result = folder.Json(json).Load(s_source);
        Assert.Equal([error], result.Errors);
        Assert.Null(result.Options);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        using var folder = new SettingsFolder();
        var result = folder
            .Json("""{ "Server": { "Port": "x", "LogFormat": "xml" }, "Storage": { "Bukcet": "b" } }""")
            .DotEnv("nonsense")
            .Set("SPILLWAY__TRACKER__INTERVAL", "soon")
            .Load();
        Assert.Equal(
            [
                ".env:1 must be NAME=value, a comment that begins with #, or empty.",
                """Server.Port (spillway.json:1) is "x": it must be a whole number from 0 to 65535.""",
                "Storage.Bukcet (spillway.json:1) is not a setting. Did you mean Storage.Bucket?",
                """Tracker.Interval (SPILLWAY__TRACKER__INTERVAL) is "soon": it must be a whole number from 5 to 3600.""",
                """Server.LogFormat (spillway.json:1) is "xml": it must be console or json.""",
                "No source is set. To follow a live HLS stream: spillway serve --source http://127.0.0.1:8080/hls/stream.m3u8",
            ],
            result.Errors
        );
    }

    [Fact]
    public void A_file_that_cannot_be_read_as_text_is_an_error()
    {
        using var folder = new SettingsFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "spillway.json"), [(byte)'{', 0xFF, (byte)'}']);
        Assert.Equal(["spillway.json is not text in UTF-8: save it as UTF-8."], folder.Load(s_source).Errors);
        File.WriteAllBytes(Path.Combine(folder.Path, "spillway.json"), new byte[300_000]);
        Assert.Equal(["spillway.json is longer than 256 KiB: it is no file of settings."], folder.Load(s_source).Errors);
        File.Delete(Path.Combine(folder.Path, "spillway.json"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "spillway.json"));
        Assert.Equal(["spillway.json is a folder: it must be a file."], folder.Load(s_source).Errors);
    }

    [Fact]
    public void A_file_named_on_the_command_line_must_be_there()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            ["""--config is "other.json", but there is no such file."""],
            folder.Load(s_source with { Config = "other.json" }).Errors
        );
        Assert.Equal(
            ["--config is \"a\\u0000b\", but there is no such file."],
            folder.Load(s_source with { Config = "a\0b" }).Errors
        );
        folder.Write("other.json", """{ "Data": 1 }""").Json("junk");
        Assert.Equal(
            ["Data (other.json:1) is 1: it must be text in quotes."],
            folder.Load(s_source with { Config = "other.json" }).Errors
        );
    }

    [Fact]
    public void A_certificate_with_its_key_is_taken()
    {
        using var folder = new SettingsFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tv.example.org", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        var pem = certificate.ExportCertificatePem() + "\n";
        folder.Json("""{ "Server": { "Certificate": "tv.pem" } }""").Write("tv.pem", pem + key.ExportPkcs8PrivateKeyPem());
        var result = folder.Load(s_source);
        Assert.Equal("tv.pem", result.Options!.Server.Certificate);
        Assert.Contains("the embedded store's port has no https", Assert.Single(result.Warnings), StringComparison.Ordinal);
        // Without its key it is of no use.
        Assert.Equal(
            [
                """Server.Certificate (spillway.json:1) is "tv.pem": it must be a PEM file with a certificate and its key, without a password.""",
            ],
            folder.Write("tv.pem", pem).Load(s_source).Errors
        );
    }
}
