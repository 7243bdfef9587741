using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>The embedded store and its port, or the host in front of that.</summary>
internal sealed class EmbeddedCheck(CheckContext context, FindingList store, FindingList edge)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (context.Running is null)
        {
            await StoreAsync(cancellationToken);
            edge.Add(EdgeFindings.NotTried, "Spillway does not run, so nothing answers at the embedded store's port.");
            return;
        }
        store.Add(StoreFindings.Held, "The embedded store belongs to the Spillway that runs here; its /health speaks of it.");
        using var reader = new EdgeReader(context.Edge, context.Limits.Answer);
        var key = StreamKeys.Player(context.Options.DefaultStream);
        var origin = context.PageOrigins[0];
        var answer = await reader.GetAsync(key, cancellationToken, ("Origin", origin));
        if (answer.Problem is { } problem)
            edge.Add(EdgeFindings.Unreachable, $"{context.Edge} cannot be read: {problem}.");
        else if (answer.IsEmbeddedMissing)
            edge.Add(EdgeFindings.Reads, $"{reader.At(key)} is answered: nothing is stored there yet.");
        else if (!answer.IsOk)
            edge.Add(EdgeFindings.Elsewhere, $"{reader.At(key)} was answered with {answer.Status}.");
        else
            edge.Add(EdgeFindings.Reads, $"{reader.At(key)} can be read.");
        if (answer.IsOk && answer.Header("access-control-allow-origin") is null)
            edge.Add(EdgeFindings.NoCors, $"{reader.At(key)} comes without Access-Control-Allow-Origin for a page of {origin}.");
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        var data = Path.GetFullPath(context.Options.Data);
        if (!Directory.Exists(EmbeddedFolders.ObjectsOf(data)))
        {
            store.Add(StoreFindings.Works, $"The embedded store is made in {data} at the first start.");
            return;
        }
        try
        {
            using var embedded = new EmbeddedObjectStore(data, context.Time);
            if (await embedded.CheckAsync(cancellationToken) is { } fault)
                store.Add(
                    fault.Kind == StoreFaultKind.Full ? StoreFindings.Full : StoreFindings.Fault,
                    fault.Message,
                    fault.Remedy
                );
            else
                store.Add(StoreFindings.Works, $"The embedded store in {data} takes, gives back and deletes an object.");
        }
        catch (DataFolderInUseException exception)
        {
            store.Add(
                StoreFindings.InUse,
                $"The data folder {exception.Folder} is in use, and no Spillway answers at port {context.Options.Server.Port}."
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var fault = EmbeddedFault.Of(exception, data);
            store.Add(StoreFindings.Fault, fault.Message, fault.Remedy);
        }
    }
}
