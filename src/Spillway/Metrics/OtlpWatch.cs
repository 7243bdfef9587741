namespace Spillway.Metrics;

/// <summary>
/// Carries what is sent to a collector, and says in the log when that begins to fail and when it works again: the library's own words go
/// where no operator looks.
/// </summary>
internal sealed partial class OtlpWatch(string signal, ILogger logger)
    : DelegatingHandler(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // What is sent about traces is no part of one.
            ActivityHeadersPropagator = null,
        }
    )
{
    private int _fails;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = base.Send(request, cancellationToken);
            Note(request, answer);
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Fail(request, exception.Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await base.SendAsync(request, cancellationToken);
            Note(request, answer);
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Fail(request, exception.Message);
            throw;
        }
    }

    private void Note(HttpRequestMessage request, HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
            Fail(request, $"it answered {(int)answer.StatusCode}.");
        else if (Interlocked.Exchange(ref _fails, 0) == 1)
            Log.SentAgain(logger, signal);
    }

    private void Fail(HttpRequestMessage request, string cause)
    {
        if (Interlocked.Exchange(ref _fails, 1) == 0)
            Log.NotSent(logger, signal, request.RequestUri!.GetLeftPart(UriPartial.Path), cause);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The {Signal} cannot be sent to the collector at {Address}, and are tried again: {Cause} See Metrics:Otlp, or OTEL_EXPORTER_OTLP_ENDPOINT"
        )]
        public static partial void NotSent(ILogger logger, string signal, string address, string cause);

        [LoggerMessage(2, LogLevel.Information, "The {Signal} are sent to the collector again")]
        public static partial void SentAgain(ILogger logger, string signal);
    }
}
