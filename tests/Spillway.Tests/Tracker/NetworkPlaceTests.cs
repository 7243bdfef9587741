using System.Net;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class NetworkPlaceTests
{
    private static readonly ListedNetworks s_networks = new(["10.20.0.0/16", "203.0.113.0/24 2001:db8::/32"]);

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", null, "192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", null, "192.0.2.0/24")]
    [InlineData("10.20.30.40", "10.20.30.40", "10.20.0.0/16", "10.20.30.0/24")]
    [InlineData("203.0.113.9", "203.0.113.9", "203.0.113.0/24 2001:db8::/32", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "203.0.113.0/24 2001:db8::/32", "2001:db8:1::/48")]
    [InlineData("2001:dead:1:2::1", "2001:dead:1:2::/64", null, "2001:dead:1::/48")]
    public void A_client_is_placed_by_address_by_the_operators_list_and_by_prefix(
        string client,
        string address,
        string? listed,
        string prefix
    ) => Assert.Equal(new NetworkPlace(address, listed, prefix), NetworkPlace.Of(IPAddress.Parse(client), s_networks));

    [Fact]
    public void Without_an_address_nobody_is_near() => Assert.Null(NetworkPlace.Of(null, s_networks).Prefix);

    [Theory]
    [InlineData("10/8")]
    [InlineData("")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8,10.1.0.0/16")]
    public void What_is_no_network_is_not_taken_for_one(string item) => Assert.Null(ListedNetworks.TryParse(item));
}
