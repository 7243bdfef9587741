using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Spillway.Playlists;

namespace Spillway.Bench.Event.Viewers;

/// <param name="CacheControl">Of the answer.</param>
internal sealed record EdgeAnswer(byte[] Body, string CacheControl);

/// <summary>A viewer's browser: connections of its own, at most six to a host, from an address of its own.</summary>
internal sealed class ViewerHttp : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Scene _scene;
    private readonly int _viewer;
    private readonly HttpClient _client;

    public ViewerHttp(Scene scene, int viewer)
    {
        (_scene, _viewer) = (scene, viewer);
        Invoker = HandlerFrom(Scene.AddressOf(viewer));
        _client = new HttpClient(Invoker) { Timeout = s_patience };
        _client.DefaultRequestHeaders.Add("Origin", scene.Edge.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>For WebSockets from the same address.</summary>
    public SocketsHttpHandler Invoker { get; }

    public static SocketsHttpHandler HandlerFrom(IPAddress address) =>
        new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 6,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(address, 0));
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

    /// <returns>Null: it was no good answer, and that is noted.</returns>
    public Task<EdgeAnswer?> GetAsync(Uri location, CancellationToken over) =>
        AskAsync(
            location,
            async answer => new EdgeAnswer(await answer.Content.ReadAsByteArrayAsync(over), CacheControl(answer)),
            over
        );

    /// <summary>A segment, whole and held against the hash in its name.</summary>
    /// <returns>Bytes; null as above.</returns>
    public async Task<long?> GetSegmentAsync(Uri location, CancellationToken over) =>
        (
            await AskAsync(
                location,
                async answer =>
                {
                    var (length, hash) = await DigestAsync(answer, over);
                    if (hash != StreamKeys.HashIn(location.AbsolutePath))
                        _scene.Verdicts.NoteWrong(location.AbsolutePath, "not the bytes of its name");
                    return new Length(length);
                },
                over
            )
        )?.Bytes;

    public void Dispose() => _client.Dispose();

    private async Task<T?> AskAsync<T>(Uri location, Func<HttpResponseMessage, Task<T>> read, CancellationToken over)
        where T : class
    {
        var path = location.AbsolutePath;
        try
        {
            using var answer = await _client.GetAsync(location, HttpCompletionOption.ResponseHeadersRead, over);
            // Of what went through the cache, bad answers too.
            _scene.Locations.Ask(_viewer, path, CacheControl(answer), Scene.Now);
            if (answer.StatusCode == HttpStatusCode.OK)
                return await read(answer);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                _scene.Verdicts.NoteNotFound(path);
            else
                _scene.Verdicts.NoteMissing(path, $"HTTP {(int)answer.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            over.ThrowIfCancellationRequested();
            _scene.Verdicts.NoteMissing(path, exception.Message);
        }
        return null;
    }

    private static string CacheControl(HttpResponseMessage answer) => answer.Headers.CacheControl?.ToString() ?? "";

    private static async Task<(long Length, string Hash)> DigestAsync(HttpResponseMessage answer, CancellationToken over)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(over);
            var length = 0L;
            for (int read; (read = await body.ReadAsync(buffer, over)) > 0; length += read)
                hash.AppendData(buffer, 0, read);
            return (length, Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Length(long Bytes);
}
