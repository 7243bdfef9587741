using System.Net;
using Microsoft.AspNetCore.Http;
using Spillway.Admin;

namespace Spillway.Tests.Admin;

public sealed class LoopbackRequestTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:3000")]
    [InlineData("127.0.0.1", "LOCALHOST")]
    [InlineData("127.8.9.1", "127.0.0.1:3000")]
    [InlineData("::1", "[::1]:3000")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:127.0.0.2", "spillway.localhost:3000")]
    public void A_program_on_this_machine_is_one(string from, string host) =>
        Assert.True(LoopbackRequest.Is(Request(from, host)));

    [Theory]
    [InlineData("192.0.2.7", "localhost:3000")]
    [InlineData("::ffff:192.0.2.7", "localhost:3000")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    [InlineData("fe80::1", "[::1]")]
    [InlineData(null, "localhost")]
    public void One_from_elsewhere_is_none_whatever_it_names(string? from, string host) =>
        Assert.False(LoopbackRequest.Is(Request(from, host)));

    [Theory]
    [InlineData("tv.example.org")]
    [InlineData("localhost.example.org")]
    [InlineData("notlocalhost")]
    [InlineData("127.0.0.1.example.org")]
    [InlineData("192.168.1.10:3000")]
    [InlineData("0.0.0.0:3000")]
    [InlineData("")]
    public void Another_host_s_name_is_none_for_a_page_s_own_DNS_may_lead_here(string host) =>
        Assert.False(LoopbackRequest.Is(Request("127.0.0.1", host)));

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("forwarded")]
    [InlineData("Via")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("x-forwarded-anything")]
    [InlineData("X-Original-For")]
    [InlineData("X-Real-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("Cf-Ray")]
    [InlineData("CDN-Loop")]
    public void What_was_passed_on_for_another_is_none(string header)
    {
        var request = Request("127.0.0.1", "localhost");
        request.Request.Headers[header] = "127.0.0.1";
        Assert.False(LoopbackRequest.Is(request));
        request.Request.Headers[header] = "";
        Assert.False(LoopbackRequest.Is(request));
    }

    private static DefaultHttpContext Request(string? from, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = from is null ? null : IPAddress.Parse(from);
        context.Request.Host = new HostString(host);
        return context;
    }
}
