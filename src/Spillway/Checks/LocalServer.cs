using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>What a Spillway that runs on this machine says of itself in <c>/health</c>, as far as it is of use here.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>down</c>.</param>
/// <param name="Signaling">Which no other program has.</param>
/// <param name="Streams">Null: it does not say.</param>
internal sealed record LocalServer(string? Status, string? Signaling, IReadOnlyList<LocalStream>? Streams)
{
    public LocalStream? Find(string stream) => Streams?.FirstOrDefault(one => one.Name == stream);

    /// <summary>Asks at the port of these settings.</summary>
    /// <returns>Null: nobody is there, or another program.</returns>
    public static async Task<LocalServer?> AskAsync(
        SpillwayOptions options,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        if (options.Server.Port == 0)
            return null;
        var secure = options.Server.Certificate.Length > 0;
        using var ours = secure ? X509CertificateLoader.LoadCertificateFromFile(options.Server.Certificate) : null;
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                // The certificate is for its public name, not for this machine's own address: the same file is proof enough.
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown is not null && ours is not null && shown.GetRawCertData().AsSpan().SequenceEqual(ours.RawData),
                },
            }
        )
        {
            Timeout = patience,
        };
        try
        {
            var address = new Uri($"{(secure ? "https" : "http")}://127.0.0.1:{options.Server.Port}/health");
            using var answer = await client.GetAsync(address, cancellationToken);
            var health = JsonSerializer.Deserialize(
                await answer.Content.ReadAsByteArrayAsync(cancellationToken),
                LocalServerJson.Default.LocalServer
            );
            return health is { Status: not null, Signaling: not null } ? health : null;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or JsonException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return null;
        }
    }
}

/// <summary>Sentences for the operator, each null while there is nothing to say.</summary>
internal sealed record LocalStream(
    string Name,
    string? State,
    string? Role,
    string? SourceAway,
    string? SourceAdvice,
    string? SlateProblem,
    string? StoreFault,
    string? StoreAdvice,
    string? BandwidthAdvice,
    string? PeersAdvice,
    string? Superseded
);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LocalServer))]
internal sealed partial class LocalServerJson : JsonSerializerContext;
