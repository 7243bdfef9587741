using Spillway.AdaptiveWindow;
using Spillway.Audience;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>What every player is told, whatever the stream.</summary>
/// <param name="Trackers">
/// Where players of a stream find each other: the tracker to use, then the one for when that one does not answer. <c>{host}</c> in them
/// stands for the page's own host name.
/// </param>
/// <param name="Stun">STUN servers.</param>
/// <param name="EdgeUrl">The address of a key as viewers see it, for the log.</param>
internal sealed record PlayerSettings(
    Func<string, IReadOnlyList<string>> Trackers,
    IReadOnlyList<string> Stun,
    Func<string, string> EdgeUrl
)
{
    public PlayerDocument Document(
        string stream,
        StreamOptions options,
        string sourceTitle,
        string state,
        Broadcast? broadcast
    ) =>
        new()
        {
            State = state,
            Stream = stream,
            Title = TitleOf(stream, options, sourceTitle),
            Description = options.Description.Length > 0 ? options.Description : null,
            Branding = PlayerBranding.Of(options.Branding),
            Broadcast = broadcast?.Id,
            Fallback = options.Fallback.Length > 0 ? options.Fallback : null,
            Swarm = broadcast is null ? null : $"{stream}/{broadcast.Id}/live",
            Trackers = Trackers(stream),
            Peers = new PeerSettings(options.P2P),
            Stun = Stun,
            LiveDelay = broadcast?.LiveDelay,
            CatchUp = options.LiveDelay.Mode == LiveDelayOptions.Adaptive ? true : null,
            SegmentDuration = broadcast is null ? null : Math.Round(broadcast.SegmentDuration.TotalSeconds, 3),
            TargetDuration = broadcast?.Timeline.TargetDuration,
        };

    /// <summary>What of it follows the audience; null: nothing does.</summary>
    public AudienceServer? Audience { get; init; }

    /// <summary>With what follows the audience: who is to report, whether there are enough viewers for P2P, and what that saves.</summary>
    /// <param name="showSavings">Viewers are told the last of these.</param>
    public PlayerDocument WithAudience(PlayerDocument document, bool showSavings) =>
        Audience?.Told(document.Stream) is { } told
            ? document with
            {
                Reports = told.Reports,
                Peers = new PeerSettings(document.Peers.Enabled && told.PeersOn),
                FromViewers = showSavings ? Audience.FromViewers(document.Stream) : null,
            }
            : document;

    /// <summary>The operator's, else the source's own, else the stream's name.</summary>
    public static string TitleOf(string stream, StreamOptions options, string sourceTitle) =>
        options.Title.Length > 0 ? options.Title
        : sourceTitle.Length > 0 ? sourceTitle
        : stream;
}
