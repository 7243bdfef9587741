using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class OldNameTests
{
    private static readonly ServeSettings s_source = new() { Source = "/hls" };

    [Fact]
    public void The_old_systems_env_file_goes_on_working()
    {
        using var folder = new SettingsFolder();
        folder.DotEnv(
            """
            # Cloudflare R2
            CLOUDFLARE_ACCOUNT_ID=0123456789abcdef0123456789abcdef
            R2_ACCESS_KEY_ID=AKID0123456789
            R2_SECRET_ACCESS_KEY="s3cr3t=="
            R2_BUCKET_NAME=show
            CDN_HOSTNAME=cdn.example.org
            R2_UPLOAD_PATH=live/
            OWNCAST_DATA_PATH=/home/ubuntu/owncast/data
            OWNCAST_API_URL=http://localhost:8080/
            HTTP_PORT=3100
            SIGNALING_PORT=8080
            MAX_CHUNKS=10
            """
        );
        var result = folder.Load();
        Assert.Empty(result.Errors);
        var options = result.Options!;
        Assert.Equal("https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com", options.Storage.Endpoint);
        Assert.Equal("AKID0123456789", options.Storage.AccessKeyId);
        Assert.Equal("s3cr3t==", options.Storage.SecretAccessKey);
        Assert.Equal("show", options.Storage.Bucket);
        Assert.Equal("https://cdn.example.org", options.Storage.PublicUrl);
        Assert.Equal("live", options.Storage.Prefix);
        Assert.Equal("/home/ubuntu/owncast/data/hls", options.Streams["live"].Source);
        Assert.Equal("http://localhost:8080", options.OwncastUrl);
        Assert.Equal(3100, options.Server.Port);
        Assert.Equal(
            [
                "Without effect in .env: SIGNALING_PORT, MAX_CHUNKS.",
                "Server.PublicUrl is not set: a page at Storage.PublicUrl (CDN_HOSTNAME in .env:6) cannot find the tracker, and its viewers share nothing. Set it to the https address of this server.",
            ],
            result.Warnings
        );
    }

    [Theory]
    [InlineData("/owncast/data", "/owncast/data/hls")]
    [InlineData("/owncast/data/", "/owncast/data/hls")]
    [InlineData("/owncast/data/hls", "/owncast/data/hls")]
    [InlineData("/owncast/data/hls/", "/owncast/data/hls")]
    [InlineData("/owncast/oldhls", "/owncast/oldhls/hls")]
    [InlineData("../owncast/data", "../owncast/data/hls")]
    public void Owncasts_data_path_leads_to_its_playlists(string path, string source)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(source, folder.Set("OWNCAST_DATA_PATH", path).Options().Streams["live"].Source);
    }

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8080/hls/stream.m3u8")]
    [InlineData("http://localhost:8080/api/", "http://localhost:8080/hls/stream.m3u8")]
    [InlineData("https://example.org/tv", "https://example.org/tv/hls/stream.m3u8")]
    public void Owncasts_address_leads_to_its_playlist(string url, string source)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(source, folder.Set("OWNCAST_API_URL", url).Options().Streams["live"].Source);
    }

    [Fact]
    public void A_newer_source_comes_before_owncasts_whatever_its_stream()
    {
        using var folder = new SettingsFolder();
        folder.DotEnv("OWNCAST_DATA_PATH=/owncast/data\nOWNCAST_API_URL=http://localhost:8080");
        var options = folder.Json("""{ "streams": { "main": { "source": "/main" } } }""").Options();
        Assert.Equal(["main"], options.Streams.Keys);
        Assert.Equal("http://localhost:8080", options.OwncastUrl);
    }

    [Fact]
    public void The_stream_named_on_the_command_line_is_owncasts()
    {
        using var folder = new SettingsFolder();
        folder.Set("OWNCAST_DATA_PATH", "/owncast/data");
        Assert.Equal("/owncast/data/hls", folder.Options(new ServeSettings { Stream = "main" }).Streams["main"].Source);
    }

    [Theory]
    [InlineData(
        "HTTP_PORT",
        "tcp://10.0.0.1:80",
        """Server.Port (HTTP_PORT) is "tcp://10.0.0.1:80": it must be a whole number from 0 to 65535."""
    )]
    [InlineData(
        "OWNCAST_API_URL",
        "localhost",
        """OWNCAST_API_URL is "localhost": it must be Owncast's address, such as http://127.0.0.1:8080."""
    )]
    [InlineData(
        "CDN_HOSTNAME",
        "cdn example",
        """Storage.PublicUrl (CDN_HOSTNAME) is "https://cdn example": it must be an http or https address without a query, such as https://cdn.example.org."""
    )]
    [InlineData(
        "R2_ACCESS_KEY_ID",
        "AKID0123456789",
        "Storage.AccessKeyId (R2_ACCESS_KEY_ID) is set, but Storage.Bucket is not: set it too, or neither, for the embedded store."
    )]
    public void A_wrong_old_value_is_refused_by_its_own_name(string name, string value, string error)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([error], folder.Set(name, value).Load(s_source).Errors);
    }

    [Fact]
    public void An_account_that_is_no_id_is_refused()
    {
        using var folder = new SettingsFolder();
        folder.DotEnv("R2_BUCKET_NAME=show\nCLOUDFLARE_ACCOUNT_ID=your_account_id");
        Assert.Contains(
            """CLOUDFLARE_ACCOUNT_ID in .env:2 is "your_account_id": it must be the account's id, letters and digits only.""",
            folder.Load(s_source).Errors
        );
    }

    [Fact]
    public void An_account_alone_is_another_tools_and_harmless()
    {
        using var folder = new SettingsFolder();
        var result = folder.Set("CLOUDFLARE_ACCOUNT_ID", "abc").Load(s_source);
        Assert.Empty(result.Errors);
        Assert.Equal(
            ["CLOUDFLARE_ACCOUNT_ID has no effect without a bucket: set R2_BUCKET_NAME or Storage.Bucket as well."],
            result.Warnings
        );
    }

    [Fact]
    public void An_overridden_or_empty_old_name_is_passed_over()
    {
        using var folder = new SettingsFolder();
        folder.Set("HTTP_PORT", "tcp://10.0.0.1:80").Set("R2_BUCKET_NAME", " ").DotEnv("R2_BUCKET_NAME=show");
        var result = folder.Json("""{ "server": { "port": 3005 } }""").Load(s_source);
        Assert.Empty(result.Errors);
        Assert.Equal(3005, result.Options!.Server.Port);
        Assert.Equal("", result.Options.Storage.Bucket);
        Assert.Equal(["Overridden: HTTP_PORT by spillway.json:1."], result.Warnings);
    }

    [Fact]
    public void The_command_line_overrides_an_old_name_without_a_word()
    {
        using var folder = new SettingsFolder();
        var result = folder.Set("HTTP_PORT", "3005").Set("OWNCAST_DATA_PATH", "/owncast").Load(s_source with { Port = 3006 });
        Assert.Equal(3006, result.Options!.Server.Port);
        Assert.Equal("/hls", result.Options.Streams["live"].Source);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void A_copy_of_the_sample_that_turns_the_old_bucket_off_says_so()
    {
        using var folder = new SettingsFolder();
        var result = folder
            .DotEnv("R2_BUCKET_NAME=show\nOWNCAST_DATA_PATH=/owncast\nCLOUDFLARE_ACCOUNT_ID=abc")
            .Json("""{ "Streams": { "live": { "Source": "/hls" } }, "Storage": { "Bucket": "", "Endpoint": "" } }""")
            .Load();
        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                "Overridden: R2_BUCKET_NAME by spillway.json:1, CLOUDFLARE_ACCOUNT_ID by spillway.json:1, OWNCAST_DATA_PATH by spillway.json:1.",
            ],
            result.Warnings
        );
    }

    [Fact]
    public void A_web_address_may_be_given_as_the_cdn_host()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            "http://127.0.0.1:9000/tv",
            folder.Set("CDN_HOSTNAME", "http://127.0.0.1:9000/tv/").Options(s_source).Storage.PublicUrl
        );
    }
}
