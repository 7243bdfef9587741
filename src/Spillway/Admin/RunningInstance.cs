using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Spillway.Configuration;

namespace Spillway.Admin;

/// <summary>The Spillway that runs on this machine with the same settings, asked by its own API: for commands.</summary>
/// <param name="options">The settings.</param>
/// <param name="patience">For one answer.</param>
internal sealed class RunningInstance(SpillwayOptions options, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    private HttpClient? _client;

    /// <param name="method">HTTP method.</param>
    /// <param name="path">From <c>/api/v1</c> on, escaped.</param>
    /// <returns>Null when nobody is there: nothing listens, or no server has ever made a token here.</returns>
    /// <exception cref="SecretFileException">The token's file cannot be read.</exception>
    public async Task<InstanceAnswer?> AskAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        if (options.Server.Port == 0 || (options.Admin.Token.Length == 0 && !File.Exists(AdminToken.PathOf(options))))
            return null;
        var client = _client ??= Connect();
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return new InstanceAnswer(answer.StatusCode, body)
            {
                Words =
                    Error(body) ?? $"What runs on port {options.Server.Port} answered {(int)answer.StatusCode}: is it Spillway?",
            };
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new InstanceAnswer(null, [])
            {
                Words = $"What runs on port {options.Server.Port} gave no answer: {exception.Message}",
            };
        }
    }

    public void Dispose() => _client?.Dispose();

    private HttpClient Connect()
    {
        var secure = options.Server.Certificate.Length > 0;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectPatience,
            SslOptions = { RemoteCertificateValidationCallback = IsOurs },
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(secure ? "https" : "http")}://127.0.0.1:{options.Server.Port}"),
            Timeout = patience,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", AdminToken.Open(options).Value) },
        };
    }

    /// <summary>The certificate is for its public name, not for this machine's own address: the same file is proof enough.</summary>
    private bool IsOurs(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        using var ours = X509CertificateLoader.LoadCertificateFromFile(options.Server.Certificate);
        return shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(ours.RawData);
    }

    private static string? Error(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AdminJson.Default.ApiError)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Status">Null: something is there and gave no answer.</param>
/// <param name="Body">As it came.</param>
internal sealed record InstanceAnswer(HttpStatusCode? Status, byte[] Body)
{
    /// <summary>What went wrong, where it did: its own words if it has any.</summary>
    public required string Words { get; init; }
}
