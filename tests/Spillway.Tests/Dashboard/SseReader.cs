using System.Diagnostics;

namespace Spillway.Tests.Dashboard;

/// <summary>Reads server-sent events as the HTML Living Standard, 9.2.6, has it.</summary>
internal sealed class SseReader(HttpResponseMessage answer, Stream stream) : IDisposable
{
    private readonly StreamReader _lines = new(stream);

    public HttpResponseMessage Answer => answer;

    public static async Task<SseReader> OpenAsync(HttpClient client, HttpRequestMessage request)
    {
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new SseReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (kind, data, id) = ("message", "", "");
        while (await _lines.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
                return new SseEvent(kind, data, id, Stopwatch.GetTimestamp());
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].TrimStart(' '));
            (kind, data, id) = name switch
            {
                "event" => (value, data, id),
                "data" => (kind, data + value, id),
                "id" => (kind, data, value),
                _ => (kind, data, id),
            };
        }
        return null;
    }

    public async Task<SseEvent> NextAsync(string kind, Func<string, bool>? when = null)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Kind == kind && when?.Invoke(next.Data) != false)
                return next;
        }
        throw new InvalidOperationException($"The events ended without {kind}.");
    }

    public void Dispose()
    {
        _lines.Dispose();
        answer.Dispose();
    }
}

/// <param name="At">Of the <see cref="Stopwatch"/>.</param>
internal sealed record SseEvent(string Kind, string Data, string Id, long At);
