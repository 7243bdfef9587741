using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class StreamSettingTests
{
    [Fact]
    public void No_source_at_all_shows_the_one_line_to_run()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            ["No source is set. To follow a live HLS stream: spillway serve --source http://127.0.0.1:8080/hls/stream.m3u8"],
            folder.Load().Errors
        );
    }

    [Fact]
    public void A_source_alone_is_enough_and_gives_the_embedded_store()
    {
        using var folder = new SettingsFolder();
        var options = folder.Options(new ServeSettings { Source = "/srv/owncast/data/hls" });
        Assert.Equal("/srv/owncast/data/hls", options.Streams["live"].Source);
        Assert.Equal("live", options.DefaultStream);
        Assert.Equal("", options.Storage.Bucket);
        Assert.Equal((3000, 3001), (options.Server.Port, options.Server.EdgePort));
    }

    [Theory]
    [InlineData(
        "rtmp://127.0.0.1/live",
        "is \"rtmp://127.0.0.1/live\": it must be rtmp alone: the encoder comes to Spillway, not Spillway to it."
    )]
    [InlineData("http://", "is \"http://\": it must be a whole address, such as http://127.0.0.1:8080/hls/stream.m3u8.")]
    [InlineData("http:/x", "is \"http:/x\": it must be a whole address, such as http://127.0.0.1:8080/hls/stream.m3u8.")]
    [InlineData("http://a b/", "is \"http://a b/\": it must be a whole address, such as http://127.0.0.1:8080/hls/stream.m3u8.")]
    [InlineData("srt://127.0.0.1:9000", "is \"srt://127.0.0.1:9000\": it must be an http or https address, or a folder's path.")]
    [InlineData("file:///srv/hls", "is \"file:///srv/hls\": it must be an http or https address, or a folder's path.")]
    [InlineData(
        "localhost:8080/hls/stream.m3u8",
        "is \"localhost:8080/hls/stream.m3u8\": it must be an address that begins with http:// or https://, or the folder that holds the playlist."
    )]
    [InlineData("~/owncast/data/hls", "is \"~/owncast/data/hls\": it must be a folder's whole path: ~ is not expanded here.")]
    [InlineData("a\nb", "is \"a\\u000Ab\": it must be a folder's path on one line.")]
    public void A_source_that_cannot_be_followed_is_refused(string source, string error)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([$"Streams.live.Source (--source) {error}"], folder.Load(new ServeSettings { Source = source }).Errors);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/hls/stream.m3u8")]
    [InlineData("https://user:word@example.org/live.m3u8?token=1")]
    [InlineData("HTTP://EXAMPLE.ORG/x")]
    [InlineData("./hls")]
    [InlineData("rtmp")]
    [InlineData("push")]
    [InlineData("/srv/a folder/hls")]
    public void An_address_or_a_folder_is_a_source(string source)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(source, folder.Options(new ServeSettings { Source = source }).Streams["live"].Source);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Source": "" }""")]
    [InlineData("""{ "Source": " ", "Title": "x" }""")]
    public void A_stream_without_a_source_is_refused(string stream)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            [
                "Streams.main.Source is not set: it must be the address of a live HLS playlist, a folder that holds one, rtmp or push.",
            ],
            folder.Json($$"""{ "Streams": { "main": {{stream}} } }""").Load().Errors
        );
    }

    [Theory]
    [InlineData("Live")]
    [InlineData("-a")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("123456789012345678901234567890123")]
    public void A_stream_has_a_name_that_fits_into_addresses(string name)
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            [
                $"Streams.{name.Replace("\n", "\\u000A", StringComparison.Ordinal)} is no name for a stream: it must be 1 to 32 small letters, digits or hyphens, not a hyphen first.",
            ],
            folder.Load(new ServeSettings { Source = "/hls", Stream = name }).Errors
        );
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("main-stage")]
    [InlineData("12345678901234567890123456789012")]
    public void A_good_name_is_taken(string name)
    {
        using var folder = new SettingsFolder();
        var options = folder.Options(new ServeSettings { Source = "/hls", Stream = name });
        Assert.Equal([name], options.Streams.Keys);
        Assert.Equal(name, options.DefaultStream);
    }

    [Fact]
    public void The_reserved_names_are_those_of_the_design()
    {
        foreach (var name in "watch trackers hls api health metrics ingest tracker reports dashboard slate".Split(' '))
        {
            using var folder = new SettingsFolder();
            Assert.Equal(
                [
                    $"Streams.{name} is no name for a stream: watch, trackers, hls, api, health, metrics, ingest, tracker, reports, dashboard, slate are taken.",
                ],
                folder.Load(new ServeSettings { Source = "/hls", Stream = name }).Errors
            );
        }
    }

    [Theory]
    [InlineData("\"60s\"", 60)]
    [InlineData("\"2m\"", 120)]
    [InlineData("\"1.5 m\"", 90)]
    [InlineData("\"1H\"", 3600)]
    [InlineData("\"00:01:00\"", 60)]
    [InlineData("\"0:10:30\"", 630)]
    [InlineData("\"7500ms\"", 7.5)]
    [InlineData("\"90\"", 90)]
    [InlineData("90", 90)]
    [InlineData("5", 5)]
    public void Grace_may_be_written_in_several_ways(string grace, double seconds)
    {
        using var folder = new SettingsFolder();
        var options = folder.Json($$"""{ "Streams": { "live": { "Source": "/hls", "Grace": {{grace}} } } }""").Options();
        Assert.Equal(TimeSpan.FromSeconds(seconds), options.Streams["live"].Grace);
    }

    [Theory]
    [InlineData("1:00")]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("-60s")]
    [InlineData("60s60s")]
    [InlineData("m")]
    [InlineData("")]
    [InlineData("Infinity")]
    public void What_is_no_time_is_no_grace(string grace)
    {
        using var folder = new SettingsFolder();
        var result = folder.Json($$"""{ "Streams": { "live": { "Source": "/hls", "Grace": "{{grace}}" } } }""").Load();
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(
            $"Streams.live.Grace (spillway.json:1) is \"{grace}\": it must be a time from 5s to 1h",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_default_stream_is_the_one_named_then_live_then_the_first()
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Streams": { "b": { "Source": "/b" }, "a": { "Source": "/a" } } }""");
        Assert.Equal("b", folder.Options().DefaultStream);
        Assert.Equal("a", folder.Options(new ServeSettings { Stream = "a" }).DefaultStream);
        Assert.Equal("live", folder.Options(new ServeSettings { Source = "/c" }).DefaultStream);
        Assert.Equal(
            ["""--stream is "c", but no stream of that name is set: give its --source too."""],
            folder.Load(new ServeSettings { Stream = "c" }).Errors
        );
    }

    [Fact]
    public void A_title_is_one_short_line()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(
            ["Streams.live.Title (--title) is \"a\\u000Ab\": it must be one line of at most 200 characters."],
            folder.Load(new ServeSettings { Source = "/hls", Title = "a\nb" }).Errors
        );
        Assert.Equal("Élan 🎉", folder.Options(new ServeSettings { Source = "/hls", Title = "Élan 🎉" }).Streams["live"].Title);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a space")]
    [InlineData("slash/slash")]
    public void A_key_that_cannot_stand_in_an_address_is_refused_and_not_shown(string key)
    {
        using var folder = new SettingsFolder();
        folder.Write("spillway.json", $$"""{ "Streams": { "live": { "Source": "rtmp", "Key": "{{key}}" } } }""");
        var error = Assert.Single(folder.Load().Errors);
        Assert.Equal(
            "Streams.live.Key (spillway.json:1) cannot be a key: it must be 8 to 200 letters, digits, hyphens, underscores, dots and tildes.",
            error
        );
    }

    [Fact]
    public void Two_streams_cannot_have_one_key()
    {
        using var folder = new SettingsFolder();
        folder.Write(
            "spillway.json",
            """{ "Streams": { "a": { "Source": "rtmp", "Key": "12345678" }, "b": { "Source": "push", "Key": "12345678" } } }"""
        );
        Assert.All(
            folder.Load().Errors,
            static error => Assert.Contains("another stream's key", error, StringComparison.Ordinal)
        );
        Assert.Equal(2, folder.Load().Errors.Count);
    }
}
