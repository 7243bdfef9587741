namespace Spillway.Configuration;

/// <summary>Aliases become routes of their own, so they may not be what another route answers.</summary>
internal static class PlaylistAliasRules
{
    public static void Check(ServerOptions server, Problems problems)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var alias in server.PlaylistAliases)
        {
            if (!IsPath(alias))
                problems.Wrong(
                    "Server.PlaylistAliases",
                    alias,
                    "a path of letters, digits, hyphens, dots and underscores that ends with .m3u8, such as /hls/stream.m3u8"
                );
            else if (IsOurs(alias))
                problems.Wrong("Server.PlaylistAliases", alias, "a path that is not one of Spillway's own");
            else if (!seen.Add(alias))
                problems.Add(
                    "Server.PlaylistAliases",
                    $"{problems.Label("Server.PlaylistAliases")} holds {Shown.Value(alias)} twice: keep one."
                );
        }
    }

    private static bool IsPath(string alias) =>
        alias.StartsWith('/')
        && alias.EndsWith(".m3u8", StringComparison.Ordinal)
        && alias[1..]
            .Split('/')
            .All(part =>
                part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            );

    /// <summary><c>/{stream}/playlist.m3u8</c>, <c>/{stream}/{rendition}/playlist.m3u8</c>, and all below the reserved names but <c>/hls</c>.</summary>
    private static bool IsOurs(string alias)
    {
        var parts = alias[1..].ToLowerInvariant().Split('/');
        if (parts[0] == "hls")
            return false;
        return StreamName.IsReserved(parts[0])
            || (parts.Length is 2 or 3 && parts[^1] == "playlist.m3u8" && StreamName.IsWellFormed(parts[0]));
    }
}
