namespace Spillway.Audience;

/// <summary>What is said when viewers share and nothing comes of it: what is wrong most likely, and what to do.</summary>
internal static class PeerAdvice
{
    private const string Begin = "0 % of the bytes come from peers, though several viewers share: ";

    /// <param name="atTracker">Viewers at this instance's tracker; null: it does not know of all.</param>
    /// <param name="connected">Peers that the best connected of those who report has.</param>
    public static string For(int? atTracker, int connected) =>
        connected > 0
            ? Begin
                + "they are connected, and have nothing for each other in time. Most likely the playlist is too short for that "
                + "(Window; shorter segments), or they watch different renditions."
        : atTracker is 0 or 1
            ? Begin
                + "they do not reach the tracker. The proxy in front of Spillway must pass on WebSockets under /tracker/, "
                + "Server:PublicUrl must be an address that viewers reach, and Tracker:Origins must hold the page's."
        : Begin
            + "they meet at the tracker, but no two of them can connect. Most likely all are behind firewalls or NATs that let "
            + "no peers through, as in mobile and company networks: they need a TURN server, or Tracker:Stun holds no server that they reach.";
}
