using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class PrecedenceTests
{
    private static readonly ServeSettings s_source = new() { Source = "/hls" };

    [Fact]
    public void Each_layer_overrides_the_one_before()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(3000, folder.Options(s_source).Server.Port);
        folder.DotEnv("HTTP_PORT=4001");
        Assert.Equal(4001, folder.Options(s_source).Server.Port);
        folder.Set("HTTP_PORT", "4002");
        Assert.Equal(4002, folder.Options(s_source).Server.Port);
        folder.Json("""{ "Server": { "Port": 4003 } }""");
        Assert.Equal(4003, folder.Options(s_source).Server.Port);
        folder.DotEnv("SPILLWAY__SERVER__PORT=4004");
        Assert.Equal(4004, folder.Options(s_source).Server.Port);
        folder.Set("Spillway__Server__Port", "4005");
        Assert.Equal(4005, folder.Options(s_source).Server.Port);
        Assert.Equal(4006, folder.Options(s_source with { Port = 4006 }).Server.Port);
    }

    [Fact]
    public void The_command_line_sets_what_it_names()
    {
        using var folder = new SettingsFolder();
        var options = folder.Options(
            new ServeSettings
            {
                Source = "/hls",
                Stream = "main",
                Title = "Main",
                Port = 0,
                EdgePort = 0,
                Data = "/var/lib/spillway",
            }
        );
        Assert.Equal("/hls", options.Streams["main"].Source);
        Assert.Equal("Main", options.Streams["main"].Title);
        Assert.Equal((0, 0), (options.Server.Port, options.Server.EdgePort));
        Assert.Equal("/var/lib/spillway", options.Data);
    }

    [Fact]
    public void A_commands_own_options_need_no_file_and_no_environment()
    {
        var options = ConfigurationLoader.FromCommandLine(new ServeSettings { Source = "/hls", Port = 5 }).Options!;
        Assert.Equal(5, options.Server.Port);
        Assert.Equal("/hls", options.Streams["live"].Source);
    }

    [Fact]
    public void Streams_of_the_file_and_the_command_line_stand_side_by_side()
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Streams": { "main": { "Source": "/main", "Title": "Main" } } }""");
        var options = folder.Options(s_source);
        Assert.Equal(["main", "live"], options.Streams.Keys);
        Assert.Equal("Main", options.Streams["main"].Title);
    }

    [Fact]
    public void Variables_name_streams_in_capitals_with_an_underscore_for_a_hyphen()
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Streams": { "main-stage": { "Source": "/old" } } }""");
        var options = folder
            .Set("SPILLWAY__STREAMS__MAIN_STAGE__SOURCE", "/new")
            .Set("SPILLWAY__STREAMS__MAIN_STAGE__P2P", "False")
            .Options();
        Assert.Equal(["main-stage"], options.Streams.Keys);
        Assert.Equal("/new", options.Streams["main-stage"].Source);
        Assert.False(options.Streams["main-stage"].P2P);
    }

    [Theory]
    [InlineData("10.0.0.0/8,127.0.0.1", new[] { "10.0.0.0/8", "127.0.0.1" })]
    [InlineData(" ::1 , 127.0.0.1 ", new[] { "::1", "127.0.0.1" })]
    [InlineData("", new string[0])]
    public void A_list_may_be_one_variable(string value, string[] proxies)
    {
        using var folder = new SettingsFolder();
        folder.Json("""{ "Server": { "TrustedProxies": ["10.1.1.1"] } }""").Set("SPILLWAY__SERVER__TRUSTEDPROXIES", value);
        Assert.Equal(proxies, folder.Options(s_source).Server.TrustedProxies);
    }

    [Fact]
    public void A_list_may_be_a_variable_an_item()
    {
        using var folder = new SettingsFolder();
        folder.Set("SPILLWAY__SERVER__TRUSTEDPROXIES__10", "10.0.0.10").Set("SPILLWAY__SERVER__TRUSTEDPROXIES__9", "10.0.0.9");
        Assert.Equal(["10.0.0.9", "10.0.0.10"], folder.Options(s_source).Server.TrustedProxies);
        folder.Set("SPILLWAY__SERVER__TRUSTEDPROXIES", "10.0.0.1");
        Assert.Equal(
            ["Server.TrustedProxies (SPILLWAY__SERVER__TRUSTEDPROXIES__9) is given twice: keep one."],
            folder.Load(s_source).Errors
        );
    }

    [Theory]
    [InlineData("SPILLWAY__SERVER__PROT", "SPILLWAY__SERVER__PROT is not a setting. Did you mean SPILLWAY__SERVER__PORT?")]
    [InlineData("SPILLWAY__SEVER__PORT", "SPILLWAY__SEVER__PORT is not a setting. Did you mean SPILLWAY__SERVER__PORT?")]
    [InlineData("SPILLWAY__BUCKET", "SPILLWAY__BUCKET is not a setting. Did you mean SPILLWAY__STORAGE__BUCKET?")]
    [InlineData("SPILLWAY__R2_BUCKET", "SPILLWAY__R2_BUCKET is not a setting. Did you mean SPILLWAY__STORAGE__BUCKET?")]
    [InlineData(
        "SPILLWAY__STREAMS__LIVE__SUORCE",
        "SPILLWAY__STREAMS__LIVE__SUORCE is not a setting. Did you mean SPILLWAY__STREAMS__LIVE__SOURCE?"
    )]
    [InlineData("SPILLWAY__SERVER__PORT__X", "SPILLWAY__SERVER__PORT__X is not a setting. Did you mean SPILLWAY__SERVER__PORT?")]
    [InlineData(
        "SPILLWAY__ZEBRA",
        "SPILLWAY__ZEBRA is not a setting. There are Data, Server, Storage, Streams, Rtmp, Tracker, Audience, Admin, Dashboard, Hooks, Metrics, Cost."
    )]
    [InlineData(
        "SPILLWAY__",
        "SPILLWAY__ is not a setting. There are Data, Server, Storage, Streams, Rtmp, Tracker, Audience, Admin, Dashboard, Hooks, Metrics, Cost."
    )]
    public void An_unknown_variable_is_refused_with_the_nearest_name(string name, string error)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([error], folder.Set(name, "s3cr3t").Load(s_source).Errors);
    }

    [Fact]
    public void A_variable_given_twice_in_different_case_is_refused()
    {
        using var folder = new SettingsFolder();
        folder.Set("SPILLWAY__DATA", "/a").Set("Spillway__Data", "/b");
        Assert.Equal(["Data (Spillway__Data) is given twice: keep one."], folder.Load(s_source).Errors);
    }

    [Fact]
    public void One_underscore_where_two_are_meant_is_warned_of()
    {
        using var folder = new SettingsFolder();
        // The second is one of those that Kubernetes makes for a service called spillway.
        var result = folder
            .Set("SPILLWAY_STORAGE_BUCKET", "tv")
            .Set("SPILLWAY_PORT_3000_TCP", "tcp://10.0.0.1:3000")
            .Load(s_source);
        Assert.Empty(result.Errors);
        Assert.Equal(["SPILLWAY_STORAGE_BUCKET is not read. Did you mean SPILLWAY__STORAGE__BUCKET?"], result.Warnings);
    }
}
