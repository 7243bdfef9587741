using System.Net;
using System.Net.Sockets;
using Spillway.Checks;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

public sealed class StunTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>https://www.rfc-editor.org/rfc/rfc5769#section-2.2 and 2.3, as far as the address.</summary>
    [Theory]
    [InlineData(
        "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
        "192.0.2.1:32853"
    )]
    [InlineData(
        "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
        "[2001:db8:1234:5678:11:2233:4455:6677]:32853"
    )]
    public void The_RFC_s_own_answers_are_read(string answer, string address)
    {
        var bytes = Convert.FromHexString(answer);
        Assert.Equal(address, StunMessage.Read(bytes, Request(bytes))!.ToString());
        for (var length = 0; length < 20; length++)
            Assert.Null(StunMessage.Read(bytes.AsSpan(0, length), Request(bytes)));
        // Of another request.
        bytes[12] ^= 1;
        Assert.Null(StunMessage.Read(bytes, Request(Convert.FromHexString(answer))));
    }

    [Fact]
    public void Garbage_is_read_as_nothing()
    {
        var random = new Random(1);
        var request = StunMessage.NewRequest();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(20, 80)];
            random.NextBytes(bytes);
            request.CopyTo(bytes, 0);
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (1, 1, 0, (byte)random.Next(256));
            _ = StunMessage.Read(bytes, request);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_server_answers_also_when_the_first_packet_is_lost(int lost)
    {
        await using var server = new StunServer(deafTo: lost);
        var seen = await StunProbe.AskAsync(server.Address, s_patience, TimeProvider.System, Cancellation);
        Assert.Null(seen.Problem);
        Assert.Equal(IPAddress.Loopback, seen.Seen!.Address);
    }

    [Fact]
    public async Task A_dead_server_is_said_to_be_dead()
    {
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string[] servers =
        [
            $"stun:127.0.0.1:{((IPEndPoint)deaf.LocalEndPoint!).Port}",
            "stun:127.0.0.1:1",
            "stuns:127.0.0.1:1",
            "stun:nobody.invalid",
        ];
        var seen = await Task.WhenAll(
            servers.Select(server => StunProbe.AskAsync(server, TimeSpan.FromSeconds(0.7), TimeProvider.System, Cancellation))
        );
        Assert.All(seen, static one => Assert.NotNull(one.Problem));
        Assert.Equal("no answer within 0.7 s", seen[0].Problem);
        Assert.Contains("refused", seen[1].Problem, StringComparison.Ordinal);
        Assert.Contains("refused", seen[2].Problem, StringComparison.Ordinal);
    }

    private static byte[] Request(byte[] answer)
    {
        var request = answer[..20];
        (request[0], request[1], request[2], request[3]) = (0, 1, 0, 0);
        return request;
    }
}
