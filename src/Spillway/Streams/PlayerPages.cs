using System.Text;
using Spillway.Dashboard;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>The built player page and its assets, as the binary carries them.</summary>
internal sealed class PlayerPages
{
    private const string Root = "web/";
    private const string Index = "index.html";

    /// <summary>The element for other sites' pages: its name stays, so that it is as short-lived as the page.</summary>
    private const string Element = "spillway-player.js";
    private readonly Dictionary<string, byte[]> _files;
    private readonly OriginSlot _copies = new();

    public PlayerPages()
        : this(Carried()) { }

    /// <param name="files">By their names under <c>watch/</c>.</param>
    public PlayerPages(Dictionary<string, byte[]> files) => _files = files;

    /// <summary>Of the files, below <c>watch/</c>.</summary>
    public IReadOnlySet<string> Names => _files.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>The page for the origin: everything in it is read from the edge.</summary>
    /// <param name="edge">The edge's address of the prefix, ending in a slash.</param>
    public OriginCopy? PageAt(string edge) =>
        _files.TryGetValue(Index, out var page) ? _copies.Get(page, null, edge, () => Render(page, edge)) : null;

    private static OriginCopy Render(byte[] page, string edge)
    {
        // In the bucket the page's scripts are its neighbours; here they are the edge's (https://www.w3.org/TR/CSP3/#match-url-to-source-expression).
        var host = new Uri(edge).GetLeftPart(UriPartial.Authority);
        var html = Encoding.UTF8.GetString(page).Replace("'self'", PagePolicy.Source(edge), StringComparison.Ordinal);
        var head = html.IndexOf("<head>", StringComparison.OrdinalIgnoreCase) + "<head>".Length;
        var links = $"<base href=\"{edge}watch/\"><link rel=\"preconnect\" href=\"{host}\" crossorigin>";
        return new OriginCopy(Encoding.UTF8.GetBytes(html.Insert(head, links)), HeadersOf(Index, hashed: false));
    }

    /// <summary>Stores what is missing, page and element last: they never name an asset that is not there.</summary>
    public async Task<StoreFault?> PublishAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        foreach (
            var (name, body) in _files
                .OrderBy(static file => file.Key is Index or Element)
                .ThenBy(static file => file.Key, StringComparer.Ordinal)
        )
        {
            var hashed = name.StartsWith("assets/", StringComparison.Ordinal);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                var result = await store.PutAsync(
                    $"watch/{name}",
                    body,
                    HeadersOf(name, hashed),
                    hashed ? PutCondition.Missing : PutCondition.None,
                    both.Token
                );
                // An asset that is there already is the same: its name carries its hash.
                if (result.Status != PutStatus.Stored && !(hashed && result.Status == PutStatus.PreconditionFailed))
                    return result.Fault
                        ?? new StoreFault(StoreFaultKind.Other, $"watch/{name} was not stored.", "It is tried again.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StoreFault(StoreFaultKind.Unreachable, "No answer within 20 s.", "It is tried again.");
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
        return null;
    }

    private static Dictionary<string, byte[]> Carried()
    {
        var assembly = typeof(PlayerPages).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(static name => name.StartsWith(Root, StringComparison.Ordinal))
            .ToDictionary(
                static name => name[Root.Length..].Replace('\\', '/'),
                name => Read(assembly.GetManifestResourceStream(name)!),
                StringComparer.Ordinal
            );
    }

    private static ObjectHeaders HeadersOf(string name, bool hashed) =>
        DefaultHeaders.Of(name) with
        {
            CacheControl = hashed ? "public, max-age=31536000, immutable" : "max-age=1, s-maxage=60",
        };

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }
}
