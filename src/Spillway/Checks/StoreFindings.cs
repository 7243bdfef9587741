namespace Spillway.Checks;

internal static class StoreFindings
{
    public static readonly FindingKind Works = FindingKind.Ok(
        "store.works",
        "A small object is written, read back, listed and deleted; both conditions are kept to."
    );

    public static readonly FindingKind Held = FindingKind.Ok(
        "store.held",
        "The embedded store belongs to the running Spillway, whose /health speaks of it."
    );

    public static readonly FindingKind InUse = FindingKind.Error(
        "store.in-use",
        "Another Spillway holds the data folder: a second one does not start.",
        "Stop that one, or give this one a folder of its own with --data."
    );

    public static readonly FindingKind Unreachable = FindingKind.Error(
        "store.unreachable",
        "Nothing can be stored.",
        "Check Storage.Endpoint and this machine's network."
    );

    public static readonly FindingKind Denied = FindingKind.Error(
        "store.denied",
        "The key is wrong, or may not do what is needed: nothing can be stored.",
        "Check Storage.AccessKeyId and Storage.SecretAccessKey; the key must be allowed to read, write, list and delete in the bucket "
            + "(R2: an API token with Object Read & Write)."
    );

    public static readonly FindingKind NoBucket = FindingKind.Error(
        "store.no-bucket",
        "There is no such bucket at this endpoint.",
        "Create it, or correct Storage.Bucket or Storage.Endpoint."
    );

    public static readonly FindingKind Full = FindingKind.Error(
        "store.full",
        "Nothing more can be stored.",
        "Make room, or raise the quota."
    );

    public static readonly FindingKind Fault = FindingKind.Error(
        "store.fault",
        "The store does not do what an S3 store does.",
        "Check Storage.Endpoint."
    );

    public static readonly FindingKind OtherBytes = FindingKind.Error(
        "store.other-bytes",
        "What the store acknowledges is not what it has: Spillway cannot go on from its own playlists.",
        "Check that Storage.Endpoint is the store itself and not a cache in front of it."
    );

    public static readonly FindingKind NoIfNoneMatch = FindingKind.Error(
        "store.if-none-match",
        "The store ignores If-None-Match on PUT: two writers could overwrite each other. Spillway does not start.",
        "Use a store with conditional PUT (such as Cloudflare R2), or set Storage.SingleWriter to true and run only one Spillway."
    );

    public static readonly FindingKind NoIfMatch = FindingKind.Error(
        "store.if-match",
        "The store ignores If-Match on PUT: two writers could overwrite each other. Spillway does not start.",
        "Use a store with conditional PUT (such as Cloudflare R2), or set Storage.SingleWriter to true and run only one Spillway."
    );

    public static readonly FindingKind TrueCondition = FindingKind.Error(
        "store.true-condition",
        "The store refuses a PUT whose condition is true: no lease could ever be renewed.",
        "Use a store with conditional PUT (such as Cloudflare R2), or set Storage.SingleWriter to true and run only one Spillway."
    );

    public static readonly FindingKind NoList = FindingKind.Error(
        "store.list",
        "What no playlist names any more cannot be found and deleted: the bucket grows for ever.",
        "Let the key list the bucket (R2: Object Read & Write; S3: s3:ListBucket)."
    );

    public static readonly FindingKind NoDelete = FindingKind.Error(
        "store.delete",
        "The bucket grows for ever, and the probe of this check is still in it.",
        "Let the key delete objects (R2: Object Read & Write; S3: s3:DeleteObject), and delete the probe by hand."
    );

    public static readonly FindingKind CorsMended = FindingKind.Note(
        "store.cors-mended",
        "--fix has added the CORS rule of deploy/r2-cors.json to the bucket's own; R2 takes up to 30 s to act on it.",
        "Purge the edge's cache, which may hold copies without the header, and check again in half a minute."
    );

    public static readonly FindingKind CorsNotMended = FindingKind.Error(
        "store.cors-not-mended",
        "--fix could not mend what keeps browsers from reading.",
        "Paste deploy/r2-cors.json into the bucket's CORS policy by hand."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Works,
        Held,
        InUse,
        Unreachable,
        Denied,
        NoBucket,
        Full,
        Fault,
        OtherBytes,
        NoIfNoneMatch,
        NoIfMatch,
        TrueCondition,
        NoList,
        NoDelete,
        CorsMended,
        CorsNotMended,
    ];
}
