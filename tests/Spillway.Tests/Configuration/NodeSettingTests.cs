using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

/// <summary>The settings of tracker nodes, and of a server that leads players to them.</summary>
public sealed class NodeSettingTests : IDisposable
{
    private const string Bucket = """
        "Storage": {
          "Endpoint": "https://s3.example.org", "Bucket": "shows", "AccessKeyId": "a", "SecretAccessKey": "b",
          "PublicUrl": "https://cdn.example.org"
        }
        """;

    private readonly SettingsFolder _folder = new();

    [Fact]
    public void A_node_takes_port_name_and_address_from_its_command_line_and_the_rest_from_the_servers_file()
    {
        _folder.Json(
            $$"""
            { "Server": { "Port": 3000 }, "Streams": { "live": { "Source": "rtmp" }, "two": {} }, "Tracker": { "MaxConnections": 9 }, {{Bucket}} }
            """
        );
        var result = Load(
            new()
            {
                Port = 8001,
                Name = "north",
                PublicUrl = "wss://t1.example.org/",
            }
        );
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var options = result.Options!;
        Assert.Equal((8001, "north"), (options.Server.Port, options.Tracker.Node));
        Assert.Equal("wss://t1.example.org", options.Tracker.PublicUrl);
        Assert.Equal(["live", "two"], options.Streams.Keys.Order());
        Assert.Equal(9, options.Tracker.MaxConnections);
        Assert.False(options.Tracker.AnySwarm);
    }

    [Fact]
    public void Without_a_word_it_is_on_port_8000_serves_live_and_is_called_as_its_host()
    {
        var options = Load(new() { PublicUrl = "wss://t1.example.org" }, $"{{ {Bucket} }}").Options!;
        Assert.Equal((8000, "t1"), (options.Server.Port, options.Tracker.Node));
        Assert.Equal(["live"], options.Streams.Keys);
    }

    [Fact]
    public void Without_a_bucket_it_says_what_would_help()
    {
        var error = Assert.Single(Load(new()).Errors);
        Assert.Contains("Storage.Bucket is not set", error, StringComparison.Ordinal);
        Assert.Contains("--open", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_needs_nothing()
    {
        var result = Load(new() { Open = true });
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.True(result.Options!.Tracker.AnySwarm);
    }

    [Fact]
    public void What_would_lead_nobody_to_it_is_said()
    {
        var bucket = $"{{ {Bucket} }}";
        Assert.Contains("nobody is led", Assert.Single(Load(new(), bucket).Warnings), StringComparison.Ordinal);
        var open = Load(new() { Open = true, PublicUrl = "wss://t1.example.org" }, "{}");
        Assert.Contains("cannot lead its players here", Assert.Single(open.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://t1.example.org", null, "it must be a ws or wss address")]
    [InlineData("wss://t1.example.org/?a=1", null, "it must be a ws or wss address")]
    [InlineData("ws://t1.example.org", null, "browsers refuse a ws: tracker on an https page")]
    [InlineData("wss://203.0.113.7", null, "give one with --name")]
    [InlineData("wss://t1.example.org", "T 1", "it must be 1 to 32 small letters")]
    public void A_wrong_address_or_name_gives_one_clear_line(string url, string? name, string expected) =>
        Assert.Contains(
            expected,
            Assert.Single(Load(new() { PublicUrl = url, Name = name }, $"{{ {Bucket} }}").Errors),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""["t1", "t1"]""", "names a node twice")]
    [InlineData("""["T1"]""", "it must be the name of a tracker node")]
    public void A_servers_list_of_nodes_is_looked_at(string nodes, string expected)
    {
        _folder.Json($$"""{ "Streams": { "live": { "Source": "push" } }, "Tracker": { "Nodes": {{nodes}} }, {{Bucket}} }""");
        Assert.Contains(expected, Assert.Single(_folder.Load().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_need_a_bucket()
    {
        _folder.Json("""{ "Streams": { "live": { "Source": "push" } }, "Tracker": { "Nodes": ["t1"] } }""");
        Assert.Contains("Storage.Bucket is not", Assert.Single(_folder.Load().Errors), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private ConfigurationResult Load(TrackerSettings settings, string? file = null)
    {
        if (file is not null)
            _folder.Json(file);
        return ConfigurationLoader.Load(settings, _folder.Path, _folder.Environment);
    }
}
