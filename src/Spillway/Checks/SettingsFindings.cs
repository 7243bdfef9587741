namespace Spillway.Checks;

internal static class SettingsFindings
{
    public static readonly FindingKind Read = FindingKind.Ok(
        "settings.read",
        "The settings of file, environment and command line."
    );

    public static readonly FindingKind Wrong = FindingKind.Error(
        "settings.wrong",
        "Spillway does not start: exit code 78.",
        "Correct it as the sentence says; spillway.sample.json is the manual of all settings."
    );

    public static readonly FindingKind Doubtful = FindingKind.Warning(
        "settings.doubtful",
        "Spillway starts, but a setting does most likely not do what was meant.",
        "Correct it as the sentence says; spillway.sample.json is the manual of all settings."
    );

    public static readonly FindingKind MixedContent = FindingKind.Error(
        "settings.mixed-content",
        "Browsers refuse to play from http on a page that came by https.",
        "Give Storage.PublicUrl an https address."
    );

    public static readonly FindingKind R2Dev = FindingKind.Warning(
        "settings.r2-dev",
        "Cloudflare throttles r2.dev addresses at some hundred requests a second and does not cache them.",
        "Give the bucket a custom domain and set Storage.PublicUrl to it: docs/edge.md."
    );

    public static readonly FindingKind ProxyNotTrusted = FindingKind.Warning(
        "settings.proxy-not-trusted",
        "All viewers seem to come from the proxy's address: the limits for one address count them together, and near ones are not "
            + "introduced to each other.",
        "Set Server.TrustedProxies to the proxy's address, such as [\"127.0.0.1\"] for a tunnel on this machine."
    );

    public static readonly FindingKind LocalAddress = FindingKind.Note(
        "settings.local-address",
        "Only viewers on this machine or in this network can reach it.",
        "For the internet set a public address."
    );

    public static readonly FindingKind SingleWriter = FindingKind.Note(
        "settings.single-writer",
        "Nothing keeps a second Spillway from overwriting the first one's playlists, and there is no hot standby.",
        "Run only one, or use a store with conditional PUT and leave Storage.SingleWriter out."
    );

    public static readonly FindingKind Embedded = FindingKind.Note(
        "settings.embedded",
        "Every viewer reads all segments from this machine, as with the source alone.",
        "For a crowd set a bucket: docs/edge.md."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [Read, Wrong, Doubtful, MixedContent, R2Dev, ProxyNotTrusted, LocalAddress, SingleWriter, Embedded];
}
