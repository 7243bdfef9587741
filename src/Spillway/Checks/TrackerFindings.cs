namespace Spillway.Checks;

internal static class TrackerFindings
{
    public static readonly FindingKind Answers = FindingKind.Ok(
        "tracker.answers",
        "A WebSocket as a player opens it, with its page's origin; an announce and a scrape."
    );

    public static readonly FindingKind Off = FindingKind.Ok(
        "tracker.off",
        "The stream is not shared between viewers: P2P is off."
    );

    public static readonly FindingKind NotRunning = FindingKind.Note(
        "tracker.not-running",
        "Spillway does not run here, so nobody could answer.",
        "Check again while it runs."
    );

    public static readonly FindingKind Unreachable = FindingKind.Error(
        "tracker.unreachable",
        "Viewers cannot find each other: everything comes from the edge.",
        "Check Server.PublicUrl (or Tracker.PublicUrl), its DNS record and its certificate, and that the tunnel or proxy runs."
    );

    public static readonly FindingKind NoUpgrade = FindingKind.Error(
        "tracker.no-upgrade",
        "Something in between does not pass WebSockets on: viewers cannot find each other.",
        "Let the proxy pass Upgrade on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header "
            + "Connection upgrade; Cloudflare: Network, WebSockets, on)."
    );

    public static readonly FindingKind OriginRefused = FindingKind.Error(
        "tracker.origin-refused",
        "The viewers of this page cannot find each other.",
        "Add the page's origin to Tracker.Origins, or leave that list empty."
    );

    public static readonly FindingKind Elsewhere = FindingKind.Error(
        "tracker.elsewhere",
        "The public address leads to another server, or to a Spillway without this stream.",
        "Let the tunnel or proxy pass /tracker/ and /reports/ on to this server's port: deploy/cloudflared.yml."
    );

    public static readonly FindingKind Full = FindingKind.Warning(
        "tracker.full",
        "New viewers find no peers.",
        "Raise Tracker.MaxConnections or MaxConnectionsPerAddress; behind a proxy set Server.TrustedProxies."
    );

    public static readonly FindingKind Silent = FindingKind.Error(
        "tracker.silent",
        "The WebSocket opens and nothing comes back: something in between holds messages up.",
        "Let the proxy not buffer WebSockets; what answers there may be another program."
    );

    public static readonly FindingKind Reports = FindingKind.Ok(
        "tracker.reports",
        "The WebSocket on which some viewers report how they play, as a player opens it."
    );

    public static readonly FindingKind ReportsLost = FindingKind.Warning(
        "tracker.reports-lost",
        "No viewer can report: nobody learns how they play and what they get from each other, and the live delay does not follow them.",
        "Let the tunnel or proxy pass /reports/ on to this server's port as it does /tracker/, with Upgrade: deploy/cloudflared.yml."
    );

    public static readonly FindingKind Stun = FindingKind.Ok("tracker.stun", "A binding request to each STUN server.");

    public static readonly FindingKind StunDead = FindingKind.Warning(
        "tracker.stun-dead",
        "Viewers in different networks learn their public addresses from STUN servers: without one they share nothing.",
        "Replace it in Tracker.Stun; if all are silent, this machine's network may keep UDP back."
    );

    public static readonly FindingKind NoStun = FindingKind.Note(
        "tracker.no-stun",
        "Only viewers in one network find each other.",
        "For the internet leave Tracker.Stun as it is by default."
    );

    public static readonly FindingKind Node = FindingKind.Ok(
        "tracker.node",
        "The heartbeat of each tracker node, and its WebSocket."
    );

    public static readonly FindingKind NodeDead = FindingKind.Warning(
        "tracker.node-dead",
        "Players are led elsewhere.",
        "Start the node with the server's Storage and its own Tracker.PublicUrl; look at its log and its /health."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Answers,
        Off,
        NotRunning,
        Unreachable,
        NoUpgrade,
        OriginRefused,
        Elsewhere,
        Full,
        Silent,
        Reports,
        ReportsLost,
        Stun,
        StunDead,
        NoStun,
        Node,
        NodeDead,
    ];
}
