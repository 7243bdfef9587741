using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Spillway.Admin;
using Spillway.Configuration;

namespace Spillway.Retention;

/// <summary>The Spillway that runs on this machine with the same settings, by its own API.</summary>
internal sealed class RunningInstance(SpillwayOptions options) : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    private HttpClient? _client;

    /// <exception cref="SecretFileException">The token's file cannot be read.</exception>
    public async Task<SweepAnswer> SweepAsync(string stream, bool dryRun, CancellationToken cancellationToken)
    {
        if (options.Admin.Token.Length == 0 && !File.Exists(AdminToken.PathOf(options)))
            return SweepAnswer.Nobody;
        var client = _client ??= Connect();
        using var request = new HttpRequestMessage(
            dryRun ? HttpMethod.Get : HttpMethod.Post,
            new Uri($"/api/v1/streams/{stream}/sweep", UriKind.Relative)
        );
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK when Read(body) is { } result => new(result, null),
                // Not a stream of that one; or another program.
                HttpStatusCode.OK or HttpStatusCode.NotFound => SweepAnswer.Nobody,
                HttpStatusCode.Unauthorized => new(
                    null,
                    $"The Spillway at port {options.Server.Port} does not take the admin token of these settings: use its --config and --data, or set Admin:Token."
                ),
                _ => new(null, Error(body) ?? $"The Spillway at port {options.Server.Port} answered {(int)answer.StatusCode}."),
            };
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return SweepAnswer.Nobody;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new(null, $"The Spillway at port {options.Server.Port} gave no answer: {exception.Message}");
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
            // A sweep of a hundred thousand keys takes its time.
            Timeout = TimeSpan.FromMinutes(10),
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

    private static SweepResult? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SweepJson.Default.SweepResult);
        }
        catch (JsonException)
        {
            return null;
        }
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
