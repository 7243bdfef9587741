using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Spillway.Hooks;

/// <summary>One try to deliver one message: a signed POST, answered within 10 s.</summary>
internal sealed class HookPost(HttpClient client, Func<DateTimeOffset> now, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of an answer that are read, so that the connection can be used again.</summary>
    private const int MostOfAnswer = 16 * 1024;

    /// <summary>For all hooks.</summary>
    public static HttpClient CreateClient() =>
        new(
            new SocketsHttpHandler
            {
                // A message, and what it says, goes where the operator has said and nowhere else.
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 16,
                ActivityHeadersPropagator = null,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <exception cref="OperationCanceledException">By <paramref name="cancellationToken"/>.</exception>
    public async Task<HookAnswer> SendAsync(
        Uri address,
        HookSecret secret,
        HookMessage message,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            var timestamp = now().ToUnixTimeSeconds();
            request.Headers.Add("webhook-id", message.Id);
            request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", secret.Sign(message.Id, timestamp, message.Body));
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Spillway", null));
            request.Content = new ByteArrayContent(message.Body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await SkimAsync(answer, either.Token);
            return Judge(answer.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HookAnswer.Failed($"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return HookAnswer.Failed(Describe(exception));
        }
    }

    private static async Task SkimAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var scratch = new byte[4096];
            var left = MostOfAnswer;
            while (left > 0 && await body.ReadAsync(scratch, cancellationToken) is > 0 and var count)
                left -= count;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The status has come: it is the answer.
        }
    }

    private static HookAnswer Judge(HttpStatusCode status) =>
        (int)status switch
        {
            >= 200 and < 300 => HookAnswer.Delivered,
            (int)HttpStatusCode.Gone => new HookAnswer(false, true, "HTTP 410: it wants no more messages"),
            >= 300 and < 400 and var redirect => HookAnswer.Failed(
                $"HTTP {redirect}: redirects are not followed; set Url to the address it leads to"
            ),
            var other => HookAnswer.Failed($"HTTP {other}"),
        };

    /// <summary>Own words: the framework's may quote the whole address, and with it a secret.</summary>
    private static string Describe(Exception exception) =>
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "its host's name is not known",
            HttpRequestError.ConnectionError => exception.InnerException is SocketException socket
                ? $"no connection ({socket.SocketErrorCode})"
                : "no connection",
            HttpRequestError.SecureConnectionError => "no secure connection: is its certificate valid?",
            _ => "the connection broke off, or the answer is not HTTP",
        };
}

/// <param name="IsDelivered">2xx.</param>
/// <param name="IsGone">410.</param>
/// <param name="Problem">Why it was not delivered; null: it was.</param>
internal readonly record struct HookAnswer(bool IsDelivered, bool IsGone, string? Problem)
{
    public static HookAnswer Delivered { get; } = new(true, false, null);

    public static HookAnswer Failed(string problem) => new(false, false, problem);
}
