namespace Spillway.Checks;

internal static class EdgeFindings
{
    private const string CorsRemedy =
        "Add the CORS rule of deploy/r2-cors.json to the bucket (spillway check --fix does it), or the header "
        + "Access-Control-Allow-Origin: * at the edge; then purge its cache.";

    public static readonly FindingKind Reads = FindingKind.Ok(
        "edge.reads",
        "What is stored arrives through the public address: the same bytes, with their type and cache header."
    );

    public static readonly FindingKind NotTried = FindingKind.Note(
        "edge.not-tried",
        "How the public address behaves could not be tried.",
        "Mend the store, or start Spillway, and check again."
    );

    public static readonly FindingKind Unreachable = FindingKind.Error(
        "edge.unreachable",
        "No viewer can read anything.",
        "Check Storage.PublicUrl, its DNS record and its certificate."
    );

    public static readonly FindingKind Elsewhere = FindingKind.Error(
        "edge.elsewhere",
        "The public address does not lead to the bucket.",
        "Storage.PublicUrl must be the address of the bucket's root, without Storage.Prefix, which is put behind it; at the CDN check "
            + "which bucket the host belongs to."
    );

    public static readonly FindingKind Forbidden = FindingKind.Error(
        "edge.forbidden",
        "Viewers may not read what is stored.",
        "Let anybody read the bucket through this host (R2: connect a custom domain; S3: Origin Access Control or a policy with "
            + "s3:GetObject), and switch off challenges and access rules for it."
    );

    public static readonly FindingKind Redirects = FindingKind.Error(
        "edge.redirects",
        "Each request of each viewer costs another one, and browsers may refuse it.",
        "Set Storage.PublicUrl to the address it leads to."
    );

    public static readonly FindingKind OtherBytes = FindingKind.Error(
        "edge.other-bytes",
        "Segments are checked against their hash: viewers play nothing that was changed on its way.",
        "Switch off everything at the edge that changes what it passes on (minifying, rewriting, compressing for those who did not ask)."
    );

    public static readonly FindingKind ContentType = FindingKind.Warning(
        "edge.content-type",
        "Safari plays only what says that it is a playlist, and edges compress by type.",
        "Let the edge pass on the Content-Type that the store has."
    );

    public static readonly FindingKind BrowserTtl = FindingKind.Error(
        "edge.browser-ttl",
        "Browsers may keep a playlist for so long: pictures stand still after some seconds.",
        "Let the edge pass on Cache-Control as it is (Cloudflare: Browser TTL, Respect origin)."
    );

    public static readonly FindingKind NoCors = FindingKind.Error(
        "edge.no-cors",
        "Browsers let no page of another host read: the player at the server's own address, and everybody else's, play nothing.",
        CorsRemedy
    );

    public static readonly FindingKind CorsVaries = FindingKind.Error(
        "edge.cors-varies",
        "The edge gives everybody what the first one got: a copy that was asked for without Origin, or from another page, is refused by "
            + "the browsers of all others.",
        CorsRemedy
    );

    public static readonly FindingKind NoPreflight = FindingKind.Warning(
        "edge.preflight",
        "Browsers that ask before they read a part of a segment are refused: viewers cannot take the rest of a segment from the edge "
            + "after a peer has failed.",
        CorsRemedy
    );

    public static readonly FindingKind Cors = FindingKind.Ok(
        "edge.cors",
        "Pages of the player's origins may read: a real preflight and real GETs."
    );

    public static readonly FindingKind NoRanges = FindingKind.Warning(
        "edge.no-ranges",
        "Viewers load a segment anew in whole where the rest of it would do.",
        "Let the edge answer Range for what it has."
    );

    public static readonly FindingKind Fresh = FindingKind.Ok(
        "edge.fresh",
        "A changed playlist is seen as soon as its Cache-Control says."
    );

    public static readonly FindingKind Stale = FindingKind.Error(
        "edge.stale",
        "The edge keeps playlists for longer than they say: players find nothing new, and stand still.",
        "Let the edge respect Cache-Control with s-maxage (Cloudflare: Edge TTL, use cache-control header if present)."
    );

    public static readonly FindingKind CachesMissing = FindingKind.Error(
        "edge.404-cached",
        "Who asks for a segment a moment too early hides it from everybody.",
        "Do not cache 404s: status code TTL 0 (Cloudflare: Cache Rule, Edge TTL, Status code TTL 404, No store; nginx: "
            + "proxy_cache_valid 404 0s)."
    );

    public static readonly FindingKind MissingIsForbidden = FindingKind.Note(
        "edge.missing-is-403",
        "What is not there is refused instead of missing; some edges keep refusals.",
        "Let the edge list the bucket (CloudFront: s3:ListBucket), and cache no 403s."
    );

    public static readonly FindingKind Caches = FindingKind.Ok("edge.caches", "What never changes is read from the store once.");

    public static readonly FindingKind NotCached = FindingKind.Warning(
        "edge.not-cached",
        "Each viewer's every request is a read from the store: hundreds of thousands in an hour, each of which is paid for.",
        "Make the host cache everything, also .m3u8, .ts, .m4s (Cloudflare: a Cache Rule, eligible for cache; in front of other stores: "
            + "docs/edge.md)."
    );

    public static readonly FindingKind Compresses = FindingKind.Ok("edge.compresses", "Playlists arrive compressed.");

    public static readonly FindingKind NotCompressed = FindingKind.Warning(
        "edge.not-compressed",
        "Playlists, which each viewer loads every few seconds, are four to ten times as large as they need be.",
        "Compress application/vnd.apple.mpegurl (Cloudflare: a Compression Rule; nginx: gzip_types)."
    );

    public static readonly FindingKind Listing = FindingKind.Warning(
        "edge.listing",
        "Anybody can list the bucket: kept replays, other prefixes, and each listing is paid for.",
        "Switch listing off for this host (nginx: location = / { return 404; })."
    );

    public static readonly FindingKind Writable = FindingKind.Error(
        "edge.writable",
        "Anybody can put anything into the bucket and show it to all viewers.",
        "Take the right to write from everybody (bucket policy, ACL): only the key of Storage.AccessKeyId needs it."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Reads,
        NotTried,
        Unreachable,
        Elsewhere,
        Forbidden,
        Redirects,
        OtherBytes,
        ContentType,
        BrowserTtl,
        Cors,
        NoCors,
        CorsVaries,
        NoPreflight,
        NoRanges,
        Fresh,
        Stale,
        CachesMissing,
        MissingIsForbidden,
        Caches,
        NotCached,
        Compresses,
        NotCompressed,
        Listing,
        Writable,
    ];
}
