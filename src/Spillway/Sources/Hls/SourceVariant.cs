using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>A media playlist to follow.</summary>
/// <param name="Name">The rendition's.</param>
/// <param name="Key">Tells it from others for as long as the source lists it, even when tokens in its URI change.</param>
/// <param name="Location">Of the media playlist.</param>
/// <param name="Declared">Null without a multivariant playlist.</param>
internal sealed record SourceVariant(string Name, string Key, Uri Location, Variant? Declared)
{
    private const int Most = 10;

    public static SourceVariant OfBare(Uri location) => new(RenditionNames.Bare, Upstreams.Show(location), location, null);

    /// <summary>The variants of a multivariant playlist, each URI once.</summary>
    public static List<SourceVariant> Of(
        MultivariantPlaylist playlist,
        Uri location,
        Upstreams upstreams,
        SourceWarnings warnings
    )
    {
        var shown = Upstreams.Show(location);
        var found = new List<(Uri Uri, Variant Declared)>();
        foreach (var variant in playlist.Variants)
        {
            if (upstreams.Resolve(location, variant.Uri) is not { } uri)
                warnings.Warn(
                    shown,
                    "a variant lies where the source may not point",
                    "It is left out; use relative or http(s) URIs"
                );
            else if (!found.Exists(f => f.Uri == uri))
                found.Add((uri, variant));
        }
        if (found.Count > Most)
        {
            warnings.Warn(shown, $"it has {found.Count} variants", $"Only the first {Most} are followed");
            found.RemoveRange(Most, found.Count - Most);
        }
        var names = RenditionNames.For(location, [.. found.Select(f => f.Uri)]);
        var variants = new List<SourceVariant>();
        for (var i = 0; i < found.Count; i++)
        {
            var (uri, declared) = found[i];
            var path = Upstreams.Show(uri);
            var alone = found.Count(f => string.Equals(Upstreams.Show(f.Uri), path, StringComparison.Ordinal)) == 1;
            variants.Add(new SourceVariant(names[i], alone ? path : uri.AbsoluteUri, uri, declared));
        }
        return variants;
    }
}
