using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary>Deletes a replay from the command line: asks the Spillway that runs here, and where none does, changes the list itself.</summary>
internal sealed class ReplayDesk(SpillwayOptions options, string stream, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <returns>What was done, in words.</returns>
    /// <exception cref="ReplayException">It was not done; with the reason.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<string> DeleteAsync(string broadcast, CancellationToken cancellationToken)
    {
        if (await AskWriterAsync(broadcast, cancellationToken))
            return $"{broadcast} is no longer listed: the running Spillway has taken it off the list. Its next sweep deletes its objects.";
        IObjectStore store;
        try
        {
            store = Server.OpenStore(options, time);
        }
        catch (DataFolderInUseException exception)
        {
            throw new ReplayException(
                $"{exception.Message} It did not answer on port {options.Server.Port}: give its --port and --config."
            );
        }
        using var disposable = store as IDisposable;
        await DeleteAsync(store, stream, broadcast, time, cancellationToken);
        return $"{broadcast} is no longer listed. The next sweep deletes its objects.";
    }

    /// <summary>
    /// Without a running writer. The list is written with a lower epoch than it had: a writer that runs elsewhere all the same is
    /// not driven from its place by it, but finds that its list was changed.
    /// </summary>
    /// <exception cref="ReplayException">It was not done; with the reason.</exception>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public static async Task DeleteAsync(
        IObjectStore store,
        string stream,
        string broadcast,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var key = StreamKeys.Replays(stream);
        var stored = await store.Reader(time)(key, cancellationToken);
        var document = stored is null ? null : ReplaysDocument.Parse(stored.Body.Span);
        if (stored is not null && document is null)
            throw new ReplayException($"{key} is not what Spillway has written: repair or remove it.");
        if (document?.Replays.FirstOrDefault(entry => entry.Broadcast == broadcast) is not { } entry)
            throw new ReplayException(ReplayText.NoSuch(stream, broadcast, document?.Replays ?? []));
        if (entry.OnAir)
            throw new ReplayException($"{broadcast} is on air: it can be deleted once it has ended.");
        var without = document with
        {
            Epoch = Math.Max(0, document.Epoch - 1),
            Revision = document.Revision + 1,
            Replays = [.. document.Replays.Where(other => other != entry)],
        };
        var condition = stored!.ETag.Length > 0 ? PutCondition.Matches(stored.ETag) : PutCondition.None;
        var result = await store.PutWithinAsync(
            Patience,
            time,
            key,
            without.ToJson(),
            StreamKeys.ReplaysHeaders,
            condition,
            cancellationToken
        );
        if (result.Status == PutStatus.PreconditionFailed)
            throw new ReplayException($"{key} was changed at the same moment, by a Spillway that runs elsewhere: try again.");
        if (result.Status != PutStatus.Stored)
            throw new ObjectStoreException(
                result.Fault ?? new StoreFault(StoreFaultKind.Other, $"{key} was not stored.", "Try again.")
            );
    }

    /// <returns>False when nothing runs here.</returns>
    private async Task<bool> AskWriterAsync(string broadcast, CancellationToken cancellationToken)
    {
        if (options.Server.Port == 0 || TokenOf(options) is not { } token)
            return false;
        var scheme = options.Server.Certificate.Length > 0 ? "https" : "http";
        using var handler = Handler();
        using var client = new HttpClient(handler) { Timeout = Patience };
        var address =
            $"{scheme}://127.0.0.1:{options.Server.Port}/api/v1/streams/{stream}/replays/{Uri.EscapeDataString(broadcast)}";
        using var request = new HttpRequestMessage(HttpMethod.Delete, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return true;
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ReplayException(
                response.StatusCode == HttpStatusCode.Unauthorized
                    ? $"What runs on port {options.Server.Port} does not take this Admin:Token: give the --port, --data and --config of the server."
                    : Words(answer)
                        ?? $"What runs on port {options.Server.Port} answered {(int)response.StatusCode}: is it Spillway?"
            );
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return false;
        }
        catch (HttpRequestException exception)
        {
            throw new ReplayException($"What runs on port {options.Server.Port} cannot be asked: {exception.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ReplayException(
                $"What runs on port {options.Server.Port} did not answer within {Patience.TotalSeconds} s."
            );
        }
    }

    /// <summary>The server's certificate is for its public name, not for loopback: the very one that is configured is believed.</summary>
    [SuppressMessage("Security", "MA0039:Do not write your own certificate validation method", Justification = "It is pinned.")]
    private HttpClientHandler Handler()
    {
        var handler = new HttpClientHandler { UseProxy = false };
        if (options.Server.Certificate.Length > 0)
        {
            var expected = X509Certificate2.CreateFromPem(File.ReadAllText(options.Server.Certificate)).GetCertHashString();
            handler.ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == expected;
        }
        return handler;
    }

    /// <summary>Null when no server has ever made one here.</summary>
    private static string? TokenOf(SpillwayOptions options) =>
        options.Admin.Token.Length > 0 ? options.Admin.Token
        : File.Exists(AdminToken.PathOf(options)) ? File.ReadAllText(AdminToken.PathOf(options)).Trim()
        : null;

    private static string? Words(string answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, ReplayApiJson.Default.ApiError)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
