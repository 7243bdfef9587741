using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Spillway.Admin;

namespace Spillway.Tests.Admin;

/// <summary>Somebody who asks the operator's API, with or without what opens it.</summary>
internal sealed class Operator(Uri address) : IDisposable
{
    public const string Token = "a-token-of-my-own";

    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        BaseAddress = address,
    };

    public Operator(RunningServer server)
        : this(new Uri($"http://127.0.0.1:{server.Port}")) { }

    /// <summary>As <c>name=value</c>; null: none is sent.</summary>
    public string? Cookie { get; set; }

    /// <summary>Sent as a bearer's; null: none is.</summary>
    public string? Shown { get; set; }

    /// <summary>What our own page adds to what changes something.</summary>
    public bool IsPage { get; set; } = true;

    public async Task<(HttpResponseMessage Answer, string Text)> AskAsync(
        HttpMethod method,
        string path,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (Shown is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Shown);
        if (Cookie is not null)
            request.Headers.TryAddWithoutValidation("Cookie", Cookie);
        if (IsPage)
        {
            request.Headers.Add(PageRequest.Header, PageRequest.Value);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        var answer = await _client.SendAsync(request);
        return (answer, await answer.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, params (string Name, string Value)[] headers) =>
        (await AskAsync(method, path, null, headers)).Answer.StatusCode;

    /// <summary>Signs in, and keeps the cookie.</summary>
    /// <returns>The header that sets it.</returns>
    public async Task<string> SignInAsync(params (string Name, string Value)[] headers)
    {
        var (answer, text) = await AskAsync(HttpMethod.Post, "/api/v1/session", $$"""{"token":"{{Token}}"}""", headers);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Cookie = set.Split(';')[0];
        return set;
    }

    public void Dispose() => _client.Dispose();
}
