using Microsoft.AspNetCore.Http;
using Spillway.Configuration;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

public sealed class EdgeAddressTests
{
    private readonly SpillwayOptions _options = new();

    [Theory]
    [InlineData("tv.example.org", "http://tv.example.org:3001/")]
    [InlineData("tv.example.org:3000", "http://tv.example.org:3001/")]
    [InlineData("192.168.1.20:3000", "http://192.168.1.20:3001/")]
    [InlineData("[::1]:3000", "http://[::1]:3001/")]
    [InlineData("[fd00::20]", "http://[fd00::20]:3001/")]
    public void The_viewer_s_own_word_for_this_machine_is_used_on_the_edge_s_port(string host, string expected) =>
        Assert.Equal(expected, For(host));

    [Theory]
    [InlineData("")]
    [InlineData("\"><script>")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("user@host")]
    [InlineData("a_b.example.org")]
    [InlineData("-")]
    [InlineData("[::1")]
    [InlineData("[tv.example.org]")]
    [InlineData("[fe80::1%\"><script>]")]
    public void What_is_no_host_gets_no_address(string host) => Assert.Null(For(host));

    [Fact]
    public void Only_hosts_that_are_allowed_get_one()
    {
        _options.Server.AllowedHosts = ["tv.example.org"];
        Assert.NotNull(For("TV.example.org:3000"));
        Assert.Null(For("other.example.org"));
        Assert.Null(For("tv.example.org.evil.example"));
    }

    [Fact]
    public void A_bucket_s_public_address_stands_with_the_prefix_whatever_the_host()
    {
        _options.Storage.Bucket = "event";
        _options.Storage.PublicUrl = "https://cdn.example.org/";
        _options.Storage.Prefix = "events/summer";
        _options.Server.AllowedHosts = ["tv.example.org"];
        Assert.Equal("https://cdn.example.org/events/summer/", For("anything"));
        Assert.Equal("https://cdn.example.org/events/summer/", new EdgeAddress(_options, static () => 0).ForLog);
    }

    [Fact]
    public void The_embedded_store_has_no_prefix_so_its_public_address_has_none()
    {
        _options.Storage.PublicUrl = "https://edge.example.org";
        _options.Storage.Prefix = "events/summer";
        Assert.Equal("https://edge.example.org/", For("anything"));
    }

    private string? For(string host)
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(host);
        return new EdgeAddress(_options, static () => 3001).For(context.Request);
    }
}
