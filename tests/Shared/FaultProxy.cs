using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Spillway.TestSupport;

/// <summary>
/// An HTTP proxy in front of a server, which can misbehave as asked and be as strict as R2. It sends on what it gets, bytes, path
/// and Host unchanged, so that signatures stay valid.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly Uri _target;
    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private readonly ConcurrentQueue<ProxiedRequest> _requests = [];
    private readonly ConcurrentDictionary<string, long> _written = new(StringComparer.Ordinal);
    private readonly List<Planned> _planned = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _late = [];
    private SharedLine? _line;
    private volatile bool _isDown;

    private FaultProxy(WebApplication app, Uri target) => (_app, _target) = (app, target);

    /// <summary>Its own address, to be used instead of the target's.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>501 to what R2 does not have: chunked uploads, trailers, ACLs, policies, tags, 100-continue.</summary>
    public bool StrictAsR2 { get; set; }

    /// <summary>429 to a write within a second of the last one that the store took for the key.</summary>
    public bool OneWriteASecondAKey { get; set; }

    /// <summary>
    /// Says 200 where the server said 412, as a store that does not know conditions. (They cannot be taken out of the request,
    /// since they are signed; so nothing is written.)
    /// </summary>
    public bool IgnoreConditions { get; set; }

    /// <summary>Takes an upload that comes without a length as a whole and sends it on with one: S3 refuses it otherwise (411).</summary>
    public bool GivesLengths { get; set; }

    /// <summary>Decides for each request that nothing is planned for; null: none.</summary>
    public Func<ProxiedRequest, ProxyFault?>? Rule { get; set; }

    /// <summary>Nothing gets through: each connection is broken at once.</summary>
    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    /// <summary>What all uploads together may have; null: no limit.</summary>
    public double? UploadBytesPerSecond
    {
        set => _line = value is { } speed ? new SharedLine(speed) : null;
    }

    /// <summary>Requests that came too late and have arrived since.</summary>
    public int LateArrivals => _late.Count(static late => late.IsCompletedSuccessfully);

    /// <summary>
    /// Told of every PUT that the server has answered, before the answer goes on to who asked; with the body that was put when that
    /// was a playlist or a JSON document.
    /// </summary>
    public Action<ProxiedPut>? Answered { get; set; }

    /// <summary>Every request that came, in order, whatever was done with it.</summary>
    public IReadOnlyCollection<ProxiedRequest> Requests => _requests;

    public static async Task<FaultProxy> StartAsync(Uri target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var proxy = new FaultProxy(app, target);
        app.Run(proxy.HandleAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>Does this to the next requests that match, instead of only sending them on.</summary>
    /// <param name="times">How many of them.</param>
    /// <param name="match">Which; null for any.</param>
    public void Plan(ProxyFault fault, int times = 1, Func<ProxiedRequest, bool>? match = null)
    {
        lock (_planned)
            _planned.Add(new Planned(fault, match ?? (_ => true)) { Left = times });
    }

    /// <summary>Forgets what was planned and not used.</summary>
    public void Heal()
    {
        lock (_planned)
            _planned.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new ProxiedRequest(context.Request.Method, target, context.Request.Headers.ContentLength ?? 0);
        _requests.Enqueue(request);
        try
        {
            if (IsDown)
                context.Abort();
            else if (StrictAsR2 && R2Refuses(context.Request) is { } lacking)
                await AnswerAsync(context, 501, "NotImplemented", $"{lacking} not implemented");
            else if (OneWriteASecondAKey && IsTooSoon(request))
                await AnswerAsync(context, 429, "TooManyRequests", "Reduce your concurrent request rate for the same object.");
            else
                await ApplyAsync(context, request, Next(request));
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            // Who calls has gone, or the server is down: both look like a broken connection from here.
            context.Abort();
        }
    }

    private async Task ApplyAsync(HttpContext context, ProxiedRequest request, ProxyFault? fault)
    {
        switch (fault)
        {
            case null:
                await ForwardAsync(context, request, context.Response.Body, long.MaxValue);
                break;
            case ProxyFault.Answer answer:
                await AnswerAsync(context, answer.Status, answer.Code, "Planned by the test.");
                break;
            case ProxyFault.Stall:
                using (var ends = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted))
                    await Task.Delay(Timeout.Infinite, ends.Token);
                break;
            case ProxyFault.Hang hang:
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                using (var ends = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted))
                    await Task.Delay(hang.Lasting, ends.Token);
                context.Abort();
                break;
            case ProxyFault.Reset:
                context.Abort();
                break;
            case ProxyFault.LoseAnswer:
                await ForwardAsync(context, request, Stream.Null, long.MaxValue);
                context.Abort();
                break;
            case ProxyFault.CutUpload cut:
                await ForwardAsync(context, request, Stream.Null, long.MaxValue, cut.After);
                break;
            case ProxyFault.ArriveLate late:
                var message = Copy(context.Request, request.Target, Stream.Null);
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                var headers = message.Content?.Headers;
                message.Content = new ByteArrayContent(body.ToArray());
                foreach (var (name, values) in headers ?? message.Content.Headers)
                    message.Content.Headers.TryAddWithoutValidation(name, values);
                context.Abort();
                _late.Add(SendLateAsync(message, late.After));
                break;
            case ProxyFault.CutAnswer cut:
                await ForwardAsync(context, request, context.Response.Body, cut.After);
                context.Abort();
                break;
        }
    }

    /// <param name="to">Gets the body; the answer's head is only sent when this is the response's.</param>
    /// <param name="limit">Bytes of the body that are sent.</param>
    /// <param name="upTo">Bytes of the upload that get through.</param>
    private async Task ForwardAsync(HttpContext context, ProxiedRequest request, Stream to, long limit, long upTo = long.MaxValue)
    {
        var received = Stopwatch.GetTimestamp();
        var lacksLength = GivesLengths && context.Request.Headers.TransferEncoding.Count > 0;
        var document = lacksLength || (Answered is not null && IsDocument(request)) ? await ReadAsync(context.Request) : null;
        var sent = document is null ? context.Request.Body : new MemoryStream(document);
        await using var upload = new LineStream(sent, _line, upTo);
        using var message = Copy(context.Request, request.Target, upload);
        if (lacksLength)
            message.Content!.Headers.ContentLength = document!.Length;
        using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        if (request.Method == "PUT" && answer.IsSuccessStatusCode)
            _written[request.Target] = Stopwatch.GetTimestamp();
        if (request.Method == "PUT")
            Answered?.Invoke(new ProxiedPut(request.Target, (int)answer.StatusCode, document ?? [], received));
        if (IgnoreConditions && answer.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            context.Response.Headers.ETag = "\"d41d8cd98f00b204e9800998ecf8427e\"";
            return;
        }
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive"))
                context.Response.Headers[name] = values.ToArray();
        }
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        for (int read; limit > 0 && (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0; limit -= read)
            await to.WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, limit)), context.RequestAborted);
        await to.FlushAsync(context.RequestAborted);
    }

    private async Task SendLateAsync(HttpRequestMessage message, TimeSpan after)
    {
        await Task.Delay(after, _stopping.Token);
        using (message)
        using (await _client.SendAsync(message, _stopping.Token)) { }
    }

    private static bool IsDocument(ProxiedRequest request) =>
        request.Method == "PUT"
        && (
            request.Target.EndsWith(".m3u8", StringComparison.Ordinal)
            || request.Target.EndsWith(".json", StringComparison.Ordinal)
        );

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    private HttpRequestMessage Copy(HttpRequest request, string rawTarget, Stream body)
    {
        var asItIs = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var uri = new Uri(_target.GetLeftPart(UriPartial.Authority) + rawTarget, asItIs);
        var message = new HttpRequestMessage(new HttpMethod(request.Method), uri) { Version = HttpVersion.Version11 };
        if (request.ContentLength is not null || request.Headers.TransferEncoding.Count > 0)
            message.Content = new StreamContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (name is "Connection" or "Transfer-Encoding" or "Expect")
                continue;
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()))
                message.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }
        return message;
    }

    private static async Task AnswerAsync(HttpContext context, int status, string code, string words)
    {
        // A server that answers early may cut an upload; that would be another fault.
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync(
                $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{words}</Message></Error>"""
            );
    }

    private static string? R2Refuses(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers["x-amz-content-sha256"].ToString().StartsWith("STREAMING-", StringComparison.Ordinal))
            return "STREAMING- payload";
        if (headers.ContentEncoding.ToString().Contains("aws-chunked", StringComparison.Ordinal))
            return "aws-chunked";
        if (headers.Expect.Count > 0)
            return "Expect";
        foreach (var name in (string[])["x-amz-trailer", "x-amz-acl", "x-amz-tagging"])
        {
            if (headers.ContainsKey(name))
                return $"Header '{name}'";
        }
        foreach (var name in (string[])["acl", "policy", "tagging", "policyStatus", "versioning"])
        {
            if (request.Query.ContainsKey(name))
                return $"?{name}";
        }
        return null;
    }

    private bool IsTooSoon(ProxiedRequest request) =>
        request.Method == "PUT"
        && _written.TryGetValue(request.Target, out var last)
        && Stopwatch.GetElapsedTime(last) < BetweenWrites;

    private ProxyFault? Next(ProxiedRequest request)
    {
        lock (_planned)
        {
            var planned = _planned.Find(candidate => candidate.Match(request));
            if (planned is not null && --planned.Left == 0)
                _planned.Remove(planned);
            return planned?.Fault ?? Rule?.Invoke(request);
        }
    }

    private sealed record Planned(ProxyFault Fault, Func<ProxiedRequest, bool> Match)
    {
        public int Left { get; set; }
    }
}
