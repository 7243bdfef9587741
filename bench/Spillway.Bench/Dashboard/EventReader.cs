using System.Net.Http.Headers;

namespace Spillway.Bench.Dashboard;

/// <summary>An open dashboard as the server meets it: it reads the events as they come.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stopping = new();
    private Task _reading = Task.CompletedTask;
    private long _statuses;
    private long _bytes;

    private EventReader() { }

    /// <summary>Statuses and bytes so far.</summary>
    public (long Statuses, long Bytes) Read => (Volatile.Read(ref _statuses), Volatile.Read(ref _bytes));

    /// <exception cref="HttpRequestException">It is refused.</exception>
    public static async Task<EventReader> OpenAsync(int port, string token, CancellationToken cancellationToken)
    {
        var reader = new EventReader();
        reader._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var stream = await reader._http.GetStreamAsync($"http://127.0.0.1:{port}/api/v1/events", cancellationToken);
        reader._reading = reader.ReadAsync(stream);
        return reader;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task ReadAsync(Stream stream)
    {
        using var lines = new StreamReader(stream);
        try
        {
            while (await lines.ReadLineAsync(_stopping.Token) is { } line)
            {
                _bytes += line.Length + 1;
                if (line == "event: status")
                    _statuses++;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The page is closed, or the server gone: the count says so.
        }
    }
}
