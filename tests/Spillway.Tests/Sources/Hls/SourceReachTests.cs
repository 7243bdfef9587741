using System.Net;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class SourceReachTests
{
    private static readonly IPAddress s_public = IPAddress.Parse("93.184.215.14");
    private static readonly IPAddress s_private = IPAddress.Parse("10.1.2.3");

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("::ffff:93.184.215.14", true)]
    [InlineData("2002:5db8:d70e::1", true)]
    [InlineData("64:ff9b::93.184.215.14", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2001:0:7f00:1::", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2002:a9fe:a9fe::1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b:1::1", false)]
    public void An_address_is_public_or_it_is_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressSpace.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void A_public_source_leads_to_no_private_address()
    {
        var reach = Of("https://tv.example.org/live.m3u8");
        Assert.Equal([s_public], reach.Choose("tv.example.org", [s_public]));
        Assert.Equal([s_public], reach.Choose("cdn.example.org", [s_public, s_private]));
        var refused = Assert.Throws<PrivateAddressException>(() => reach.Choose("inside.example.org", [s_private]));
        Assert.Equal(
            "it leads to 10.1.2.3, which is private and not the source's own host; Streams:…:AllowPrivate would allow it",
            refused.Message
        );
    }

    [Fact]
    public void A_source_in_a_private_network_is_read_where_it_is_and_nowhere_else_there()
    {
        var reach = Of("http://owncast:8080/hls/stream.m3u8");
        Assert.Equal([s_private], reach.Choose("owncast", [s_private]));
        Assert.Equal([s_private], reach.Choose("OWNCAST", [s_private]));
        // Another name of the same machine.
        Assert.Equal([s_private], reach.Choose("owncast.local", [s_private]));
        Assert.Throws<PrivateAddressException>(() => reach.Choose("router", [IPAddress.Parse("10.1.2.1")]));
        Assert.Equal([s_public], reach.Choose("cdn.example.org", [s_public]));
        // It may move within the network.
        Assert.Equal([IPAddress.Parse("10.1.2.4")], reach.Choose("owncast", [IPAddress.Parse("10.1.2.4")]));
    }

    /// <summary>DNS rebinding: the first answer is harmless, the second one leads inside.</summary>
    [Fact]
    public void A_public_source_whose_name_turns_inside_is_not_followed_there()
    {
        var reach = Of("https://tv.example.org/live.m3u8");
        reach.Choose("tv.example.org", [s_public]);
        Assert.Throws<PrivateAddressException>(() => reach.Choose("tv.example.org", [IPAddress.Loopback]));
        Assert.Equal([s_public], reach.Choose("tv.example.org", [IPAddress.Loopback, s_public]));
        var both = Of("https://tv.example.org/live.m3u8");
        Assert.Equal([s_public], both.Choose("tv.example.org", [IPAddress.Loopback, s_public]));
        Assert.Throws<PrivateAddressException>(() => both.Choose("tv.example.org", [IPAddress.Loopback]));
    }

    [Fact]
    public void An_operator_may_allow_everything() =>
        Assert.Equal([s_private], new SourceReach([], allowPrivate: true).Choose("inside.example.org", [s_private]));

    private static SourceReach Of(string source) => new([new Uri(source)], allowPrivate: false);
}
