using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Sources.Hls;

/// <summary>
/// Asks an Owncast server whether somebody streams to it. Its playlist plays on while nobody does, with a clip of its own; only
/// <c>/api/status</c> says so for certain. A server that has no such page is taken for something else, and nothing is missed.
/// </summary>
internal sealed class OwncastServer : IDisposable
{
    private const string PlaylistPath = "/hls/stream.m3u8";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rarely = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Uri _status;
    private readonly HttpUpstream _http;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="root">The server's address, with a slash at its end.</param>
    public OwncastServer(Uri root, HttpUpstream http, TimeProvider time) =>
        (_status, _http, _time) = (new Uri(root, "api/status"), http, time);

    /// <summary>As it answered last; null when it did not, or not as Owncast does.</summary>
    public OwncastStatus? Latest { get; private set; }

    /// <summary>The address of the server whose playlist this would be; null when no Owncast has it there.</summary>
    public static Uri? RootOf(Uri playlist)
    {
        if (playlist.IsFile || !playlist.AbsolutePath.EndsWith(PlaylistPath, StringComparison.Ordinal))
            return null;
        var root = new UriBuilder(playlist) { Query = "", Fragment = "" };
        root.Path = playlist.AbsolutePath[..^(PlaylistPath.Length - 1)];
        return root.Uri;
    }

    /// <summary>Asks again and again until cancelled.</summary>
    /// <param name="changed">Gets each new answer that differs from the one before.</param>
    public async Task RunAsync(Func<OwncastStatus, Task> changed, CancellationToken ct)
    {
        OwncastStatus? told = null;
        while (true)
        {
            await RefreshAsync(ct);
            if (Latest is { } now && now != told)
                await changed(told = now);
            await Task.Delay(Latest is null ? Rarely : Interval, _time, ct);
        }
    }

    /// <summary>What it says at this moment.</summary>
    public async Task<OwncastStatus?> RefreshAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var read = await _http.ReadKeyAsync(_status, Timeout, ct);
            return Latest = read.IsWhole ? Parse(read.Bytes.Span) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Null for anything but what Owncast answers.</summary>
    public static OwncastStatus? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OwncastJson.Default.OwncastStatus) is { Online: not null } status
                ? status
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What <c>/api/status</c> says, as far as it is of use.</summary>
/// <param name="Online">Somebody streams. Null: this is no Owncast.</param>
/// <param name="LastConnectTime">When somebody began to, in the server's own words.</param>
/// <param name="StreamTitle">As the streamer wrote it; may be empty.</param>
internal sealed record OwncastStatus(bool? Online, string? LastConnectTime, string? StreamTitle);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OwncastStatus))]
internal sealed partial class OwncastJson : JsonSerializerContext;
